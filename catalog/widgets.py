"""The inputs of an order form. They carry what HTML can say, and no limit that would cut what is pasted."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from catalog.survey import Question

RADIOS = 5
"""Up to so many choices are shown all at once; more become a list."""
CHECKBOXES = 8

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class Switch(forms.CheckboxInput):
    """A checkbox that says on or off."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch"} | (attrs or {}))

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> bool:
        """A browser sends "on" or nothing; other clients may send the choice itself."""
        value = data.get(name)
        return bool(value) and str(value).strip().lower() not in {"false", "no", "off"}


class Lines(forms.Textarea):
    """Text of several lines. Browsers send line breaks as CRLF whatever was there before: they are read as LF."""

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def for_text(question: Question) -> forms.Widget:
    """One line, unless the default has several: a one-line input would drop the breaks."""
    attrs = _common(question) | {"class": _width(question.max)}
    if question.secret:
        return forms.PasswordInput({**attrs, "autocomplete": "new-password", "class": "w-medium"}, render_value=False)
    breaks = isinstance(question.default, str) and len(question.default.splitlines()) > 1
    if question.type == "textarea" or breaks:
        return Lines({**attrs, "class": "w-long", "rows": 5, "autocomplete": "off"})
    return forms.TextInput(attrs | PLAIN)


def for_number(question: Question) -> forms.Widget:
    """A text input. Phones' number pads have no minus, so they are asked for only where none can be needed."""
    attrs = _common(question) | PLAIN | {"class": "w-short"}
    if question.min is not None and question.min >= 0:
        attrs["inputmode"] = "numeric" if question.type == "integer" else "decimal"
    return forms.TextInput(attrs)


def for_choice(question: Question, options: list[str], *, blank: str) -> forms.Widget:
    """Radio buttons or a list; `blank` is what to call no answer, empty if there is no such option."""
    if len(options) <= RADIOS:
        return forms.RadioSelect(_common(question), choices=_options(options, blank))
    width = _width(max(len(option) for option in options))
    return forms.Select(_common(question) | {"class": width}, choices=_options(options, blank))


def for_choices(question: Question, options: list[str]) -> forms.Widget:
    if len(options) <= CHECKBOXES:
        return forms.CheckboxSelectMultiple(_common(question), choices=_options(options))
    attrs = {"class": _width(max(len(option) for option in options)), "size": CHECKBOXES}
    return forms.SelectMultiple(_common(question) | attrs, choices=_options(options))


def for_switch(question: Question) -> forms.Widget:
    return Switch(_common(question))


def _options(options: list[str], blank: str = "") -> list[tuple[str, str]]:
    return [*([("", blank)] if blank else []), *((option, option) for option in options)]


def _common(question: Question) -> dict[str, Any]:
    return {"data-variable": question.variable}


def _width(characters: float | None) -> str:
    """A field's width tells how long an answer may be."""
    if characters is None or characters > 40:
        return "w-long"
    return "w-short" if characters <= 12 else "w-medium"
