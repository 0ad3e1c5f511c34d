"""Answers to a survey, judged and filled in as AWX does (awx/main/models/mixins.py, SurveyJobTemplateMixin)."""

from typing import Any

from demo.tower.variables import parse
from demo.tower.world import Template

MASK = "$encrypted$"
Question = dict[str, Any]


def choices_of(question: Question) -> list[Any]:
    """The choices as a list, whichever of the two forms the specification has."""
    choices = question["choices"]
    return [line for line in choices.splitlines() if line.strip()] if isinstance(choices, str) else list(choices)


def faults(question: Question, answers: dict[str, Any]) -> list[str]:
    """What is wrong with the answer to one question, in Tower's words."""
    variable, kind = question["variable"], question["type"]
    if kind == "password" and answers.get(variable) == MASK:
        lacking = question.get("default") is None and question["required"]
        return [f"'{variable}' value missing"] if lacking else []
    if variable not in answers:
        return [f"'{variable}' value missing"] if question["required"] else []
    value = answers[variable]
    if kind in ("text", "textarea", "password"):
        return _text_faults(question, value)
    if kind in ("integer", "float"):
        return _number_faults(question, value)
    choices = choices_of(question)
    if kind == "multiplechoice":
        return [] if value in choices else [f"Value {value} for '{variable}' expected to be one of {choices}."]
    if type(value) is not list:
        return [f"'{variable}' value is expected to be a list."]
    return [f"Value {one} for '{variable}' expected to be one of {choices}." for one in value if one not in choices]


def _bound(question: Question, name: str) -> Any:
    bound = question.get(name)
    return None if bound in ("", None) else bound


def _text_faults(question: Question, value: Any) -> list[str]:
    variable, low, high = question["variable"], _bound(question, "min"), _bound(question, "max")
    if not isinstance(value, str):
        return [f"Value {value} for '{variable}' expected to be a string."]
    found = []
    if low is not None and len(value) < int(low):
        found.append(f"'{variable}' value {value} is too small (length is {len(value)} must be at least {low}).")
    if high is not None and len(value) > int(high):
        found.append(f"'{variable}' value {value} is too large (must be no more than {high}).")
    return found


def _number_faults(question: Question, value: Any) -> list[str]:
    variable, low, high = question["variable"], _bound(question, "min"), _bound(question, "max")
    wanted: tuple[type, ...] = (int,) if question["type"] == "integer" else (int, float)
    if type(value) not in wanted:
        expected = "an integer" if question["type"] == "integer" else "a numeric type"
        return [f"Value {value} for '{variable}' expected to be {expected}."]
    found = []
    if low is not None and value < float(low):
        found.append(f"'{variable}' value {value} is too small (must be at least {low}).")
    if high is not None and value > float(high):
        found.append(f"'{variable}' value {value} is too large (must be no more than {high}).")
    return found


def sort_variables(
    template: Template, given: dict[str, Any], *, strict: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, list[str]]]:
    """Split launch variables into accepted and rejected ones, with the errors that refuse the launch.

    `strict` is what workflow templates (and schedules) do: undeclared variables are an error, not ignored.
    """
    accepted: dict[str, Any] = {}
    rejected: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    left = dict(given)
    complaints: list[str] = []
    for question in template.questions:
        wrong = faults(question, given)
        complaints += wrong
        if question["variable"] in left:
            (rejected if wrong else accepted)[question["variable"]] = left.pop(question["variable"])
    if complaints:
        errors["variables_needed_to_start"] = complaints
    if "variables" in template.asks:
        return accepted | left, rejected, errors
    own = parse(template.extra_vars)
    left = {name: value for name, value in left.items() if name not in own or own[name] != value}
    rejected |= left
    if left and strict:
        title = "Workflow Job Template" if template.is_workflow else "Job Template"
        names = ", ".join(str(name) for name in left)
        where = f"Check the Prompt on Launch setting on the {title} to include Extra Variables."
        errors["extra_vars"] = [f"Variables {names} are not allowed on launch. {where}"]
    return accepted, rejected, errors


def job_variables(template: Template, accepted: dict[str, Any]) -> dict[str, Any]:
    """What the job gets: the template's variables, then valid survey defaults, then the launch's."""
    launch = dict(accepted)
    variables = dict(parse(template.extra_vars))
    for question in template.questions:
        variable, default = question["variable"], question.get("default")
        if question["type"] == "password" and default is not None and launch.get(variable) == MASK:
            del launch[variable]
        if default is not None and not faults(question, {variable: default}):
            variables[variable] = default
    return variables | launch
