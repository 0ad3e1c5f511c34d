"""What answers at an address, and what is said when it is not what was meant."""

import re

import pytest

from portal.tower.advice import listed, on_refusal, shortcomings
from portal.tower.auth import BearerToken
from portal.tower.client import Tower
from portal.tower.errors import Uncertain, Unreachable
from portal.tower.generations import Generation, is_old
from portal.tower.records import Account, Identity, TemplateRecord
from portal.tower.ways import Way
from tests.tower.rawserver import RawServer, answer, says

NOT_HERE = answer(404, "<html>", content_type="text/html")


def identify(*answers):
    with RawServer(says(*answers)) as server:
        found = Tower(server.url, BearerToken("t0ken"), connect_timeout=10, read_timeout=10).identify()
    assert b"t0ken" not in b"".join(server.requests), "a ping needs no account, so none is shown"
    return found


def pong(version, **headers):
    return answer(200, {"version": version}, **headers)


def test_aap_awx_and_old_towers_are_told_apart():
    aap = identify(pong("4.6.8"))
    awx = identify(NOT_HERE, pong("24.6.1", **{"X-API-Product-Name": "AWX"}))
    tower = identify(NOT_HERE, pong("3.8.6"))
    old = identify(NOT_HERE, NOT_HERE, pong("3.1.5"))
    assert (aap.generation, aap.product) == (Generation.AAP, "AAP controller")
    assert (awx.generation, awx.product) == (Generation.AWX, "AWX")
    assert (tower.generation, tower.product) == (Generation.AWX, "Ansible Tower")
    assert (old.generation, old.product, old.base) == (Generation.OLD, "Ansible Tower", "/api/v1/")


def test_tower_3_2_is_known_by_its_version_where_v2_answers_too():
    without, with_oauth2 = answer(200, {"description": "AWX REST API"}), answer(200, {"oauth2": "/api/o/"})
    assert identify(NOT_HERE, pong("3.2.8"), without).generation is Generation.OLD
    assert identify(NOT_HERE, pong("3.0.1"), with_oauth2).generation is Generation.AWX, "AWX 3.0, of 2019"


@pytest.mark.parametrize(
    ("version", "old"),
    [("3.0.0", True), ("3.2.8", True), ("3.3.0", False), ("3.8.6", False), ("1.0.0", True), ("1.0.8", False),
     ("4.6.8", False), ("24.6.2.dev0", False), ("", False), ("unknown", False)],
)  # fmt: skip
def test_an_old_tower_is_known_by_its_version(version, old):
    assert is_old(version) is old


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([answer(200, "<html>Sign in", content_type="text/html")], "A web page answers"),
        ([answer(401, {"detail": "no"})], "wants a sign-in"),
        ([NOT_HERE], r"no Tower API at this address .*without /api/"),
        ([answer(302, "", Location="/login")], "sends us elsewhere"),
        ([answer(502, "<html>", content_type="text/html")], "internal problem"),
        ([answer(200, {"pong": "ok"})], "not Tower"),
        ([NOT_HERE, answer(200, "<html>Sign in", content_type="text/html"), NOT_HERE], "A web page answers"),
        ([NOT_HERE, answer(503, "down"), NOT_HERE], "internal problem"),
    ],
)
def test_a_wrong_address_is_explained_by_what_tells_most(given, words):
    with pytest.raises(Uncertain, match=words):
        identify(*given, *given[-1:] * 2)


def test_a_tower_that_is_down_is_asked_once():
    with pytest.raises(Unreachable):
        Tower("http://127.0.0.1:1", BearerToken("x")).identify()


# Advice -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("generation", "way", "words"),
    [
        (Generation.AAP, Way.TOKEN, "make the token at the gateway"),
        (Generation.AAP, Way.OAUTH2, "application must have been made at the gateway"),
        (Generation.AAP, Way.BASIC, "make it at the gateway"),
        (Generation.AAP, Way.AUTHTOKEN, "choose a personal access token"),
        (Generation.AWX, Way.AUTHTOKEN, "choose a personal access token"),
        (Generation.AWX, Way.TOKEN, ""),
        (Generation.OLD, Way.TOKEN, "choose user name and password of Tower 3.0 to 3.2"),
        (Generation.OLD, Way.OAUTH2, "This is AWX 1.2"),
        (Generation.OLD, Way.BASIC, ""),
    ],
)
def test_a_wrong_choice_is_explained(generation, way, words):
    said = on_refusal(Identity("/api/", "1.2", "", generation, "AWX"), way)
    assert words in said
    assert bool(said) is bool(words)


def template(name, *, can_start):
    return TemplateRecord(1, "job_template", name, "", survey_enabled=False, can_start=can_start, asks={})


SEEN, STARTABLE = template("A", can_start=False), template("B", can_start=True)
US, READER = Account(2, "svc", is_superuser=False), Account(2, "svc", is_superuser=False, may_write=False)


@pytest.mark.parametrize(
    ("account", "seen", "needed", "way", "words"),
    [
        (US, [STARTABLE], {"B"}, Way.TOKEN, None),
        (US, [], set(), Way.TOKEN, "sees no templates: give it the role Execute"),
        (READER, [SEEN], set(), Way.TOKEN, "Its token is read-only, so nothing can be started"),
        (US, [SEEN], set(), Way.TOKEN, "read-only .*or the role Execute is missing on “A”"),
        (US, [SEEN], set(), Way.BASIC, "^The role Execute is missing on “A”"),
        (US, [SEEN, STARTABLE], set(), Way.TOKEN, "^The role Execute is missing on “A”"),
        (US, [STARTABLE], {"B", "C"}, Way.TOKEN, "^The role Execute is missing on “C”"),
    ],
)
def test_what_is_missing_is_named(account, seen, needed, way, words):
    found = shortcomings(account, seen, needed, way)
    assert len(found) == bool(words)
    if words:
        assert re.search(words, found[0])


def test_a_long_list_is_cut():
    assert listed("abcdefg") == "“a”, “b”, “c”, “d”, “e” and 2 more"
