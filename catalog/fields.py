"""A question of a survey as a field of a form. What the fields accept is told in `catalog.answers`."""

from catalog.answers import AnswerField, NumberField, PasswordField, TextField
from catalog.choices import ChoiceField, ChoicesField, SwitchField, is_switch, options
from catalog.prompts import NAMESPACE
from catalog.survey import CHOICES, NUMBERS, TEXTS, Question

_FIELDS: dict[str, type[TextField | NumberField | ChoiceField]] = {
    "text": TextField,
    "textarea": TextField,
    "password": PasswordField,
    "integer": NumberField,
    "float": NumberField,
    "multiplechoice": ChoiceField,
    "multiselect": ChoicesField,
}


class Unorderable(Exception):
    """The template asks for something that a form here cannot ask; str() says what, in a sentence for people."""


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
    if question.variable.startswith(NAMESPACE):
        return f"“{question.label}” has a name in its survey that the portal keeps for itself."
    if question.type not in TEXTS | NUMBERS | CHOICES:
        return f"“{question.label}” is a kind of question that the portal does not know yet."
    if question.type in CHOICES and not options(question):
        return f"“{question.label}” has no answers to choose from."
    return ""
