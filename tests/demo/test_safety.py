"""What keeps answers from being run, and secrets from being read."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from demo.tower import unsafe
from demo.tower.masking import Masker
from demo.tower.variables import Unparsable, parse


class Loader(yaml.SafeLoader):
    """Reads !unsafe texts as Ansible does, and says which they were."""


Loader.add_constructor("!unsafe", lambda loader, node: ("unsafe", node.value))


@pytest.mark.parametrize(
    "text",
    ["{{ 1 }}", "plain", "", "yes", "0123", "a: b", "- x", "# no", "two\nlines\n", "\"q\" \\ 's'", "é ✓ 𝄞", "\t\x07 x"],
)
def test_every_text_however_deep_is_unsafe(text: str):
    read = yaml.load(unsafe.dump({"a": text, "b": [text, {"c": text}], "d": {text: 1}}), Loader)

    assert read["a"] == ("unsafe", text)
    assert read["b"] == [("unsafe", text), {("unsafe", "c"): ("unsafe", text)}]
    assert read["d"] == {("unsafe", text): 1}


@pytest.mark.parametrize("value", [1, 2.5, True, None, [], {}, [1, [2]]])
def test_other_values_stay_what_they_are(value: Any):
    assert yaml.load(unsafe.dump({"a": value, "b c: {": value}), Loader) == {"a": value, "b c: {": value}


def test_a_secret_is_masked_in_every_spelling():
    secret = 'p"w é&/'
    spelled = [secret, json.dumps(secret), json.dumps(json.dumps(secret)), json.dumps(secret, ensure_ascii=False)]
    spelled += [quote(secret), f"x{secret}y"]

    masked = Masker({"pw": secret}).mask({"list": spelled, secret: {"deep": [secret, 5, None]}})

    text = json.dumps(masked)
    assert 'p\\"w' not in text
    assert "p%22w" not in text
    assert masked["$encrypted$"]["deep"] == ["$encrypted$", 5, None]


def test_without_secrets_nothing_is_masked():
    assert Masker({}).mask({"a": ["b"]}) == {"a": ["b"]}


@pytest.mark.parametrize("text", ["[1]", "5", "a", "{not valid", "a: [1"])
def test_variables_that_are_no_object_are_refused(text: str):
    with pytest.raises(Unparsable, match="Cannot parse as JSON"):
        parse(text)


@pytest.mark.parametrize(("text", "found"), [("", {}), ("a: 1", {"a": 1}), ('{"a": 1}', {"a": 1}), ("---", {})])
def test_variables_are_json_or_yaml(text: str, found: dict[str, Any]):
    assert parse(text) == found
