"""The demo's past orders are placed as a browser would place them."""

import json
from pathlib import Path

import pytest

from demo.orders import ORDERS, FormPage, filled

FIXTURE = Path(__file__).resolve().parents[2] / "demo" / "portal.json"

PAGE = """
<form action="/accounts/logout/"><input type="hidden" name="csrfmiddlewaretoken" value="other"></form>
<form method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="token"><input type="hidden" name="form_key" value="key">
  <input name="a-_name" value="EPG &amp; more"><input type="checkbox" name="a-_fw" value="true" checked>
  <input type="checkbox" name="a-_esx" value="true"><input type="radio" name="a-region" value="one">
  <input type="radio" name="a-region" value="two" checked><textarea name="a-reason">
two
lines</textarea>
  <select name="a-switch"><option value="">Choose</option><option value="sw-acc-02" selected>2</option></select>
  <button type="submit" name="pressed" value="yes">Place this order</button>
</form>
"""


def test_a_form_keeps_what_it_proposes():
    assert FormPage(PAGE, "form_key").fields == [
        ("csrfmiddlewaretoken", "token"), ("form_key", "key"), ("a-_name", "EPG & more"), ("a-_fw", "true"),
        ("a-region", "two"), ("a-reason", "two\nlines"), ("a-switch", "sw-acc-02"),
    ]  # fmt: skip


def test_answers_take_the_place_of_what_was_proposed():
    sent = filled([("form_key", "key"), ("a-region", "two")], {"region": "one", "services": ["DNS", "NTP"]})
    assert sent == [("form_key", "key"), ("a-region", "one"), ("a-services", "DNS"), ("a-services", "NTP")]


@pytest.mark.parametrize(("person", "slug"), [(person, slug) for person, slug, _ in ORDERS])
def test_people_order_only_tiles_of_their_groups(person, slug):
    rows = json.loads(FIXTURE.read_text())
    groups = next(row["fields"]["groups"] for row in rows if row["fields"].get("username") == person)
    tile = next(row["fields"] for row in rows if row["fields"].get("slug") == slug)
    assert tile["published"]
    assert any(group in tile["audience"] for group in groups)
