"""Towers: where they are, who we are there, and how they fare. For operators."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from catalog import connections
from catalog.models import Controller
from catalog.tasks import sync_controller

FOUND = ("health", "last_answer_at", "trouble_since", "api_base", "version", "account_name")
SYNCED = ("synced_at", "sync_trouble")


class ControllerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The token goes in and never comes out: left blank, the stored one stays."""

    new_token = forms.CharField(
        label="Token",
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "size": 60}),
        help_text="A personal access token with write scope, stored encrypted. Leave blank to keep the stored one.",
    )

    class Meta:
        model = Controller
        fields = ["name", "url", "ca_bundle", "paused"]

    def clean_new_token(self) -> str:
        token = str(self.cleaned_data["new_token"])
        if not token and not self.instance.pk:
            raise forms.ValidationError("Enter the token of the account that the portal uses in Tower.")
        return token

    def save(self, commit: bool = True) -> Controller:
        if self.cleaned_data["new_token"]:
            self.instance.token = self.cleaned_data["new_token"]
        if "url" in self.changed_data:
            self.instance.api_base = ""
        controller: Controller = super().save(commit)
        return controller


@admin.register(Controller)
class ControllerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ControllerForm
    list_display = ["name", "url", "version", "account_name", "health", "synced_at", "sync_trouble", "paused"]
    actions = ["test_connection", "sync_now"]
    change_form_template = "admin/catalog/controller/change_form.html"
    fieldsets = [
        ("Where it is", {"fields": ["name", "url", "ca_bundle"]}),
        ("Who we are there", {"fields": ["new_token"]}),
        ("Orders", {"fields": ["paused"]}),
        ("What was found", {"fields": FOUND}),
        ("Templates", {"fields": SYNCED}),
    ]
    readonly_fields = [*FOUND, *SYNCED]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Controller]:
        return super().get_queryset(request).defer("token")

    def get_fieldsets(self, request: HttpRequest, obj: Controller | None = None) -> Any:
        """Without the token's field for those who may only look."""
        may_change = self.has_change_permission(request, obj) or not obj
        return [one for one in self.fieldsets or [] if may_change or one[1]["fields"] != ["new_token"]]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/test/", self.admin_site.admin_view(require_POST(self.test)), name="catalog_controller_test"),
            path("<int:pk>/sync/", self.admin_site.admin_view(require_POST(self.sync)), name="catalog_controller_sync"),
        ]
        return own + super().get_urls()

    @admin.display(description="connection")
    def health(self, controller: Controller) -> str:
        return controller.trouble or ("Well" if controller.last_answer_at else "Not tested yet")

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
        finding = connections.examine(controller)
        words = finding.words if finding.ok else f"{controller} cannot be used right now. {finding.words}"
        self.message_user(request, words, messages.SUCCESS if finding.ok else messages.ERROR)


def nudge(request: HttpRequest, controller: Controller) -> None:
    """Have a worker sync a Tower's templates."""
    try:
        sync_controller.delay(controller.pk)
    except OperationalError:
        messages.error(request, "The message broker does not answer. Templates are synced when it is back.")
    else:
        messages.success(request, f"The templates of {controller} are being read. Reload the page in a moment.")
