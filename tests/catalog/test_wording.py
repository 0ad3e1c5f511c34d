"""Sentences with answers in them."""

import pytest

from catalog.wording import Part, fill, in_sentence, listed, parts


def answers(**values):
    return [{"variable": name, "label": name, "value": value, "secret": False} for name, value in values.items()]


def test_a_sentence_is_split_at_its_places():
    assert parts("A network for {_tenant}.") == [
        Part("A network for "),
        Part("{_tenant}", "_tenant"),
        Part("."),
    ]
    assert parts("{a}{b}") == [Part("{a}", "a"), Part("{b}", "b")]
    assert parts("") == []


@pytest.mark.parametrize("sentence", ["100 % { sure", "}{", "{}", "{{}}", "{0.__class__"])
def test_braces_that_enclose_no_name_are_text(sentence):
    assert "".join(part.text for part in parts(sentence)) == sentence
    assert fill(sentence, []) == sentence


def test_answers_are_filled_in_and_never_read_as_places():
    assert fill("A network for {_tenant} with VLAN {_vlan}", answers(_tenant="{_vlan}", _vlan="465")) == (
        "A network for {_vlan} with VLAN 465"
    )
    assert fill("On {_sites}", answers(_sites=["Ghent", "Bruges", "Antwerp"])) == "On Ghent, Bruges and Antwerp"


def test_a_clause_without_any_answer_is_left_out():
    assert fill("{_tenant}, VLAN {_vlan}", answers(_tenant="TEN_GAS")) == "TEN_GAS"
    assert fill("{_tenant}, VLAN {_vlan}", answers(_tenant="", _vlan="465")) == "VLAN 465"
    assert fill("A network, soon", []) == "A network, soon"
    assert fill("{_tenant}", []) == ""


def test_secrets_are_never_filled_in():
    assert fill("Key {_key}", [{"variable": "_key", "label": "Key", "value": "s3cret", "secret": True}]) == ""


@pytest.mark.parametrize(
    ("label", "spoken"),
    [
        ("Tenant short name", "tenant short name"),
        ("VLAN number:", "VLAN number"),
        ("IPv6 address", "IPv6 address"),
        ("L2 domain", "L2 domain"),
        ("Region *", "region"),
        ("A name", "a name"),
        ("", ""),
    ],
)
def test_a_label_within_a_sentence(label, spoken):
    assert in_sentence(label) == spoken


def test_things_are_listed_in_words():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
