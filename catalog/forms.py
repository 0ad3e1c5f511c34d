"""The order form of a tile: the questions of its survey in, what to launch with out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms

from catalog.answers import AnswerField, PasswordField
from catalog.fields import Unorderable, field_for, obstacle
from catalog.models import Template, Tile
from catalog.survey import ENCRYPTED, Question, parse, refusals

__all__ = ["LaunchForm", "LaunchRequest", "Unorderable", "blockers"]

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DERIVED_ID = re.compile(r"_(?:helptext|error|\d+)$")
_CREDENTIAL_PASSWORDS = {
    "ssh_password": "the machine's password",
    "become_password": "the password to become another user",
    "ssh_key_unlock": "the passphrase of an SSH key",
    "vault_password": "a vault password",
}


@dataclass(frozen=True)
class LaunchRequest:
    """What was asked for. `kept` names password variables whose values are still to be added from the server."""

    extra_vars: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    answers: list[dict[str, Any]]
    kept: frozenset[str] = frozenset()

    def with_kept(self, values: Mapping[str, str]) -> "LaunchRequest":
        """With the kept passwords among the secrets. Raises KeyError if one of them is not in `values`."""
        return replace(self, secrets=self.secrets | {name: values[name] for name in self.kept}, kept=frozenset())


class LaunchForm(forms.Form):
    """One field per question, named `a-<variable>` in HTML (`a-q-<number>` for a variable that is no plain word).

    `kept` are the variables of passwords that are kept on the server from an earlier try: left blank, the kept one is
    used, and `kept_used` names it. `initial` are earlier answers by variable, in place of the survey's defaults.
    Raises Unorderable.
    """

    use_required_attribute = False  # what is missing is said by the error summary, in words

    def __init__(
        self,
        tile: Tile,
        data: Mapping[str, Any] | None = None,
        *,
        kept: Collection[str] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix="a", label_suffix="")
        self.questions = parse(tile.template.questions)
        self.kept_used: set[str] = set()
        for name, question in _named(self.questions).items():
            self.fields[name] = asked = field_for(question)
            asked.kept = question.secret and question.variable in kept
            if initial and question.variable in initial:
                asked.initial = asked.shown(initial[question.variable])

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        self.kept_used = {
            asked.question.variable
            for name, asked in self._asked()
            if asked.kept and name in answers and answers[name] is None
        }
        if not self.errors and self._refused():
            raise forms.ValidationError(
                "Tower would not take these answers together, although each seems right. Nothing was ordered; "
                "the people who look after the portal can help.",
                code="refused",
            )
        return answers

    def launch_request(self) -> LaunchRequest:
        """What to send, once the form is valid. Blanks are left out; zero and false are answers."""
        extra_vars: dict[str, Any] = {}
        secrets: dict[str, str] = {}
        answers = []
        for name, asked in self._asked():
            question, answer = asked.question, self.cleaned_data[name]
            if question.variable not in self.kept_used and answer is None:
                if not (question.stored_secret and question.required):
                    continue
                extra_vars[question.variable] = ENCRYPTED
            elif question.secret and answer is not None:
                secrets[question.variable] = answer
            elif answer is not None:
                extra_vars[question.variable] = answer
            answers.append(
                {
                    "variable": question.variable,
                    "label": question.label,
                    "value": "" if question.secret else asked.told(answer),
                    "secret": question.secret,
                }
            )
        return LaunchRequest(extra_vars, secrets, answers, kept=frozenset(self.kept_used))

    def secrets_to_keep(self) -> dict[str, str]:
        """The passwords that were typed now and are right by themselves, by variable; also of an invalid form."""
        self.full_clean()
        typed = getattr(self, "cleaned_data", {})
        return {
            asked.question.variable: typed[name]
            for name, asked in self._asked()
            if isinstance(asked, PasswordField) and typed.get(name)
        }

    def _asked(self) -> list[tuple[str, AnswerField]]:
        return [(name, asked) for name, asked in self.fields.items() if isinstance(asked, AnswerField)]

    def _refused(self) -> bool:
        """Tower's own verdict, but for kept passwords: those passed when they were typed."""
        asked = self.launch_request()
        known = [question for question in self.questions if question.variable not in self.kept_used]
        return bool(refusals(known, asked.extra_vars | asked.secrets))


def blockers(tile: Tile) -> list[str]:
    """Why a tile cannot be ordered whatever is answered, in sentences for people; empty if it can."""
    template = tile.template
    questions = parse(template.questions)
    return [
        *filter(None, map(obstacle, questions)),
        *_credential_passwords(template.prompts.get("passwords_needed") or []),
        *_inventory(template),
        *_unasked(template.prompts.get("variables_needed") or [], questions),
    ]


def _named(questions: Sequence[Question]) -> dict[str, Question]:
    """Field names: the variable, unless it is no plain word or would clash with an id that Django derives.

    A variable that is asked for twice gets one field; `LaunchForm.clean` judges the answer by both questions.
    """
    unique = {question.variable: question for question in reversed(questions)}
    named = {}
    for number, (variable, question) in enumerate(reversed(unique.items()), start=1):
        clash = _DERIVED_ID.sub("", variable) != variable and _DERIVED_ID.sub("", variable) in unique
        named[variable if _PLAIN_NAME.fullmatch(variable) and not clash else f"q-{number}"] = question
    return named


def _credential_passwords(names: Collection[str]) -> list[str]:
    if not names:
        return []
    known = [_CREDENTIAL_PASSWORDS.get(name.partition(".")[0], "a password") for name in names]
    return [
        f"Tower asks for {what} at every launch, which cannot be answered here yet." for what in dict.fromkeys(known)
    ]


def _inventory(template: Template) -> list[str]:
    """A job template without an inventory cannot start; a workflow needs none."""
    inventory = (template.prompts.get("defaults") or {}).get("inventory")
    if template.kind != Template.Kind.JOB or not isinstance(inventory, Mapping) or inventory.get("id") is not None:
        return []
    if (template.prompts.get("asks") or {}).get("ask_inventory_on_launch"):
        return ["Tower asks for an inventory at every launch, which cannot be answered here yet."]
    return ["Its template in Tower has no inventory to run on."]


def _unasked(variables: Collection[str], questions: Collection[Question]) -> list[str]:
    known = {question.variable for question in questions}
    return [
        f"Tower needs an answer for “{name}”, which the survey known here does not ask for."
        for name in variables
        if name not in known
    ]
