"""Templates as Tower offers them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from catalog.admin.towers import nudge
from catalog.models import Controller, Template
from catalog.survey import parse

HEAD = "<tr><th>Question</th><th>Variable</th><th>Type</th><th>Required</th><th>Choices</th></tr>"


@admin.register(Template)
class TemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at. What Tower offers is changed in Tower."""

    list_display = ["name", "kind", "controller", "asks", "tiles_made", "gone_at"]
    list_filter = ["controller", "kind", ("gone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["controller"]
    search_fields = ["name", "description"]
    change_list_template = "admin/catalog/template/change_list.html"
    change_form_template = "admin/catalog/template/change_form.html"
    fields = ("name", "description", "controller", "kind", "survey_questions", "needs", "synced_at", "gone_at")
    readonly_fields = fields

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Template | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Template | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Template]:
        templates: QuerySet[Template] = super().get_queryset(request)
        return templates.annotate(tile_count=Count("tiles"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.sync))
        return [path("sync/", view, name="catalog_template_sync"), *super().get_urls()]

    def sync(self, request: HttpRequest) -> HttpResponse:
        """The curators' button: read the templates of every Tower."""
        if not request.user.has_perm("catalog.change_tile"):
            raise PermissionDenied
        for controller in Controller.objects.without_secrets():
            nudge(request, controller)
        return redirect("admin:catalog_template_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_sync = request.user.has_perm("catalog.change_tile")
        return super().changelist_view(request, (extra_context or {}) | {"may_sync": may_sync})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        template = self.get_object(request, object_id)
        may_make = request.user.has_perm("catalog.add_tile")
        link = make_a_tile(template) if template and may_make and not template.gone_at else ""
        return super().change_view(request, object_id, form_url, (extra_context or {}) | {"make_a_tile": link})

    @admin.display(description="questions")
    def asks(self, template: Template) -> int:
        return len(template.questions)

    @admin.display(description="tiles", ordering="tile_count")
    def tiles_made(self, template: Template) -> int:
        return int(template.tile_count)  # type: ignore[attr-defined]

    @admin.display(description="survey")
    def survey_questions(self, template: Template) -> str:
        if not template.questions:
            return "It asks nothing." if not template.survey else "It has a survey, which is switched off in Tower."
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (one.label, one.variable, one.type, "yes" if one.required else "no", ", ".join(map(str, one.choices)))
                for one in parse(template.questions)
            ),
        )
        return format_html(f"<table><thead>{HEAD}</thead><tbody>{{}}</tbody></table>", rows)

    @admin.display(description="asks at launch")
    def needs(self, template: Template) -> str:
        asked = [name for name, value in (template.prompts.get("asks") or {}).items() if value]
        words = [name.removeprefix("ask_").removesuffix("_on_launch").replace("_", " ") for name in asked]
        return ", ".join(words) or "Nothing but the survey"


def make_a_tile(template: Template) -> str:
    """The address of an empty tile with the template's words filled in."""
    given: dict[str, str | int] = {
        "template": template.pk,
        "title": template.name[:70],
        "description": template.description[:120],
    }
    return f"{reverse('admin:catalog_tile_add')}?{urlencode(given)}"
