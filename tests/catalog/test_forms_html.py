"""The HTML of an order form: labels, ids and descriptions fit together, and no password is ever in it."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from catalog.forms import LaunchForm
from catalog.survey import ENCRYPTED
from tests.catalog.surveys import posted, tile

TYPES = ["text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"]
EVERY: list[dict[str, Any]] = [
    {
        "variable": f"{kind}_{need}",
        "type": kind,
        "required": need == "required",
        "question_name": f"<b>{kind}</b> & {need}",
        "question_description": "Not <script>alert(1)</script>",
        "choices": ["<a>", '"b"', "c & d"] if kind.startswith("multi") else "",
        "min": 3 if kind in {"text", "textarea", "password"} else None,
    }
    for kind in TYPES
    for need in ("required", "optional")
]
EVERY += [
    {"variable": "switch", "type": "multiplechoice", "choices": "true\nfalse", "required": True},
    {
        "variable": "long_list",
        "type": "multiplechoice",
        "choices": [f"choice {n}" for n in range(40)],
        "required": True,
    },
    {"variable": "long_lists", "type": "multiselect", "choices": [f"choice {n}" for n in range(40)]},
    {"variable": "stored", "type": "password", "default": ENCRYPTED},
    # Names whose ids could clash with those that Django derives from others.
    *({"variable": name} for name in ("switch_helptext", "text_required_error", "multiplechoice_required_0", "a b\"'")),
]


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, *names):
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(params=["blank", "wrong"])
def html(request):
    fields = LaunchForm(tile(*EVERY))
    if request.param == "wrong":
        wrong = {field.html_name: "x" for field in fields} | {"a-password_required": "in", "a-password_optional": "in"}
        fields = LaunchForm(tile(*EVERY), posted(wrong))
        assert len(fields.errors) == 16
    return "".join(field.as_field_group() for field in fields)


def test_ids_are_unique_and_whole(html):
    ids = [attrs["id"] for _, attrs in Page(html).tags if "id" in attrs]

    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert not [name for name in ids if name.split() != [name]]


def test_every_input_has_a_label_or_a_legend(html):
    page = Page(html)
    labelled = {attrs["for"] for attrs in page.all("label")}
    inputs = {attrs["id"] for attrs in page.all("input", "select", "textarea")}

    assert labelled <= inputs
    assert inputs <= labelled
    assert len(page.all("legend")) == len(page.all("fieldset")) == 4


def test_descriptions_and_errors_are_where_the_input_says(html):
    page = Page(html)
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    described = [attrs["aria-describedby"] for _, attrs in page.tags if "aria-describedby" in attrs]

    assert len(described) >= len(TYPES)
    assert {name for names in described for name in names.split()} <= ids


def test_nothing_a_curator_wrote_is_taken_for_html(html):
    assert not {tag for tag, _ in Page(html).tags} & {"b", "script", "a"}
    assert "&lt;script&gt;" in html
    assert "&amp;lt;" not in html


def test_nothing_is_inline_and_nothing_is_cut(html):
    for _, attrs in Page(html).tags:
        assert not {"style", "maxlength", "onclick", "required"} & set(attrs)


def test_no_password_is_ever_sent_back():
    secret = "s3cret-\u00fc&<'\""
    asked: list[dict[str, Any]] = [
        {"type": "password", "required": True},
        {"type": "password", "max": 3},
        {"type": "password", "default": ENCRYPTED},
    ]
    sent = LaunchForm(
        tile(*asked, {"type": "integer", "required": True}), posted({f"a-v{number}": secret for number in range(3)})
    )

    assert not sent.is_valid()
    html = str(sent) + "".join(field.as_field_group() for field in sent) + str(sent.errors)
    assert "s3cret" not in html
    assert ENCRYPTED not in html
    assert sent.secrets_to_keep() == {"v0": secret, "v2": secret}


def test_what_was_typed_is_all_there_after_an_error():
    typed = {"a-v0": "x" * 50, "a-v1": " 5000x", "a-v2": "one\r\n two", "a-v3": ["b", "c"], "a-v4": "b", "a-v5": "on"}
    choices = {"choices": "a\nb\nc"}
    sent = LaunchForm(
        tile(
            {"max": 5},
            {"type": "integer"},
            {"type": "textarea"},
            {"type": "multiselect"} | choices,
            {"type": "multiplechoice"} | choices,
            {"type": "multiplechoice", "choices": "yes\nno", "required": True},
        ),
        posted(typed),
    )
    html = "".join(field.as_field_group() for field in sent)

    assert f'value="{"x" * 50}"' in html
    assert 'value=" 5000x"' in html
    assert ">\none\n two</textarea>" in html
    assert html.count(" checked") == 4
