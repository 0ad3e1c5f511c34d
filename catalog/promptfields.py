"""A prompt as fields of a form.

They accept what Tower accepts, but for these points: numbers are from 0 to what Tower's database holds, tags and
branches have at most 1,024 characters, only objects can be chosen that our account may use, and extra variables are
plain YAML or JSON (`catalog.prompts.variables`). White space around a text is left out, as Tower does.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from catalog.answers import AnswerField, NumberField, PasswordField
from catalog.asking import Asking
from catalog.choices import SwitchField
from catalog.options import LineField, OptionField, Options, OptionsField, VariablesField
from catalog.prompts import NAMESPACE, Kind, Prompt, Thing, password_label, slot_label, slots
from catalog.survey import Question
from catalog.widgets import RADIOS


def fields_for(prompt: Prompt, asking: Asking) -> dict[str, AnswerField]:
    """The fields that ask this prompt, by name in HTML; one for each kind of credential. None if there is no choice."""
    if prompt.kind == Kind.CREDENTIALS:
        return _credentials(prompt, asking)
    if prompt.kind in {Kind.OBJECT, Kind.OBJECTS}:
        found = _object(prompt, asking.objects.get(prompt.thing, {}).values())
        return {f"p-{prompt.name}": found} if found else {}
    return {f"p-{prompt.name}": _PLAIN[prompt.kind](prompt)}


def value_field(prompt: Prompt, asking: Asking) -> AnswerField:
    """The field in which a curator sets a prompt's value for good: one field, and no answer is possible."""
    things = {one.id: one for one in [*prompt.own, *asking.objects.get(prompt.thing, {}).values()]}.values()
    bare = Prompt(prompt.name, prompt.kind, "Value", choices=prompt.choices, most=prompt.most)
    if prompt.kind == Kind.CREDENTIALS:
        named = [
            replace(one, name=f"{one.name} ({slot_label(one, asking.objects).replace(' credential', '')})")
            for one in things
        ]
        return OptionsField(question(bare, "multiselect"), _options(named))
    if prompt.kind == Kind.OBJECTS:
        return OptionsField(question(bare, "multiselect"), _options(things))
    if prompt.kind == Kind.OBJECT:
        return OptionField(question(bare, "multiplechoice"), _options(things), "None")
    if prompt.kind in {Kind.CHOICE, Kind.SWITCH}:
        pairs = prompt.choices or ((True, "Yes"), (False, "No"))
        found = {str(value): (value, label) for value, label in pairs}
        return OptionField(question(bare, "multiplechoice"), found, "None")
    return _PLAIN[prompt.kind](bare)


def password_field(name: str, *, required: bool, owners: Iterable[str]) -> AnswerField:
    """Asks for a password that Tower wants at each launch. `owners` are the credentials that want it."""
    told = "Tower asks for it each time." if required else f"Only needed with {', '.join(owners)}."
    return PasswordField(
        Question(NAMESPACE + name, "password", password_label(name), f"{told} It is not kept.", required=required)
    )


def html_name(text: str) -> str:
    """A text as part of a name in HTML, so that two never clash."""
    return text if re.fullmatch(r"(?!x)[a-z_]+", text) else "x" + text.encode().hex()


def question(prompt: Prompt, kind: str, **more: Any) -> Question:
    return Question(
        variable=NAMESPACE + prompt.name,
        type=kind,
        label=prompt.label,
        help=prompt.help,
        required=prompt.needed,
        **more,
    )


def _text(prompt: Prompt) -> AnswerField:
    return LineField(question(prompt, "text", max=prompt.most, default=prompt.default or None))


def _whole(prompt: Prompt) -> AnswerField:
    return NumberField(question(prompt, "integer", min=0, max=prompt.most, default=prompt.default))


def _switch(prompt: Prompt) -> AnswerField:
    return SwitchField(question(prompt, "multiplechoice", choices=(False, True), default=prompt.default is True))


def _choice(prompt: Prompt) -> AnswerField:
    values = tuple(value for value, _ in prompt.choices)
    asked = question(prompt, "multiplechoice", choices=values, default=prompt.default)
    return OptionField(asked, {str(value): (value, label) for value, label in prompt.choices})


def _object(prompt: Prompt, known: Iterable[Thing]) -> AnswerField | None:
    """Of one object, the template's own comes first and is what no answer means; of several, they are added to."""
    others = [thing for thing in known if all(own.id != thing.id for own in prompt.own)]
    if prompt.kind == Kind.OBJECTS:
        return OptionsField(question(prompt, "multiselect"), _options(others)) if others else None
    if not others and not prompt.needed:
        return None
    blank = f"{prompt.own[0].name} (the usual one)" if prompt.own else "The usual one"
    if prompt.needed:
        blank = "Choose …" if len(others) > RADIOS else ""
    return OptionField(question(prompt, "multiplechoice"), _options(others), blank)


def _credentials(prompt: Prompt, asking: Asking) -> dict[str, AnswerField]:
    found: dict[str, AnswerField] = {}
    for (type_id, vault_id), things in slots(asking.prompts, asking.objects).items():
        own = next((one for one in things if one in asking.prompts.credentials), None)
        others = [one for one in things if one is not own]
        if not others:
            continue
        key = f"credentials-{type_id}" + (f"-{html_name(vault_id)}" if vault_id else "")
        asked = Question(f"{NAMESPACE}{key}", "multiplechoice", slot_label(things[0], asking.objects), prompt.help)
        found[f"p-{key}"] = OptionField(asked, _options(others), f"{own.name} (the usual one)" if own else "None")
    return found


def _options(things: Iterable[Thing]) -> Options:
    """Two of the same name are told apart by their number in Tower."""
    rows = sorted(things, key=lambda one: (one.name.lower(), one.id))
    names = [one.name for one in rows]
    return {
        str(one.id): (one.id, f"{one.name} (number {one.id} in Tower)" if names.count(one.name) > 1 else one.name)
        for one in rows
    }


_PLAIN: dict[Kind, Callable[[Prompt], AnswerField]] = {
    Kind.TEXT: _text,
    Kind.WHOLE: _whole,
    Kind.SWITCH: _switch,
    Kind.CHOICE: _choice,
    Kind.VARIABLES: lambda prompt: VariablesField(question(prompt, "textarea")),
}
