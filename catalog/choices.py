"""Form fields for questions whose answers are given: one of them, some of them, on or off."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalog import widgets
from catalog.answers import AnswerField
from catalog.survey import Question

_SWITCHES = {("false", "true"), ("no", "yes"), ("off", "on")}


def options(question: Question) -> dict[str, Any]:
    """What can be chosen: as it is shown and sent by a browser, and as Tower wants it."""
    found: dict[str, Any] = {}
    for choice in question.choices:
        if choice not in (None, ""):
            found.setdefault(str(choice), choice)
    return found


class ChoiceField(AnswerField):
    verb = "Choose"

    def __init__(self, question: Question) -> None:
        self.options = options(question)
        super().__init__(question, self._widget(question))

    def _widget(self, question: Question) -> forms.Widget:
        """There is no "No answer" where Tower would fill in a default: the job would get that one all the same."""
        blank = ""
        if question.applied_default is None and not question.required:
            blank = "No answer"
        elif question.applied_default is None and len(self.options) > widgets.RADIOS:
            blank = "Choose …"
        return widgets.for_choice(question, list(self.options), blank=blank)

    def read(self, value: Any) -> Any:
        return None if value is None or value == "" else self._chosen(str(value))

    def _chosen(self, text: str) -> Any:
        """Browsers send a line break in a value as CRLF."""
        if text in self.options:
            return self.options[text]
        for option, choice in self.options.items():
            if _unbroken(text) == _unbroken(option):
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
        self.required = True

    def read(self, value: Any) -> Any:
        return self.on if value else self.off

    def shown(self, answer: Any) -> bool:
        return bool(answer == self.on)

    def told(self, answer: Any) -> str:
        word = _switch_word(answer)
        return {"true": "Yes", "false": "No"}.get(word, word.capitalize())


def is_switch(question: Question) -> bool:
    """Whether it is on or off: exactly two such choices, and no way to leave the answer out."""
    words = tuple(sorted(map(_switch_word, question.choices)))
    certain = question.required or question.applied_default is not None
    return question.type == "multiplechoice" and certain and words in _SWITCHES


def _switch_word(choice: Any) -> str:
    """In the order of these words, off comes before on."""
    return str(choice).strip().lower()


def _unbroken(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
