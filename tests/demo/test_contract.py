"""What a real AWX answered, asked of the demo Tower again: status, headers, keys, kinds of values, texts.

The exchanges in tests/recorded are trimmed to what is compared here.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from demo.tower.harness import TowerHarness
from tests.demo.world import RECORDED, build

FAMILIES = sorted(path.stem.removeprefix("exchanges-") for path in RECORDED.glob("exchanges-*.jsonl"))
EXCHANGES = {
    f"{family}: {exchange['name']}": exchange
    for family in FAMILIES
    for exchange in map(json.loads, (RECORDED / f"exchanges-{family}.jsonl").read_text(encoding="utf-8").splitlines())
}

ROOT = "it names everything that Tower has, and most of that the demo has not"
BUILDING = "building workflows in Tower, which no portal does"
NOT_REPLAYED = {
    "api-v2-root-anon": ROOT,
    "workflow_node-create_approval_template": BUILDING,
    "workflow_node-post": BUILDING,
    "workflow_node-success_nodes-associate": BUILDING,
}


class World:
    """A Tower with the recordings' world, made again only when an exchange has changed it or needs another state."""

    def __init__(self, tower: TowerHarness) -> None:
        self.tower = tower
        self._state: dict[str, str] | None = None

    def prepare(self, exchange: dict[str, Any]) -> TowerHarness:
        """The Tower as it was when the exchange was recorded."""
        given = exchange.get("given", {})
        if self._state != given:
            build(self.tower, given)
        self._state = given if exchange["method"] == "GET" or exchange["expect"]["status"] >= 400 else None
        return self.tower


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with TowerHarness(RECORDED / "world.yml") as tower:
        yield World(tower)


def ask(tower: TowerHarness, exchange: dict[str, Any]) -> requests.Response:
    """Send the recorded request, with this Tower's proofs."""
    headers = dict(exchange.get("headers", {}))
    if proof := prove(tower, exchange):
        headers["Authorization"] = proof
    raw = exchange.get("raw")
    if raw is None and "body" in exchange:
        raw = json.dumps(exchange["body"])
    if raw is not None:
        headers.setdefault("Content-Type", "application/json")
    return requests.request(
        exchange["method"], tower.url + exchange["path"], headers=headers, data=raw, allow_redirects=False, timeout=10
    )


def prove(tower: TowerHarness, exchange: dict[str, Any]) -> str:
    """The Authorization header that stands for the recorded one."""
    name, auth = exchange["name"], exchange["auth"]
    if auth.startswith("Bearer"):
        return f"Bearer {tower.read_token if 'read' in auth else tower.token}"
    if auth.startswith("Basic"):
        password = "wrong" if name == "me-bad-basic-401" else tower.password
        return "Basic " + base64.b64encode(f"{auth[7:-1]}:{password}".encode()).decode()
    return "Token abc" if "Token" in auth else ""


def kind(value: Any) -> str:
    """The kind of a JSON value, as the trimmed recordings name it."""
    names = {bool: "bool", type(None): "null", int: "number", float: "number", str: "text", list: "list"}
    return names.get(type(value), "object")


def read_vars(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts with the JSON in extra_vars parsed, since the order of its keys means nothing."""
    text = facts.get("extra_vars")
    return facts | {"extra_vars": json.loads(text)} if isinstance(text, str) and text.startswith("{") else facts


def first(body: dict[str, Any], part: str) -> list[str]:
    """The keys of the first row, or of one of its parts."""
    row = body["results"][0]
    return sorted(row if not part else row[part])


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES.keys())
def test_it_answers_as_the_real_one_did(world: World, exchange: dict[str, Any]):
    expect = exchange["expect"]

    answer = ask(world.prepare(exchange), exchange)

    assert answer.status_code == expect["status"], answer.text[:500]
    for name, value in expect["headers"].items():
        assert answer.headers.get(name) == value, name
    if answer.status_code == 201 and answer.content:
        assert answer.headers["Location"] == answer.json()["url"]
    if "text" in expect:
        assert answer.text == expect["text"]
    check_body(expect, answer)


def check_body(expect: dict[str, Any], answer: requests.Response) -> None:
    """Compare what the trimmed recording holds of the body."""
    if "body" in expect:
        assert answer.json() == expect["body"]
    for name, check in CHECKS.items():
        if name in expect:
            assert check(answer.json()) == expect[name], name
    if "kinds" in expect:
        assert {key: kind(value) for key, value in answer.json().items()} == expect["kinds"]
    if "facts" in expect:
        facts = {key: answer.json()[key] for key in expect["facts"]}
        assert read_vars(facts) == expect["facts"]


CHECKS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "keys": sorted,
    "count": lambda body: body["count"],
    "next": lambda body: body["next"],
    "ids": lambda body: [row["id"] for row in body["results"]],
    "row": lambda body: first(body, ""),
    "row_related": lambda body: first(body, "related"),
    "row_summary": lambda body: first(body, "summary_fields"),
    "row_job": lambda body: {
        key: value for key, value in body["results"][0]["summary_fields"]["job"].items() if key != "elapsed"
    },
    "links": lambda body: [
        [node["identifier"], len(node["success_nodes"]), len(node["failure_nodes"])] for node in body["results"]
    ],
    "related": lambda body: sorted(body.get("related", {})),
    "summary": lambda body: sorted(body.get("summary_fields", {})),
    "kind": lambda body: {key: kind(value) for key, value in body.items()},
}


def test_each_recorded_exchange_is_replayed_or_has_its_reason():
    lines = (RECORDED / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]
    recorded = [line.split("\t")[3] for line in lines]
    replayed = {exchange["name"] for exchange in EXCHANGES.values()}

    assert len(recorded) == len(set(recorded)) == 306
    assert sorted([*replayed, *NOT_REPLAYED]) == sorted(recorded)
    assert len(replayed) >= 270


def test_a_replayed_exchange_is_the_one_in_the_index():
    lines = (RECORDED / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]
    index = {name: (int(status), method, path) for status, method, path, name in (one.split("\t") for one in lines)}

    for exchange in EXCHANGES.values():
        told = (exchange["expect"]["status"], exchange["method"], exchange["path"])
        assert told == index[exchange["name"]], exchange["name"]
