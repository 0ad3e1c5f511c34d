"""What each answer to a launch means."""

from datetime import UTC, datetime

import pytest

from portal.tower.answers import reasons
from portal.tower.auth import Basic, BearerToken
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected, Throttled, Uncertain
from tests.tower.rawserver import RawServer, answer, says

JOB = {"id": 7, "type": "job", "url": "/api/v2/jobs/7/", "status": "pending", "ignored_fields": {}}
HTML = "<!doctype html><title>Server Error (500)</title>"


def tower_at(server, auth=None):
    return Tower(server.url, auth or BearerToken("s3cret"), base="/api/v2/", connect_timeout=10, read_timeout=10)


def launch_answered_by(given):
    with RawServer(says(given)) as server:
        try:
            return tower_at(server).launch("job_template", 9, {"extra_vars": {}})
        finally:
            assert len(server.requests) == 1, "a launch is sent once, whatever comes back"


def test_a_launch_posts_json_with_our_token_to_the_template():
    with RawServer(says(answer(201, JOB))) as server:
        launched = tower_at(server).launch("workflow_job_template", 25, {"extra_vars": {"a": 1}})
    request = server.requests[0].decode()
    assert request.startswith("POST /api/v2/workflow_job_templates/25/launch/ HTTP/1.1")
    assert "Authorization: Bearer s3cret" in request
    assert request.endswith('{"extra_vars": {"a": 1}}')
    assert (launched.job.id, launched.ignored) == (7, {})


def test_basic_is_sent_without_being_asked_for():
    with RawServer(says(answer(200, {"results": [{"id": 2, "username": "portal-svc"}]}))) as server:
        assert tower_at(server, Basic("portal-svc", "pä")).me().username == "portal-svc"
    assert b"Authorization: Basic cG9ydGFsLXN2Yzpww6Q=" in server.requests[0]


def test_a_sliced_template_gives_a_workflow_job():
    """launch-post-ask-slice-2-workflow, as recorded."""
    body = {"workflow_job": 26, "id": 26, "type": "workflow_job", "url": "/api/v2/workflow_jobs/26/"}
    job = launch_answered_by(answer(201, body)).job
    assert (job.id, job.type, job.url) == (26, "workflow_job", "/api/v2/workflow_jobs/26/")


def test_what_tower_ignored_is_told():
    body = JOB | {"ignored_fields": {"extra_vars": {"not_in_survey": "x"}}}
    assert launch_answered_by(answer(201, body)).ignored == {"extra_vars": {"not_in_survey": "x"}}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status):
    with RawServer(says(answer(201, JOB))) as elsewhere:
        with pytest.raises(Uncertain, match="elsewhere"):
            launch_answered_by(answer(status, "", Location=f"{elsewhere.url}/login"))
        assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "given",
    [
        answer(200, HTML, content_type="text/html; charset=utf-8"),
        answer(200, JOB),
        answer(202, JOB),
        answer(204),
        answer(201, HTML, content_type="text/html"),
        answer(201, "{", content_type="application/json"),
        answer(201, "[" * 100_000, content_type="application/json"),
        answer(201, ["a list"]),
        answer(201, {"type": "job"}),
        answer(201, {"id": None, "type": "job"}),
        answer(201),
        answer(408, "slow", content_type="text/plain"),
        answer(404, HTML, content_type="text/html"),
        answer(500, HTML, content_type="text/html"),
        answer(500, {"detail": "A server error has occurred."}),
        answer(502, HTML, content_type="text/html"),
        answer(503, HTML, content_type="text/html", Retry_After="5"),
        answer(504),
        b"HTTP/1.1 nonsense\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
def test_an_answer_that_does_not_show_the_job_is_uncertain(given):
    with pytest.raises(Uncertain):
        launch_answered_by(given)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"variables_needed_to_start": ["'_vlan_id' value missing"]}, "'_vlan_id' value missing"),
        ({"inventory": ['Invalid pk "99999" - object does not exist.']}, 'Invalid pk "99999" - object does not exist.'),
        ({"detail": "JSON parse error - Expecting value"}, "JSON parse error - Expecting value"),
        ({"error": "no"}, "no"),
        ({"msg": "no"}, "no"),
        (["no"], "no"),
        ("no", "no"),
        ({"extra_vars": {"a": ["no"]}}, "a: no"),
    ],
)
def test_a_refusal_tells_its_reasons_whatever_their_shape(body, told):
    given = answer(400, body) if not isinstance(body, str) else answer(400, f'"{body}"')
    with pytest.raises(Rejected) as caught:
        launch_answered_by(given)
    assert [text for texts in caught.value.reasons.values() for text in texts] == [told]
    assert told not in str(caught.value)


