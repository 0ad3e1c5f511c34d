"""Form fields for one answer to a question of a survey.

A field accepts what Tower accepts, and returns it as the JSON that Tower wants, or None for no answer. It is stricter
than Tower in these points only:

- a required question needs an answer: Tower would take "" for a text and [] for a multiselect;
- a text of nothing but white space is no answer (a password may be);
- a choice that is blank cannot be chosen;
- a null character or half of a surrogate pair cannot be stored;
- a number has at most 300 digits, and no decimal that a float would turn into zero or infinity;
- a password cannot begin with "$encrypted$", which Tower takes for its stored one.

Line breaks of a textarea are sent as LF. Numbers may be typed with spaces around, a plus sign, leading zeros, any
alphabet's digits, and U+2212 for minus.
"""

import math
import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from catalog import widgets, wording
from catalog.survey import ENCRYPTED, NUMBERS, TEXTS, Question

DIGITS = 300
_WHOLE = re.compile(r"([+-]?)(\d+)")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


class AnswerField(forms.Field):
    """A field that knows its question. Its value is Tower's JSON, or None if there is no answer."""

    verb: ClassVar[str] = "Enter"
    kept = False  # a password typed earlier is kept on the server and used if nothing new is typed

    def __init__(self, question: Question, widget: forms.Widget) -> None:
        self.question = question
        super().__init__(
            required=question.required,
            label=question.label,
            help_text=escape(_help(question)),  # Django's field template takes help texts for HTML
            widget=widget,
            initial=None if question.suggestion is None else self.shown(question.suggestion),
        )

    def clean(self, value: Any) -> Any:
        return self.answered(self.read(value))

    def answered(self, answer: Any) -> Any:
        """The answer. Raises ValidationError if one is required and there is none."""
        if answer is None and self.required:
            raise ValidationError(wording.missing(self.question.label, self.verb), code="required")
        return answer

    def read(self, value: Any) -> Any:
        """The answer in what the browser sent, None if it is blank. Raises ValidationError."""
        raise NotImplementedError

    def shown(self, answer: Any) -> Any:
        """An answer as the input shows it."""
        return str(answer)

    def told(self, answer: Any) -> str | list[str]:
        """An answer in words."""
        return str(answer)


class TextField(AnswerField):
    def __init__(self, question: Question) -> None:
        super().__init__(question, widgets.for_text(question))

    def read(self, value: Any) -> str | None:
        text = "" if value is None else str(value)
        if not (text if self.question.secret else text.strip()):
            return None
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise ValidationError("Remove the character that cannot be stored, then try again", code="character")
        least, most = self.question.min, self.question.max
        if most is not None and len(text) > most:
            raise ValidationError(wording.too_long(most, len(text)), code="too_long")
        if least is not None and len(text) < least:
            raise ValidationError(wording.too_short(least, len(text)), code="too_short")
        return text


class PasswordField(TextField):
    def clean(self, value: Any) -> Any:
        """None stands for the kept or Tower's stored password too, where there is one."""
        typed = self.read(value)
        if typed is None and (self.kept or self.question.stored_secret):
            return None
        return self.answered(typed)

    def read(self, value: Any) -> str | None:
        if str(value or "").startswith(ENCRYPTED):
            raise ValidationError(
                f"Use one that does not begin with {ENCRYPTED}: that has a meaning of its own in Tower", code="reserved"
            )
        return super().read(value)

    def shown(self, answer: Any) -> None:
        return None

    def told(self, answer: Any) -> str:
        return ""


class NumberField(AnswerField):
    def __init__(self, question: Question) -> None:
        super().__init__(question, widgets.for_number(question))

    def read(self, value: Any) -> float | None:
        text = "" if value is None else str(value).strip().replace("\N{MINUS SIGN}", "-")
        if not text:
            return None
        number = self._number(re.sub(r"\d", lambda digit: str(int(digit[0])), text))
        least, most = self.question.min, self.question.max
        if (least is not None and number < least) or (most is not None and number > most):
            raise ValidationError(wording.outside(least, most), code="range")
        return number

    def _number(self, text: str) -> float:
        """Whole numbers are ints, so that a float question gets 5 for 5 and 5.0 for 5.0."""
        whole = _WHOLE.fullmatch(text)
        if whole:
            digits = whole[2].lstrip("0") or "0"
            if len(digits) > DIGITS:
                raise ValidationError(f"Use at most {DIGITS} digits", code="digits")
            return int(whole[1] + digits)
        if self.question.type == "integer":
            raise ValidationError(f"Enter a whole number, such as {self.example}", code="invalid")
        if len(text) <= DIGITS:
            if _DECIMAL.fullmatch(text):
                return _as_float(text)
            if "," in text and _DECIMAL.fullmatch(text.replace(",", ".", 1)):
                raise ValidationError(f"Write decimals with a point, such as {self.example}", code="invalid")
        raise ValidationError(f"Enter a number, such as {self.example}", code="invalid")

    @property
    def example(self) -> Any:
        """A number that would be accepted."""
        least, most = self.question.min, self.question.max
        usual = 465 if self.question.type == "integer" else 2.5
        low, high = -math.inf if least is None else least, math.inf if most is None else most
        if self.question.suggestion is not None:
            return self.question.suggestion
        if low <= usual <= high:
            return usual
        return low if usual < low else high


def _as_float(text: str) -> float:
    """A decimal. Raises ValidationError if a float would make it infinite, or zero that it is not."""
    number = float(text)
    if math.isinf(number) or (number == 0 and re.search("[1-9]", re.split("[eE]", text)[0])):
        raise ValidationError("Use fewer digits", code="digits")
    return number


def _help(question: Question) -> str:
    """The description, and what is used if nothing is entered."""
    used, default = "", str(question.applied_default)
    if question.stored_secret:
        used = "If left empty, the stored one is used."
    elif question.type in TEXTS | NUMBERS and not question.required and question.applied_default not in (None, ""):
        short = len(default) <= 40 and default.isprintable() and default.strip()
        used = f"If left empty, {default if short else 'the suggestion'} is used."
    text = question.help
    if text and used and text[-1] not in ".!?:":
        text += "."
    return f"{text} {used}".strip()
