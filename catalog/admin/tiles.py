"""Tiles and their categories."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from catalog import asking
from catalog.admin.prompts import PromptInline
from catalog.forms import blockers
from catalog.models import Category, Template, Tile
from catalog.prompts import NAMESPACE
from catalog.wording import parts


class TemplateChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.get_kind_display().lower()}, {obj.controller})"


class TileForm(forms.ModelForm):  # type: ignore[type-arg]
    template = TemplateChoice(queryset=Template.objects.none(), help_text="What Tower runs when somebody orders it.")

    class Meta:
        model = Tile
        exclude: list[str] = []
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2, "cols": 60}),
            "happens": forms.Textarea(attrs={"rows": 2, "cols": 80}),
            "subject": forms.TextInput(attrs={"size": 60}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields.get("template")
        if isinstance(choice, TemplateChoice):
            offered = Q(gone_at=None) | Q(pk=self.instance.template_id)
            choice.queryset = Template.objects.filter(offered).select_related("controller")


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "position"]
    list_editable = ["position"]
    search_fields = ["name"]


@admin.register(Tile)
class TileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = TileForm
    list_display = ["title", "template", "category", "who", "published", "state"]
    list_filter = ["published", "category", "audience", "template__controller", ("paused", admin.EmptyFieldListFilter)]
    list_select_related = ["template__controller", "category"]
    search_fields = ["title", "description", "template__name"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["audience", "approvers"]
    inlines = [PromptInline]
    actions = ["publish", "withdraw"]
    save_on_top = True
    fieldsets = [
        ("What it orders", {"fields": ["template"]}),
        ("Words", {"fields": ["title", "slug", "description", "happens", "subject", "when_done", "when_failed"]}),
        ("Looks", {"fields": ["category", "position", "icon", "colour", "size"]}),
        ("Who may order it", {"fields": ["for_everyone", "audience", "shared"]}),
        ("Who may decide in it", {"fields": ["approvers"]}),
        ("Publishing", {"fields": ["published", "paused"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tile]:
        return super().get_queryset(request).prefetch_related("audience", "prompts")

    def view_on_site(self, tile: Tile) -> str:
        return tile.get_absolute_url()

    @admin.display(description="audience")
    def who(self, tile: Tile) -> str:
        return "Everybody" if tile.for_everyone else ", ".join(group.name for group in tile.audience.all()) or "Nobody"

    @admin.display(description="can be ordered")
    def state(self, tile: Tile) -> str:
        if tile.pause_reason:
            return f"No: {tile.pause_reason}"
        return "No: it asks for something the form cannot give" if blockers(tile) else "Yes"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for warning in _warnings(form.instance):
            messages.warning(request, warning)

    @admin.action(description="Publish the selected tiles", permissions=["change"])
    def publish(self, request: HttpRequest, tiles: QuerySet[Tile]) -> None:
        self.message_user(request, f"{tiles.update(published=True)} published.")

    @admin.action(description="Withdraw the selected tiles", permissions=["change"])
    def withdraw(self, request: HttpRequest, tiles: QuerySet[Tile]) -> None:
        self.message_user(request, f"{tiles.update(published=False)} withdrawn; only curators see them now.")


def _warnings(tile: Tile) -> list[str]:
    """What a curator should know about a tile that was saved all the same."""
    plan = asking.of(tile)
    asked = {question.get("variable") for question in tile.template.questions}
    asked |= {NAMESPACE + prompt.name for prompt in plan.asked} | {NAMESPACE + name for name in plan.fixed}
    named = {part.variable for text in (tile.happens, tile.subject) for part in parts(text) if part.variable}
    unknown = ", ".join(sorted(f"{{{variable}}}" for variable in named - asked))
    return [f"This tile cannot be ordered. {reason}" for reason in blockers(tile)] + (
        [f"The survey has no question for {unknown}, so nothing will be shown in its place."] if unknown else []
    )