def test_empty_reasons_are_left_out():
    assert reasons({"a": [], "b": "", "c": None, "d": ["x", None]}) == {"d": ["x"]}


@pytest.mark.parametrize("status", [400, 405, 409, 413, 415, 422])
def test_a_refusal_without_readable_reasons_gets_one(status):
    with pytest.raises(Rejected) as caught:
        launch_answered_by(answer(status, HTML, content_type="text/html"))
    assert caught.value.reasons == {"detail": [f"The request was refused (status {status})."]}


def test_an_answer_that_json_cannot_say_is_refused_before_it_is_sent():
    with RawServer(says(answer(201, JOB))) as server:
        with pytest.raises(Rejected):
            tower_at(server).launch("job_template", 9, {"extra_vars": {"a": float("nan")}})
        assert server.requests == []


@pytest.mark.parametrize("status", [401, 403])
def test_an_account_that_may_not_is_denied(status):
    with pytest.raises(Denied) as caught:
        launch_answered_by(answer(status, {"detail": "You do not have permission to perform this action."}))
    assert caught.value.status == status


def test_a_template_that_is_not_there_is_gone():
    with pytest.raises(Gone):
        launch_answered_by(answer(404, {"detail": "No JobTemplate matches the given query."}))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "17"}, 17),
        ({"Retry_After": "Sat, 21 Nov 2026 06:00:30 GMT", "Date": "Sat, 21 Nov 2026 06:00:00 GMT"}, 30),
        ({"Retry_After": "Sat, 21 Nov 2026 05:00:00 GMT", "Date": "Sat, 21 Nov 2026 06:00:00 GMT"}, 0),
        ({"Retry_After": "soon"}, None),
        ({}, None),
    ],
)
def test_too_many_requests_say_when_to_come_back(headers, seconds):
    with pytest.raises(Throttled) as caught:
        launch_answered_by(answer(429, {"detail": "Request was throttled."}, **headers))
    assert caught.value.retry_after == seconds


def test_a_cancel_demands_202():
    with RawServer(says(answer(202), answer(405, {"detail": 'Method "POST" not allowed.'}))) as server:
        tower_at(server).cancel("/api/v2/jobs/40/")
        with pytest.raises(Rejected):
            tower_at(server).cancel("/api/v2/jobs/40/")
    assert server.paths == ["/api/v2/jobs/40/cancel/"] * 2


def test_cookies_are_not_kept():
    me = answer(200, {"results": [{"id": 2}]}, Set_Cookie="sessionid=abc; Path=/")
    with RawServer(says(me)) as server:
        tower = tower_at(server)
        tower.me()
        tower.me()
    assert b"Cookie" not in server.requests[1]


def test_changes_are_told_with_towers_clock():
    body = {"results": [JOB]}
    with RawServer(says(answer(200, body, Date="Sat, 21 Nov 2026 06:00:00 GMT"))) as server:
        changes = tower_at(server).changes([7, 8], datetime(2026, 11, 21, 5, 59, 55, tzinfo=UTC))
    assert changes.as_of == datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert "".join(server.paths) == (
        "/api/v2/unified_jobs/?id__in=7,8&order_by=id&page_size=200&count_disabled=1"
        "&or__modified__gt=2026-11-21T05:59:55.000000Z&or__finished__gt=2026-11-21T05:59:55.000000Z"
        "&or__canceled_on__gt=2026-11-21T05:59:55.000000Z"
    )


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_a_readable_date_our_clock_serves(date):
    before = datetime.now(UTC)
    with RawServer(says(answer(200, {"results": []}, Date=date))) as server:
        assert before <= tower_at(server).changes([7], None).as_of <= datetime.now(UTC)


@pytest.mark.parametrize("ids", [[], range(201)])
def test_changes_are_asked_for_one_to_two_hundred_jobs(ids):
    with pytest.raises(ValueError, match="1 to 200"):
        Tower("http://127.0.0.1:1", BearerToken("x")).changes(list(ids), None)


def test_what_no_database_can_store_is_replaced():
    body = '{"id": 5, "type": "job", "url": "/api/v2/jobs/5/", "artifacts": {"a\\u0000": ["b\\ud800c", "d\\u00e9"]}}'

    launched = launch_answered_by(answer(201, body))

    assert launched.job.artifacts == {"a\ufffd": ["b\ufffdc", "dé"]}
