"""Tags and filters that every template may use without loading them: icons, times, answers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

UNITS = {"normal": 1, "wide": 2, "large": 4}


@register.simple_tag
def icon(name: str, size: int = 24, css: str = "") -> SafeString:
    """A picture from templates/_icons.svg, `size` pixels wide; decoration, so hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" width="{}" height="{}" aria-hidden="true"><use href="#{}"></use></svg>',
        f" {css}" if css else "",
        size,
        size,
        name,
    )


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """How long ago, in words, with the exact time on hover; static/js/portal.js keeps it fresh by the same rules."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        local.isoformat(timespec="seconds"),
        f"{local:%-d %B %Y, %H:%M:%S}",
        _ago(timezone.localtime(), local),
    )


def _ago(now: datetime, at: datetime) -> str:
    passed = now - at
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    if at.date() == now.date():
        return f"{passed // timedelta(hours=1)} h ago"
    return "yesterday" if at.date() == now.date() - timedelta(days=1) else _day(at.date(), now.date())


def _day(day: date, today: date) -> str:
    return f"{day:%-d %b}" if day.year == today.year else f"{day:%-d %b %Y}"


@register.filter
def clock(at: datetime | None) -> str:
    """14:01:46, in the portal's time zone."""
    return f"{timezone.localtime(at):%H:%M:%S}" if at else ""


@register.filter
def when(at: datetime | None) -> SafeString | str:
    """The time of day, with the day in front unless it is today."""
    if at is None:
        return ""
    local, today = timezone.localtime(at), timezone.localdate()
    words = f"{local:%H:%M}" if local.date() == today else f"{_day(local.date(), today)}, {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.filter
def duration(seconds: float | None) -> str:
    """24 s, 2 min, 1 h 5 min."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


@register.filter
def count_active(jobs: Iterable[Any]) -> int:
    return sum(1 for job in jobs if job.is_active)


@register.filter
def units(tiles: Iterable[Any]) -> int:
    """How many small tiles would fill the room that these take."""
    return sum(UNITS.get(tile.size, 1) for tile in tiles)


@register.filter
def rows_of_four(tiles: Iterable[Any]) -> int:
    """How many rows the tiles fill where four small ones stand side by side."""
    return -(-units(tiles) // 4)


@register.filter
def in_words(value: Any) -> str:
    """An answer as text; several are listed."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class Answer(NamedTuple):
    """What a form holds for a variable now: `text` is "" while it is blank."""

    text: str
    label: str
    wrong: bool


@register.simple_tag
def filled(form: forms.BaseForm, variable: str) -> SafeString:
    """The place of an answer in the sentence of what will happen; static/js/order.js keeps it filled."""
    given = answer(form, variable)
    states = (" is-blank" if not given.text else "") + (" is-wrong" if given.wrong else "")
    return format_html(
        '<span class="filled{}" data-fills="{}" data-blank="{}">{}</span>',
        states,
        variable,
        given.label,
        given.text or given.label,
    )


def answer(form: forms.BaseForm, variable: str) -> Answer:
    """What stands in for a variable in a sentence. A password is never in it."""
    for bound in form:
        question = getattr(bound.field, "question", None)
        if question is not None and question.variable == variable:
            return Answer(_shown(bound), str(bound.label), wrong=bool(form.is_bound and bound.errors))
    for one in getattr(form, "fixed", ()):
        if one["variable"] == variable:
            return Answer(in_words(one["value"]), one["label"], wrong=False)
    return Answer("", variable.strip("_"), wrong=False)


def _shown(bound: BoundField) -> str:
    if isinstance(bound.field.widget, forms.PasswordInput):
        return ""
    value = bound.value()
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "yes" if value else "no"
    named = getattr(bound.field, "named", None)
    return "" if value in (None, "") else in_words(named(value) if named else value)
