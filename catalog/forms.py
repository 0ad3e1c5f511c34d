"""The order form of a tile: the questions of its survey and what else Tower asks for in, what to launch with out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms

from catalog import asking, wording
from catalog.answers import AnswerField, PasswordField
from catalog.fields import Unorderable, field_for, obstacle
from catalog.models import Tile
from catalog.promptform import PromptForm, twice
from catalog.prompts import NAMESPACE
from catalog.survey import ENCRYPTED, Question, parse, refusals

__all__ = ["LaunchForm", "LaunchRequest", "Unorderable", "blockers"]

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DERIVED_ID = re.compile(r"_(?:helptext|error|\d+)$")


@dataclass(frozen=True)
class LaunchRequest:
    """What was asked for. `kept` names password variables whose values are still to be added from the server.

    `prompts` are the fields of the launch besides `extra_vars`. A password of a credential is a secret whose variable
    begins with `prompts.NAMESPACE`.
    """

    extra_vars: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    answers: list[dict[str, Any]]
    kept: frozenset[str] = frozenset()
    prompts: dict[str, Any] = field(default_factory=dict)

    def with_kept(self, values: Mapping[str, str]) -> "LaunchRequest":
        """With the kept passwords among the secrets. Raises KeyError if one of them is not in `values`."""
        return replace(self, secrets=self.secrets | {name: values[name] for name in self.kept}, kept=frozenset())


class LaunchForm(forms.Form):
    """One field per question, named `a-<variable>` in HTML (`a-q-<number>` for a variable that is no plain word).

    After them come fields for what Tower asks for besides (`catalog.promptform`); `fixed` is what a curator decided.

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
        self.prompting = PromptForm(asking.of(tile))
        self.fixed = self.prompting.asking.summary
        self.fields |= {name: field_for(question) for name, question in _named(self.questions).items()}
        self.fields |= self.prompting.fields
        for _, asked in self._asked():
            asked.kept = asked.question.secret and asked.question.variable in kept
            if initial and asked.question.variable in initial:
                asked.initial = asked.shown(initial[asked.question.variable])

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        self.kept_used = {
            asked.question.variable
            for name, asked in self._asked()
            if asked.kept and name in answers and answers[name] is None
        }
        self._check_prompts()
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
        body = self._body()
        unneeded = self._passwords() - self.prompting.needs(body)
        for name, asked in self._asked():
            question, answer = asked.question, self.cleaned_data[name]
            if question.variable in unneeded:
                continue
            if question.variable not in self.kept_used and answer is None:
                if not (question.stored_secret and question.required):
                    continue
                extra_vars[question.variable] = ENCRYPTED
            elif question.secret and answer is not None:
                secrets[question.variable] = answer
            elif answer is not None and not question.variable.startswith(NAMESPACE):
                extra_vars[question.variable] = answer
            answers.append(
                {
                    "variable": question.variable,
                    "label": question.label,
                    "value": "" if question.secret else asked.told(answer),
                    "secret": question.secret,
                }
            )
        extra_vars = body.pop("extra_vars", {}) | extra_vars
        kept = frozenset(self.kept_used - unneeded)
        return LaunchRequest(extra_vars, secrets, [*answers, *self.fixed], kept, body)

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

    def _body(self) -> dict[str, Any]:
        """What is launched with, but for the survey's answers and for passwords."""
        prompted = {
            asked.question.variable: self.cleaned_data[name]
            for name, asked in self._asked()
            if name in self.cleaned_data and name in self.prompting.fields and not asked.question.secret
        }
        return self.prompting.body({name: answer for name, answer in prompted.items() if answer is not None})

    def _passwords(self) -> set[str]:
        """The variables of passwords that credentials may need."""
        return {one.question.variable for one in self.prompting.fields.values() if one.question.secret}

    def _check_prompts(self) -> None:
        """What hangs together: passwords of the chosen credentials, and variables that the survey asks for as well."""
        body = self._body()
        needs = self.prompting.needs(body)
        for name, asked in self.prompting.fields.items():
            question = asked.question
            typed = self.cleaned_data.get(name) is not None or question.variable in self.kept_used
            if question.variable in needs and not typed and name not in self.errors:
                self.add_error(name, forms.ValidationError(wording.missing(question.label), code="required"))
        again = twice(body, [question.variable for question in self.questions])
        if again and "p-extra_vars" in self.cleaned_data:
            words = wording.listed(again)
            self.add_error("p-extra_vars", forms.ValidationError(f"Leave out {words}: it is asked for above"))

    def _refused(self) -> bool:
        """Tower's own verdict, but for kept passwords: those passed when they were typed."""
        asked = self.launch_request()
        known = [question for question in self.questions if question.variable not in self.kept_used]
        answers = asked.extra_vars | asked.secrets
        body = self._body()
        surveyed = {question.variable for question in self.questions}
        given = {name: value for name, value in asked.extra_vars.items() if name in surveyed}
        return bool(refusals(known, answers)) or self.prompting.refused(body, given)


def blockers(tile: Tile) -> list[str]:
    """Why a tile cannot be ordered whatever is answered, in sentences for people; empty if it can."""
    template = tile.template
    questions = parse(template.questions)
    return [
        *filter(None, map(obstacle, questions)),
        *asking.obstacles(asking.of(tile)),
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


def _unasked(variables: Collection[str], questions: Collection[Question]) -> list[str]:
    known = {question.variable for question in questions}
    return [
        f"Tower needs an answer for “{name}”, which the survey known here does not ask for."
        for name in variables
        if name not in known
    ]
