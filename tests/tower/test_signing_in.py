"""Tokens that Tower gives for a while: got once, renewed in time, never at the price of a launch in doubt."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

from demo.tower.harness import TowerHarness
from portal.tower import tickets
from portal.tower.client import Tower
from portal.tower.errors import Denied, Unreachable
from portal.tower.signin import sign_in
from portal.tower.tickets import Pocket, Ticket
from portal.tower.ways import Credentials, Way
from tests.generations import CASES
from tests.tower.rawserver import RawServer, answer, says

GRANT, OLD = CASES["AWX with password grant"], CASES["Tower 3.2"]
ME = answer(200, {"results": [{"id": 2, "username": "portal-svc"}]})
WORDS = Credentials(
    Way.OAUTH2, username="svc", password="p4ss&word", client_id="app id", client_secret="s3cret+of/it"
)  # fmt: skip


@pytest.fixture
def awx(tower: TowerHarness) -> TowerHarness:
    tower.become("awx")
    return tower


def client(case, tower, keeper=None, **options):
    given = {"connect_timeout": 10, "read_timeout": 10} | options
    return Tower(tower.url, sign_in(case.credentials(tower), keeper or Pocket()), **given)


def at(server, credentials=WORDS):
    return Tower(server.url, sign_in(credentials, Pocket()), base="/api/v2/", connect_timeout=10, read_timeout=10)


def later(monkeypatch, seconds):
    """The tickets' clock goes ahead of Tower's."""
    ahead = SimpleNamespace(time=lambda: time.time() + seconds, monotonic=lambda: time.monotonic() + seconds)
    monkeypatch.setattr(tickets, "time", ahead)


@pytest.mark.parametrize("case", [GRANT, OLD], ids=["password grant", "authtoken"])
def test_a_token_is_replaced_before_it_ends(case, tower, monkeypatch):
    tower.become(case.generation)
    tower.grants.lifetime = tower.grants.sliding = 600
    us = client(case, tower)
    us.me()
    later(monkeypatch, 500)
    us.me()
    assert len(tower.grants.made) == 1
    later(monkeypatch, 550)
    tower.clear_requests()
    us.me()
    assert len(tower.grants.made) == 2
    assert len([path for _, path in tower.requests if path.endswith("/me/")]) == 1


def test_it_is_renewed_by_the_refresh_token(awx):
    us = client(GRANT, awx)
    us.me()
    for _ in range(2):
        awx.grants.expire()
        us.me()
    assert awx.grants.made == ["password", "refresh_token", "refresh_token"]


def test_a_refused_refresh_token_leads_back_to_name_and_password(awx):
    us = client(GRANT, awx)
    us.me()
    awx.grants.expire()
    awx.grants.forget_refresh_tokens()
    us.me()
    assert awx.grants.made == ["password", "password"]


def test_a_thousand_years_are_no_trouble():
    assert Ticket.lasting("t", 31_536_000_000 * 1000).stale_at < time.time() + 366 * 86_400
    assert not Ticket.lasting("t", float("inf")).stale
    assert Ticket.lasting("t", -1).stale


def test_threads_get_one_token_between_them(awx):
    keeper = Pocket()
    clients = [client(GRANT, awx, keeper) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda us: us.me(), clients))) == 8
    assert awx.grants.made == ["password"]
    awx.grants.expire()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda us: us.me(), clients))
    assert awx.grants.made == ["password", "refresh_token"]


@pytest.mark.parametrize("case", [GRANT, OLD], ids=["password grant", "authtoken"])
def test_a_wrong_password_is_not_tried_again_for_a_minute(case, tower, monkeypatch):
    """Tower may lock an account after some."""
    tower.become(case.generation)
    right, tower.password = tower.password, "wrong"
    us = client(case, tower, base=case.base)
    for _ in range(3):
        with pytest.raises(Denied, match="refuses the user name or the password"):
            us.me()
    assert len([path for method, path in tower.requests if method == "POST"]) == 1
    later(monkeypatch, 61)
    with pytest.raises(Denied):
        us.me()
    assert len([path for method, path in tower.requests if method == "POST"]) == 2
    tower.password = right


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "bad_gateway", "html", "redirect", "throttle"])
def test_trouble_while_signing_in_puts_no_launch_in_doubt(awx, kind):
    template = awx.template("Plain no prompts")
    us = client(GRANT, awx, base="/api/v2/")
    awx.fault(kind, on="/o/token")
    with pytest.raises(Unreachable):
        us.launch(template["kind"], template["id"], {})
    assert [path for _, path in awx.requests] == ["/api/o/token/"]
    assert us.launch(template["kind"], template["id"], {}).job.status == "pending"
    assert len(awx.jobs) == 1


def test_trouble_while_renewing_after_a_401_puts_no_launch_in_doubt(awx):
    template = awx.template("Plain no prompts")
    us = client(GRANT, awx)
    us.me()
    awx.grants.expire()
    awx.fault("drop_after", on="/o/token", times=0)
    with pytest.raises(Unreachable):
        us.launch(template["kind"], template["id"], {})
    assert awx.jobs == []


def test_a_tower_that_refuses_each_new_token_is_not_asked_for_many(awx):
    us = client(GRANT, awx, base="/api/v2/")
    awx.tower.generation = awx.tower.generation.__class__("awx", ("/api",), schemes=("basic",))
    for _ in range(5):
        with pytest.raises(Denied, match="revoked"):
            us.me()
    assert len(awx.grants.made) <= 3


def test_secrets_travel_in_the_form_and_the_basic_header_only():
    granted = answer(200, {"access_token": "t0ken", "expires_in": 3600, "refresh_token": "r3fresh"})
    with RawServer(says(granted, ME)) as server:
        at(server).me()
    asked, me = (request.decode() for request in server.requests)
    form = parse_qs(asked.partition("\r\n\r\n")[2])
    assert server.paths == ["/api/o/token/", "/api/v2/me/"]
    assert "Content-Type: application/x-www-form-urlencoded" in asked
    assert form == {"grant_type": ["password"], "username": ["svc"], "password": ["p4ss&word"], "scope": ["write"]}
    assert "Authorization: Basic YXBwK2lkOnMzY3JldCUyQm9mJTJGaXQ=" in asked  # app+id:s3cret%2Bof%2Fit
    assert "Authorization: Bearer t0ken" in me


def test_a_public_application_names_itself_in_the_form():
    public = Credentials(Way.OAUTH2, username="svc", password="p", client_id="app id")
    with RawServer(says(answer(200, {"access_token": "t0ken"}), ME)) as server:
        at(server, public).me()
    asked = server.requests[0].decode()
    assert "client_id=app+id" in asked
    assert "Authorization" not in asked


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"error": "invalid_client"}, "client id"),
        (400, {"error": "invalid_grant"}, "user name or the password"),
        (400, {"error": "unauthorized_client"}, "Resource owner password-based"),
        (400, {"error": "unsupported_grant_type"}, "password grant"),
        (403, "The refresh token has expired.", "LDAP"),
        (404, {"detail": "no"}, "no OAuth2 here"),
    ],
)
def test_each_refusal_to_sign_in_is_told_in_words(status, body, words):
    with RawServer(says(answer(status, body))) as server, pytest.raises(Denied, match=words) as caught:
        at(server).me()
    assert caught.value.status == 401
    assert server.paths == ["/api/o/token/"]


def test_an_old_towers_sign_in_that_is_not_there_is_told():
    old = Credentials(Way.AUTHTOKEN, username="svc", password="p")
    missing = says(answer(404, "<html>", content_type="text/html"))
    with RawServer(missing) as server, pytest.raises(Denied, match=r"only Tower 3\.0 to 3\.2 has it"):
        at(server, old).me()
    assert server.paths == ["/api/v1/authtoken/"]


@pytest.mark.parametrize("body", [{"access_token": ""}, {"token": 7}, {}, ["t"]], ids=str)
@pytest.mark.parametrize("way", [Way.OAUTH2, Way.AUTHTOKEN])
def test_an_answer_without_a_token_is_an_outage(body, way):
    credentials = Credentials(way, username="svc", password="p", client_id="app")
    with RawServer(says(answer(200, body))) as server, pytest.raises(Unreachable):
        at(server, credentials).me()


def test_no_sign_in_shows_its_secrets(caplog):
    caplog.set_level("DEBUG")
    granted = answer(200, {"access_token": "t0ken-x", "expires_in": 3600, "refresh_token": "r3fresh-x"})
    refusing = answer(401, {"error": "invalid_client", "error_description": "p4ss&word"})
    with RawServer(says(granted, ME)) as server:
        us = at(server)
        us.me()
    with RawServer(says(refusing)) as server, pytest.raises(Denied) as caught:
        at(server).me()
    shown = caplog.text + repr(us) + repr(WORDS) + repr(sign_in(WORDS, Pocket())) + repr(Ticket("t0ken-x", "r3fresh-x"))
    shown += repr(sign_in(Credentials(Way.AUTHTOKEN, "svc", password="p4ss&word"), Pocket()))
    shown += str(caught.value) + repr(caught.value) + repr(caught.value.__context__)
    for secret in ("p4ss", "s3cret", "t0ken-x", "r3fresh-x"):
        assert secret not in shown


def test_a_controller_under_aaps_prefix_without_a_gateway_gives_tokens_where_awx_does(tower):
    tower.serve_only("/api/controller")
    us = client(GRANT, tower)
    assert us.me().username == "portal-svc"
    asked = [path for method, path in tower.requests if method == "POST"]
    assert (us.base, asked) == ("/api/controller/v2/", ["/o/token/", "/api/o/token/"])
