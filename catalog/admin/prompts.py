"""What becomes of the things that Tower asks for at launch besides the survey: a row for each, below its tile."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import asking
from catalog.answers import AnswerField
from catalog.asking import Asking
from catalog.models import Template, TilePrompt
from catalog.promptfields import value_field
from catalog.prompts import Kind, Prompt, Thing, label_of, read

Decision = TilePrompt.Decision


class NameWidget(forms.HiddenInput):
    """The prompt's name for the form, its label for people."""

    is_hidden = False
    prompt: Prompt | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        label = self.prompt.label if self.prompt else label_of(str(value))
        told = self.prompt.help if self.prompt else "Tower no longer asks for it."
        return format_html("{}<strong>{}</strong><br>{}", super().render(name, value, attrs, renderer), label, told)


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]
    """One prompt: ask it, leave it to Tower, or give it a value for good."""

    class Meta:
        model = TilePrompt
        fields = ["name", "decision", "value"]
        widgets = {"name": NameWidget}
        labels = {"name": "What Tower asks for", "decision": "What becomes of it", "value": "The value"}

    def __init__(self, *args: Any, plan: Asking, **options: Any) -> None:
        super().__init__(*args, **options)
        name = str(self["name"].value() or "")
        self.plan, self.prompt = plan, plan.prompts.named(name)
        widget = self.fields["name"].widget
        if isinstance(widget, NameWidget):
            widget.prompt = self.prompt
        self.fields["value"] = field = _value(self.prompt, plan)
        label = label_of(name)
        self.fields["decision"].widget.attrs["aria-label"] = f"What becomes of “{label}”"
        field.widget.attrs["aria-label"] = f"The value of “{label}”"
        if self.instance.value is not None and isinstance(field, AnswerField):
            self.initial["value"] = field.shown(self.instance.value)

    def has_changed(self) -> bool:
        """A new row is worth keeping only if it says something else than what is usual."""
        if self.instance.pk:
            return super().has_changed()
        decision = self["decision"].data
        return self.prompt is not None and decision is not None and decision != asking.usual(self.prompt)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if self.prompt is None or "value" in self.errors:
            return found
        decision, value = found.get("decision"), found.get("value")
        if decision != Decision.FIX:
            found["value"] = None
        elif value is None and self.prompt.kind == Kind.TEXT:
            found["value"] = ""
        elif value is None:
            self.add_error("value", "Say what it always is, or leave it to Tower.")
        if decision == Decision.HIDE and self.prompt.needed:
            self.add_error("decision", "Tower cannot start without it: ask it, or set its value.")
        if self.prompt.kind == Kind.CREDENTIALS and _doubled(self.plan, found.get("value") or []):
            self.add_error("value", "A job takes one credential of each kind only.")
        return found


class DecisionFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The rows there are, and one for each prompt that has none yet."""

    template: Template | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        tile = options["instance"]
        template = tile.template if tile.template_id else self.template
        self.plan = _plan(template)
        rows = set(tile.prompts.values_list("name", flat=True)) if tile.pk else set()
        missing = [prompt for prompt in self.plan.prompts if prompt.name not in rows]
        self.extra = len(missing)
        options["initial"] = [{"name": prompt.name, "decision": asking.usual(prompt)} for prompt in missing]
        options["form_kwargs"] = {"plan": self.plan}
        super().__init__(*args, **options)


class PromptInline(admin.TabularInline):  # type: ignore[type-arg]
    model = TilePrompt
    form = DecisionForm
    formset = DecisionFormSet
    template = "admin/catalog/tile/prompts.html"
    verbose_name_plural = "What Tower asks for at launch, besides the survey"
    can_delete = False
    max_num = 30

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **options: Any) -> Any:
        found = super().get_formset(request, obj, **options)
        pk = request.POST.get("template") or request.GET.get("template") or ""
        chosen = Template.objects.filter(pk=pk).first() if pk.isdecimal() else None
        return type("TilePromptFormSet", (found,), {"template": chosen})

    # Who may change a tile decides this as well.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.view_tile") or request.user.has_perm("catalog.change_tile")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.add_tile" if obj is None else "catalog.change_tile")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)


def _plan(template: Template | None) -> Asking:
    if template is None:
        return Asking(read("", {}), (), {}, {})
    prompts = read(template.kind, template.prompts)
    kinds = {prompt.thing for prompt in prompts} - {""}
    return Asking(prompts, (), {}, asking.objects(template.controller_id, kinds))


def _value(prompt: Prompt | None, plan: Asking) -> forms.Field:
    return forms.JSONField(required=False, disabled=True) if prompt is None else value_field(prompt, plan)


def _doubled(plan: Asking, chosen: list[int]) -> bool:
    known: dict[int, Thing] = {**{one.id: one for one in plan.prompts.credentials}, **plan.objects["credential"]}
    taken = [known[pk].slot for pk in chosen if pk in known]
    return len(taken) != len(set(taken))
