"""Fields for answers that a survey does not know: an object of Tower, several of them, variables."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalog import widgets
from catalog.answers import AnswerField, TextField
from catalog.prompts.variables import Unreadable, read_variables
from catalog.prompts.words import variables_in_words
from catalog.survey import Question

Options = Mapping[str, tuple[Any, str]]
"""What a browser sends -> Tower's JSON, and what people read."""


class LineField(TextField):
    def read(self, value: Any) -> str | None:
        return super().read("" if value is None else str(value).strip())


class OptionField(AnswerField):
    """One of some options. `blank` is what to call no answer, empty if there is no such option.

    It is `certain` if one of them is chosen from the start, so that nobody has to be told that it is optional.
    """

    verb = "Choose"

    def __init__(self, question: Question, options: Options, blank: str = "") -> None:
        self.options = options
        pairs = [*([("", blank)] if blank else []), *((key, label) for key, (_, label) in options.items())]
        attrs = {"data-variable": question.variable}
        few = len(options) <= widgets.RADIOS
        self.certain = bool(blank) or question.default is not None
        super().__init__(question, forms.RadioSelect(attrs, pairs) if few else forms.Select(attrs, pairs))

    def read(self, value: Any) -> Any:
        if value is None or value == "":
            return None
        if str(value) not in self.options:
            raise ValidationError("Choose one of the answers in the list", code="choice")
        return self.options[str(value)][0]

    def told(self, answer: Any) -> str | list[str]:
        return self.named(answer)

    def named(self, value: Any) -> str:
        """The words for an option, whether as a browser sends it or as Tower takes it."""
        return self.options[str(value)][1] if str(value) in self.options else ""


class OptionsField(AnswerField):
    """Any number of options."""

    verb = "Choose"

    def __init__(self, question: Question, options: Options) -> None:
        self.options = options
        pairs = [(key, label) for key, (_, label) in options.items()]
        attrs: dict[str, Any] = {"data-variable": question.variable}
        few = len(options) <= widgets.CHECKBOXES
        widget = forms.CheckboxSelectMultiple if few else forms.SelectMultiple
        super().__init__(question, widget(attrs if few else attrs | {"size": widgets.CHECKBOXES}, pairs))

    def read(self, value: Any) -> list[Any] | None:
        texts = [value] if isinstance(value, str) else value or []
        unknown = [text for text in texts if str(text) not in self.options]
        if unknown:
            raise ValidationError("Choose from the answers in the list", code="choice")
        return [self.options[text][0] for text in dict.fromkeys(map(str, texts))] or None

    def shown(self, answer: Any) -> list[str]:
        return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]

    def told(self, answer: Any) -> list[str]:
        return [self.options[key][1] for key in self.shown(answer) if key in self.options]

    named = told


class VariablesField(AnswerField):
    def __init__(self, question: Question) -> None:
        attrs = {"data-variable": question.variable, "class": "w-long", "rows": 5, **widgets.PLAIN}
        super().__init__(question, widgets.Lines(attrs))

    def read(self, value: Any) -> dict[str, Any] | None:
        try:
            return read_variables("" if value is None else str(value)) or None
        except Unreadable as trouble:
            raise ValidationError(str(trouble), code="unreadable") from None

    def shown(self, answer: Any) -> str:
        return "\n".join(variables_in_words(answer)) if isinstance(answer, dict) else str(answer)

    def told(self, answer: Any) -> list[str]:
        return variables_in_words(answer)
