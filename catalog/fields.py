"""A question of a survey as a field of a form.

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
from catalog.survey import CHOICES, ENCRYPTED, NUMBERS, TEXTS, Question

DIGITS = 300
_WHOLE = re.compile(r"([+-]?)(\d+)")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SWITCHES = {("false", "true"), ("no", "yes"), ("off", "on")}


class Unorderable(Exception):
    """The template asks for something that a form here cannot ask; str() says what, in a sentence for people."""


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
        typed = super().read(value)
        if typed is not None and typed.startswith(ENCRYPTED):
            raise ValidationError(f"Use one that does not begin with {ENCRYPTED}, which has a meaning of its own")
        return typed

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
        number = self._number(text)
        least, most = self.question.min, self.question.max
        if (least is not None and number < least) or (most is not None and number > most):
            raise ValidationError(wording.outside(least, most), code="range")
        return number

    def _number(self, text: str) -> float:
        """A whole number as an int, so that a float question gets 5 for 5 and 5.0 for 5.0."""
        whole = _WHOLE.fullmatch(text)
        if whole:
            digits = whole[2].lstrip("0") or "0"
            if len(digits) > DIGITS:
                raise ValidationError(self._too_big(), code="range")
            return int(whole[1] + digits)
        if self.question.type == "integer":
            raise ValidationError(f"Enter a whole number, such as {self.example}", code="invalid")
        if len(text) <= DIGITS:
            if _DECIMAL.fullmatch(text) and _survives(text):
                return float(text)
            if "," in text and _DECIMAL.fullmatch(text.replace(",", ".", 1)):
                raise ValidationError(f"Write decimals with a point, such as {self.example}", code="invalid")
        raise ValidationError(f"Enter a number, such as {self.example}", code="invalid")

    def _too_big(self) -> str:
        least, most = self.question.min, self.question.max
        return f"Use at most {DIGITS} digits" if least is None and most is None else wording.outside(least, most)

    @property
    def example(self) -> float:
        """A number that would be accepted."""
        least, most = self.question.min, self.question.max
        usual = 465 if self.question.type == "integer" else 2.5
        low, high = -math.inf if least is None else least, math.inf if most is None else most
        if self.question.suggestion is not None:
            return float(self.question.suggestion) if self.question.type == "float" else int(self.question.suggestion)
        if low <= usual <= high:
            return usual
        return low if math.isfinite(low) else high


class ChoiceField(AnswerField):
    verb = "Choose"

    def __init__(self, question: Question) -> None:
        self.options: dict[str, Any] = {}
        for choice in question.choices:
            if str(choice):
                self.options.setdefault(str(choice), choice)
        super().__init__(question, self._widget(question))

    def _widget(self, question: Question) -> forms.Widget:
        """There is no "No answer" where Tower would fill in a default: the job would get that one all the same."""
        options, blank = list(self.options), ""
        if question.applied_default is None and not question.required:
            blank = "No answer"
        elif question.applied_default is None and len(options) > widgets.RADIOS:
            blank = "Choose …"
        return widgets.for_choice(question, options, blank=blank)

    def read(self, value: Any) -> Any:
        return None if value is None or value == "" else self._chosen(str(value))

    def _chosen(self, text: str) -> Any:
        """Browsers send a line break in a value as CRLF."""
        for option, choice in self.options.items():
            if text == option or _unbroken(text) == _unbroken(option):
                return choice
        raise ValidationError("Choose one of the answers in the list", code="choice")


class ChoicesField(ChoiceField):
    def _widget(self, question: Question) -> forms.Widget:
        return widgets.for_choices(question, list(self.options))

    def read(self, value: Any) -> list[Any] | None:
        """None chosen is no answer, but where Tower would fill in a default it is an answer of none."""
        texts = [value] if isinstance(value, str) else value or []
        chosen = [self._chosen(text) for text in dict.fromkeys(map(str, texts)) if text]
        return chosen or (None if self.required or self.question.applied_default is None else [])

    def shown(self, answer: Any) -> list[str]:
        return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]

    def told(self, answer: Any) -> list[str]:
        return self.shown(answer)


class SwitchField(AnswerField):
    """Two choices, such as true and false. A browser sends nothing for off, so there is always an answer."""

    def __init__(self, question: Question) -> None:
        self.off, self.on = sorted(question.choices, key=_switch_word)
        super().__init__(question, widgets.for_switch(question))

    def read(self, value: Any) -> Any:
        return self.on if value else self.off

    def shown(self, answer: Any) -> bool:
        return bool(answer == self.on)

    def told(self, answer: Any) -> str:
        word = _switch_word(answer)
        return {"true": "Yes", "false": "No"}.get(word, word.capitalize())


def field_for(question: Question) -> AnswerField:
    """The field that asks this question. Raises Unorderable."""
    trouble = obstacle(question)
    if trouble:
        raise Unorderable(trouble)
    if is_switch(question):
        return SwitchField(question)
    return _FIELDS[question.type](question)


def obstacle(question: Question) -> str:
    """Why this question cannot be asked here, in a sentence; empty if it can."""
    if question.type not in TEXTS | NUMBERS | CHOICES:
        return f"“{question.label}” is a kind of question that the portal does not know yet."
    if question.type in CHOICES and not any(str(choice) for choice in question.choices):
        return f"“{question.label}” has no answers to choose from."
    return ""


def is_switch(question: Question) -> bool:
    """Whether it is on or off: exactly two such choices, and no way to leave the answer out."""
    words = tuple(sorted(map(_switch_word, question.choices)))
    certain = question.required or question.applied_default is not None
    return question.type == "multiplechoice" and certain and words in _SWITCHES


_FIELDS: dict[str, type[TextField | NumberField | ChoiceField]] = {
    "text": TextField,
    "textarea": TextField,
    "password": PasswordField,
    "integer": NumberField,
    "float": NumberField,
    "multiplechoice": ChoiceField,
    "multiselect": ChoicesField,
}


def _switch_word(choice: Any) -> str:
    """In the order of these words, off comes before on."""
    return str(choice).strip().lower()


def _unbroken(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _survives(text: str) -> bool:
    """Whether a decimal is still itself as a float: neither infinite, nor zero if it was not."""
    number = float(text)
    return math.isfinite(number) and (number != 0 or not re.search(r"[^\D0]", re.split("[eE]", text)[0]))


def _help(question: Question) -> str:
    """The description, and what is used if nothing is entered."""
    used, default = "", str(question.applied_default)
    if question.stored_secret:
        used = "If left empty, the stored one is used."
    elif question.type in TEXTS | NUMBERS and not question.required and question.applied_default not in (None, ""):
        short = len(default) <= 40 and default.isprintable() and default.strip()
        used = f"If left empty, {default if short else 'the suggestion'} is used."
    return " ".join(filter(None, [question.help, used]))
