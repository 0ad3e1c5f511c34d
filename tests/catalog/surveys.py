"""Tiles with a survey, and browsers that fill in their forms, without a database."""

from typing import Any
from urllib.parse import quote_plus, urlencode

from django.http import QueryDict

from catalog.forms import LaunchForm
from catalog.models import Controller, Template, Tile


def tile(*questions: dict[str, Any], **prompts: Any) -> Tile:
    template = Template(
        controller=Controller(name="Tower"),
        kind=Template.Kind.JOB,
        survey_enabled=True,
        survey=[_whole(number, question) for number, question in enumerate(questions)],
        prompts=prompts,
    )
    return Tile(title="New customer network", template=template)


def form(*questions: dict[str, Any], kept: Any = (), **answers: Any) -> LaunchForm:
    """A form that was sent with these answers, by variable."""
    return LaunchForm(tile(*questions), posted({f"a-{name}": answer for name, answer in answers.items()}), kept=kept)


def posted(fields: dict[str, Any]) -> QueryDict:
    """What Django reads of a form as browsers send it."""
    return QueryDict(urlencode(fields, doseq=True, quote_via=quote_plus, errors="surrogatepass"))


def _whole(number: int, question: dict[str, Any]) -> dict[str, Any]:
    return {
        "variable": f"v{number}",
        "type": "text",
        "question_name": f"Question {number}",
        "required": False,
    } | question
