"""The demo Tower as AAP, as AWX and as Tower 3.2: what each has, and has not."""

from typing import Any

import pytest
import requests

from demo.tower.harness import SERVICE, TowerHarness

PINGS = {"awx": "/api/v2/ping/", "aap": "/api/controller/v2/ping/", "tower-3.2": "/api/v1/ping/"}
APPLICATION = ("portal+application", "s3cret%2Bof%2Fthe+application")  # encoded, as RFC 6749 2.3.1 has it
ANSWERS = (
    '{"_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": 465,'
    ' "_epg_fw": "true", "_epg_esx": "true", "_epg_baremetal": "true"}'
)


def ask(tower: TowerHarness, path: str, method: str = "GET", **options: Any) -> requests.Response:
    return requests.request(method, tower.url + path, timeout=10, allow_redirects=False, **options)


@pytest.mark.parametrize("generation", PINGS)
def test_each_answers_at_its_own_path_only(tower: TowerHarness, generation: str):
    tower.become(generation)
    found = {name: ask(tower, path) for name, path in PINGS.items()}

    assert [name for name, answer in found.items() if answer.status_code == 200] == [generation]
    assert found[generation].json()["version"] == tower.tower.generation.version


def test_a_gateway_stands_before_aap(tower: TowerHarness):
    tower.become("aap")
    below, pages = ask(tower, "/api/v2/me/"), ask(tower, "/login")

    assert (below.status_code, below.json()) == (401, {"detail": "Authentication credentials were not provided."})
    assert (pages.status_code, pages.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert ask(tower, "/api/").json()["apis"]["controller"] == "/api/controller/"


# The password grant -----------------------------------------------------------------------------------------------


def grant(tower: TowerHarness, path: str = "/api/o/token/", **form: str) -> requests.Response:
    return ask(tower, path, "POST", data=form, auth=APPLICATION)


@pytest.mark.parametrize(("generation", "path"), [("awx", "/api/o/token/"), ("aap", "/o/token/")])
def test_a_password_gets_a_token_that_a_refresh_token_renews_once(tower: TowerHarness, generation: str, path: str):
    tower.become(generation)
    first = grant(tower, path, grant_type="password", username=SERVICE, password=tower.password, scope="write").json()
    second = grant(tower, path, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    again = grant(tower, path, grant_type="refresh_token", refresh_token=first["refresh_token"])
    me = PINGS[generation].replace("ping", "me")

    assert (first["token_type"], first["scope"], first["expires_in"]) == ("Bearer", "write", 31_536_000_000)
    assert ask(tower, me, headers={"Authorization": f"Bearer {first['access_token']}"}).status_code == 401
    assert ask(tower, me, headers={"Authorization": f"Bearer {second['access_token']}"}).status_code == 200
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_what_is_wrong_with_a_grant_is_told_as_the_standard_says(tower: TowerHarness):
    password = {"grant_type": "password", "username": SERVICE, "password": "wrong"}
    no_application = ask(tower, "/api/o/token/", "POST", data=password)
    as_json = ask(tower, "/api/o/token/", "POST", json=password, auth=APPLICATION)

    assert grant(tower, **password).json()["error"] == "invalid_grant"
    assert (no_application.status_code, no_application.json()) == (401, {"error": "invalid_client"})
    assert as_json.json() == {"error": "unsupported_grant_type"}
    assert ask(tower, "/api/o/token/").status_code == 405


# Tower 3.2 --------------------------------------------------------------------------------------------------------


@pytest.fixture
def old(tower: TowerHarness) -> TowerHarness:
    tower.become("tower-3.2")
    return tower


def sign_in(tower: TowerHarness, **body: str) -> requests.Response:
    return ask(tower, "/api/v1/authtoken/", "POST", json={"username": SERVICE, "password": tower.password} | body)


def signed(tower: TowerHarness) -> dict[str, str]:
    return {"Authorization": f"Token {sign_in(tower).json()['token']}"}


def launch(tower: TowerHarness, headers: dict[str, str], extra_vars: Any = ANSWERS) -> requests.Response:
    pk = tower.template("New_Customer_L2_Setup")["id"]
    return ask(tower, f"/api/v1/job_templates/{pk}/launch/", "POST", json={"extra_vars": extra_vars}, headers=headers)


def test_authtoken_signs_in_and_a_wrong_password_is_a_400(old: TowerHarness):
    wrong = sign_in(old, password="wrong")

    assert (wrong.status_code, list(wrong.json())) == (400, ["non_field_errors"])
    assert set(sign_in(old).json()) == {"token", "expires"}
    assert ask(old, "/api/v1/me/", headers=signed(old)).status_code == 200
    assert ask(old, "/api/v1/me/", headers={"Authorization": f"Bearer {old.token}"}).status_code == 401
    assert ask(old, "/api/o/token/", "POST").status_code == 404


def test_an_authtoken_lasts_from_its_last_use(old: TowerHarness):
    headers = signed(old)
    old.grants.sliding = 0
    assert ask(old, "/api/v1/me/", headers=headers).status_code == 200
    assert ask(old, "/api/v1/me/", headers=headers).status_code == 401


def test_variables_are_taken_as_a_string_only(old: TowerHarness):
    headers = signed(old)

    assert launch(old, headers, {"_vlan_id": 465}).status_code == 400
    assert launch(old, headers).status_code == 201


def test_a_job_looks_as_it_did_then(old: TowerHarness):
    headers = signed(old)
    created = launch(old, headers).json()
    row = ask(old, "/api/v1/unified_jobs/", headers=headers).json()["results"][0]
    detail = ask(old, created["url"], headers=headers).json()

    for shape in (created, row, detail):
        assert shape["url"].startswith("/api/v1/jobs/")
        assert shape["credential"] == shape["summary_fields"]["credential"]["id"]
        assert (shape["cloud_credential"], shape["network_credential"]) == (None, None)
        assert not {"canceled_on", "launched_by", "organization", "execution_environment"} & set(shape)
        assert "credentials" not in shape["summary_fields"]


@pytest.mark.parametrize("query", ["or__canceled_on__gt=2017-11-16T09:04:23Z", "count_disabled=1"])
def test_what_came_later_is_an_unknown_field(old: TowerHarness, query: str):
    answer = ask(old, f"/api/v1/unified_jobs/?{query}", headers=signed(old))

    assert answer.status_code == 400
    assert "has no field named" in answer.json()["detail"]
