"""Towers: where they are and how they fare. For operators."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from catalog import examination
from catalog.admin.signin import EXPLAINED, ControllerForm
from catalog.controllers import secrets_of
from catalog.models import Controller
from catalog.tasks import sync_controller

FOUND = ("health", "last_answer_at", "trouble_since", "product", "version", "api", "account_name")
SIGN_IN = ("way", "new_token", "username", "new_password", "client_id", "new_client_secret")
SYNCED = ("synced_at", "sync_trouble")


@admin.register(Controller)
class ControllerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ControllerForm
    list_display = [
        "name",
        "url",
        "product",
        "version",
        "account_name",
        "health",
        "synced_at",
        "sync_trouble",
    ]
    actions = ["test_connection", "sync_now"]
    change_form_template = "admin/catalog/controller/change_form.html"
    fieldsets = [
        ("Where it is", {"fields": ["name", "url", "ca_bundle"]}),
        ("Who we are there", {"fields": SIGN_IN, "description": EXPLAINED}),
        ("Orders", {"fields": ["paused"]}),
        ("What was found", {"fields": FOUND}),
        ("Templates", {"fields": SYNCED}),
    ]
    readonly_fields = [*FOUND, *SYNCED]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Controller]:
        return super().get_queryset(request).defer(*secrets_of())

    def get_fieldsets(self, request: HttpRequest, obj: Controller | None = None) -> Any:
        """Without how we sign in for those who may only look."""
        may_change = self.has_change_permission(request, obj) or not obj
        return [one for one in self.fieldsets or [] if may_change or one[1]["fields"] != SIGN_IN]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/test/", self.admin_site.admin_view(require_POST(self.test)), name="catalog_controller_test"),
            path("<int:pk>/sync/", self.admin_site.admin_view(require_POST(self.sync)), name="catalog_controller_sync"),
        ]
        return own + super().get_urls()

    @admin.display(description="connection")
    def health(self, controller: Controller) -> str:
        return controller.trouble or ("Well" if controller.last_answer_at else "Not tested yet")

    @admin.display(description="API")
    def api(self, controller: Controller) -> str:
        generation = controller.known_generation
        return f"{generation.words}, at {controller.api_base}" if generation else "Not looked at yet"

    # Neither view nor action runs in a transaction, so that none is open while Tower takes its time.

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        controller = self._one(request, pk)
        self._test(request, controller)
        return redirect("admin:catalog_controller_change", pk)

    def sync(self, request: HttpRequest, pk: int) -> HttpResponse:
        controller = self._one(request, pk)
        nudge(request, controller)
        return redirect("admin:catalog_controller_change", pk)

    @admin.action(description="Test connection", permissions=["change"])
    def test_connection(self, request: HttpRequest, controllers: QuerySet[Controller]) -> None:
        for controller in controllers:
            self._test(request, controller)

    @admin.action(description="Sync now", permissions=["change"])
    def sync_now(self, request: HttpRequest, controllers: QuerySet[Controller]) -> None:
        for controller in controllers:
            nudge(request, controller)

    def _one(self, request: HttpRequest, pk: int) -> Controller:
        controller = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, controller):
            raise PermissionDenied
        return controller

    def _test(self, request: HttpRequest, controller: Controller) -> None:
        finding = examination.examine(controller)
        words = finding.words if finding.ok else f"{controller} cannot be used right now. {finding.words}"
        self.message_user(request, words, messages.SUCCESS if finding.ok else messages.ERROR)
        for what in finding.missing:
            self.message_user(request, what, messages.WARNING)


def nudge(request: HttpRequest, controller: Controller) -> None:
    """Have a worker sync a Tower's templates."""
    try:
        sync_controller.delay(controller.pk)
    except OperationalError:
        messages.error(request, "The message broker does not answer. Templates are synced when it is back.")
    else:
        messages.success(request, f"The templates of {controller} are being read. Reload the page in a moment.")
