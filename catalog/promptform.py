"""The part of an order form that asks what Tower asks for besides the survey."""

from collections.abc import Collection, Mapping
from typing import Any

from catalog.answers import AnswerField
from catalog.asking import Asking
from catalog.promptfields import fields_for, html_name, password_field
from catalog.prompts import NAMESPACE, needed_passwords, refusals, slots

_CREDENTIALS = f"{NAMESPACE}credentials-"


class PromptForm:
    """The fields, by name in HTML: `p-…` for prompts, `w-…` for passwords. No variable of a survey is named so."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.fields: dict[str, AnswerField] = {}
        for prompt in asking.asked:
            self.fields |= fields_for(prompt, asking)
        self.fields |= {f"w-{html_name(name)}": field for name, field in self._passwords().items()}

    def _passwords(self) -> dict[str, AnswerField]:
        """Of the credentials that are used, or can be chosen; required if all that can be chosen want it."""
        always = self.asking.passwords(self.asking.body({}))
        if not self.asking.asks("credentials"):
            return {name: password_field(name, required=True, owners=()) for name in always}
        found: dict[str, AnswerField] = {}
        for things in slots(self.asking.prompts, self.asking.objects).values():
            for name in dict.fromkeys(name for one in things for name in one.passwords):
                owners = [one for one in things if name in one.passwords]
                required = name in always and len(owners) == len(things)
                found[name] = password_field(name, required=required, owners=[one.name for one in owners])
        return found

    def body(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """A launch's fields, extra variables among them. `answers` are those to prompts, by their variable."""
        given: dict[str, Any] = {}
        for variable, answer in answers.items():
            if variable.startswith(_CREDENTIALS):
                given.setdefault("credentials", []).append(answer)
            else:
                given[variable.removeprefix(NAMESPACE)] = answer
        return self.asking.body(given)

    def needs(self, body: Mapping[str, Any]) -> set[str]:
        """The variables of the passwords that this launch must bring along."""
        return {NAMESPACE + name for name in self.asking.passwords(body)}

    def refused(self, body: Mapping[str, Any], surveyed: Mapping[str, Any]) -> bool:
        """Tower's own verdict, by all that is known here; passwords are judged one by one."""
        names = needed_passwords(self.asking.prompts, body, self.asking.objects)
        whole = {**body, "credential_passwords": dict.fromkeys(names, "x")}
        if surveyed or "extra_vars" in body:
            whole["extra_vars"] = {**body.get("extra_vars", {}), **surveyed}
        return bool(refusals(self.asking.prompts, whole, self.asking.objects))


def twice(body: Mapping[str, Any], asked: Collection[str]) -> list[str]:
    """The extra variables that the survey asks for as well."""
    return sorted(set(body.get("extra_vars", {})) & set(asked))
