"""The content security policy is strict, and nothing in our templates needs it to be otherwise."""

import re

import pytest
from django.contrib.auth.models import User

from tests.processes import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script\b(?![^>]*\bsrc=)",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "a javascript: address": r"javascript:",
    "htmx that evaluates code": r"hx-on\b|hx-vals=\"js:|hx-vars=|hx-trigger=\"[^\"]*\[",
    "something from elsewhere": r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//",
}


def policy(header: str) -> dict[str, set[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {words[0]: set(words[1:]) for words in parts}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/jobs/", "/no/such/page", "/admin/", "/healthz"])
def test_every_answer_carries_the_policy(client, path):
    client.force_login(User.objects.create_superuser("oscar"))

    found = policy(client.get(path)["Content-Security-Policy"])

    assert found["default-src"] == {"'none'"}
    assert found["script-src"] == found["style-src"] == found["connect-src"] == {"'self'"}
    assert found["img-src"] == {"'self'", "data:"}
    assert found["frame-ancestors"] == found["base-uri"] == {"'none'"}
    assert not any("unsafe" in source for sources in found.values() for source in sources)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what, template):
    # What Django writes into a tag is left out; it may contain a greater-than sign.
    text = re.sub(r"{[%{#].*?[%}#]}", "", template.read_text(), flags=re.DOTALL)

    assert re.search(INLINE[what], text, re.IGNORECASE) is None


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 10
