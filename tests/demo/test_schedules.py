"""Schedules of the demo Tower: who may plan what, what is refused, and the jobs that come of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from demo.tower.harness import TowerHarness

ONCE = "DTSTART:20300101T120000Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1"
DAILY = "DTSTART;TZID=Europe/Brussels:20300101T070000 RRULE:FREQ=DAILY;INTERVAL=1"
ANSWERS = {
    "_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": 465, "_epg_fw": "true",
    "_epg_esx": "false", "_epg_baremetal": "false",
}  # fmt: skip
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def call(tower: TowerHarness, method: str, path: str, body: Any = None, token: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {token or tower.token}"}
    return requests.request(method, f"{tower.url}/api/v2/{path}", headers=headers, json=body, timeout=5)


def plan(tower: TowerHarness, name: str = "Plain no prompts", rrule: str = ONCE, **fields: Any) -> requests.Response:
    template = tower.template(name)
    body = {"name": fields.pop("called", "once"), "rrule": rrule, **fields}
    return call(tower, "POST", f"{template['kind']}s/{template['id']}/schedules/", body)


def test_a_schedule_starts_its_job_at_its_time_and_not_before(tower: TowerHarness):
    pk = plan(tower, "New_Customer_L2_Setup", extra_data=ANSWERS).json()["id"]

    assert tower.tick(NOON - timedelta(seconds=1)) == []
    (job,) = tower.tick(NOON)
    assert tower.tick(NOON + timedelta(days=1)) == []
    shown = call(tower, "GET", f"jobs/{job}/").json()
    assert shown["launch_type"] == "scheduled"
    assert shown["launched_by"] == {"id": pk, "name": "once", "type": "schedule", "url": f"/api/v2/schedules/{pk}/"}
    assert shown["related"]["schedule"] == f"/api/v2/schedules/{pk}/"
    assert shown["summary_fields"]["schedule"]["name"] == "once"
    assert "created_by" not in shown["related"]
    assert tower.jobs[0]["job_extra_vars"]["_vlan_id"] == 465
    assert [row["id"] for row in call(tower, "GET", f"schedules/{pk}/jobs/").json()["results"]] == [job]
    assert call(tower, "GET", f"unified_jobs/?schedule={pk}").json()["count"] == 1
    assert call(tower, "GET", f"schedules/{pk}/").json()["next_run"] is None


def test_many_dates_missed_make_one_job(tower: TowerHarness):
    pk = plan(tower, rrule=DAILY).json()["id"]

    assert len(tower.tick(NOON + timedelta(days=30))) == 1
    assert call(tower, "GET", f"schedules/{pk}/").json()["next_run"] == "2030-02-01T06:00:00Z"


def test_a_workflow_can_be_scheduled(tower: TowerHarness):
    plan(tower, "Customer onboarding", extra_data=ANSWERS)

    (job,) = tower.tick(NOON)

    shown = call(tower, "GET", f"workflow_jobs/{job}/").json()
    assert (shown["launch_type"], shown["launched_by"]["type"]) == ("scheduled", "schedule")


def test_a_date_is_passed_over_while_ten_jobs_are_active(tower: TowerHarness):
    plan(tower, rrule=DAILY)

    for day in range(12):
        tower.tick(NOON + timedelta(days=day))

    assert len(tower.jobs) == 10


def test_a_paused_schedule_has_no_next_date(tower: TowerHarness):
    pk = plan(tower, rrule=DAILY).json()["id"]

    paused = call(tower, "PATCH", f"schedules/{pk}/", {"enabled": False}).json()
    assert (paused["enabled"], paused["next_run"]) == (False, None)
    assert tower.tick(NOON) == []
    again = call(tower, "PATCH", f"schedules/{pk}/", {"enabled": True, "rrule": ONCE, "name": "later"}).json()
    assert (again["name"], again["next_run"], again["dtend"]) == (
        "later",
        "2030-01-01T12:00:00Z",
        "2030-01-01T12:00:00Z",
    )


def test_what_is_not_asked_for_is_refused(tower: TowerHarness):
    refused = plan(tower, limit="leaf-101", extra_data={"surplus": 1})

    assert refused.status_code == 400
    text = "Check the Prompt on Launch setting on the Job Template to include Extra Variables."
    assert refused.json() == {
        "limit": ["Field is not configured to prompt on launch."],
        "extra_data": [f"Variables surplus are not allowed on launch. {text}"],
    }


def test_a_template_that_needs_a_password_cannot_be_scheduled(tower: TowerHarness):
    tower.tower.world.credentials[1].passwords_needed = ["ssh_password"]

    refused = plan(tower, "New_Customer_L2_Setup", extra_data=ANSWERS)

    text = "Saved launch configurations cannot provide passwords needed to start."
    assert refused.json() == {"passwords_needed_to_start": [text]}


def test_a_secret_answer_is_kept_sealed_and_reaches_the_job(tower: TowerHarness):
    survey = [{"variable": "pw", "question_name": "P", "type": "password", "required": True}]
    tower.add_template("With a password", survey)
    made = plan(tower, "With a password", extra_data={"pw": "hunter2 %&"}).json()
    data = b"".join(path.read_bytes() for path in tower.tower.folder.iterdir())
    kept = call(tower, "PATCH", f"schedules/{made['id']}/", {"extra_data": {"pw": "$encrypted$"}})
    tower.tick(NOON)

    assert made["extra_data"] == kept.json()["extra_data"] == {"pw": "$encrypted$"}
    assert b"hunter2" not in data
    assert tower.jobs[0]["job_extra_vars"] == {"pw": "hunter2 %&"}


def test_prompts_reach_the_job_and_can_be_taken_back(tower: TowerHarness):
    tower.add_template("Asks", ask=["limit", "verbosity", "variables"])
    pk = plan(tower, "Asks", limit="leaf-101", verbosity=2, extra_data={"a": 1}).json()["id"]
    changed = call(tower, "PATCH", f"schedules/{pk}/", {"limit": None}).json()
    tower.tick(NOON)

    assert (changed["limit"], changed["verbosity"], changed["extra_data"]) == (None, 2, {"a": 1})
    assert (tower.jobs[0]["limit"], tower.jobs[0]["verbosity"], tower.jobs[0]["job_extra_vars"]) == ("", 2, {"a": 1})


def test_labels_are_put_to_a_schedule_one_by_one(tower: TowerHarness):
    tower.add_template("Asks", ask=["labels"])
    tower.tower.world.labels[1] = "urgent"
    pk, deaf = plan(tower, "Asks").json()["id"], plan(tower).json()["id"]
    tower.tower.accounts.named("portal-svc").use = None

    assert call(tower, "POST", f"schedules/{pk}/labels/", {"id": 1}).status_code == 204
    refused = call(tower, "POST", f"schedules/{deaf}/labels/", {"id": 1})
    assert refused.json() == {"msg": "Related template is not configured to accept labels on launch."}
    assert [row["name"] for row in call(tower, "GET", f"schedules/{pk}/labels/").json()["results"]] == ["urgent"]
    (job, _) = tower.tick(NOON)
    assert call(tower, "GET", f"jobs/{job}/labels/").json()["count"] == 1
    assert call(tower, "POST", f"schedules/{pk}/labels/", {"id": 1, "disassociate": True}).status_code == 204
    assert call(tower, "GET", f"schedules/{pk}/labels/").json()["count"] == 0


def test_only_who_made_a_schedule_and_administrators_change_it(tower: TowerHarness):
    pk = plan(tower).json()["id"]
    template = tower.template("Plain no prompts")["id"]
    theirs = call(
        tower, "POST", f"job_templates/{template}/schedules/", {"name": "b", "rrule": ONCE}, tower.admin_token
    )

    assert call(tower, "DELETE", f"schedules/{theirs.json()['id']}/").status_code == 403
    assert call(tower, "GET", f"schedules/{theirs.json()['id']}/").json()["summary_fields"]["user_capabilities"] == {
        "edit": False, "delete": False}  # fmt: skip
    assert call(tower, "PATCH", f"schedules/{pk}/", {"enabled": False}, tower.admin_token).status_code == 200
    assert call(tower, "PATCH", f"schedules/{pk}/", {"enabled": True}, tower.read_token).status_code == 403
    assert call(tower, "DELETE", f"schedules/{pk}/").status_code == 204
    assert call(tower, "GET", f"schedules/{pk}/").json() == {"detail": "No Schedule matches the given query."}


def test_a_template_out_of_sight_takes_no_schedule_and_shows_none(tower: TowerHarness):
    template = tower.template("Not for the portal")["id"]
    path = f"job_templates/{template}/schedules/"
    made = call(tower, "POST", path, {"name": "a", "rrule": ONCE}, tower.admin_token).json()

    assert call(tower, "POST", path, {"name": "b", "rrule": ONCE}).status_code == 403
    assert call(tower, "GET", f"schedules/{made['id']}/").status_code == 403
    assert call(tower, "GET", "schedules/").json()["count"] == 0
    body = {"name": "c", "rrule": ONCE, "unified_job_template": template}
    assert call(tower, "POST", "schedules/", body).status_code == 403


def test_a_job_forgets_the_schedule_that_is_deleted(tower: TowerHarness):
    pk = plan(tower).json()["id"]
    (job,) = tower.tick(NOON)
    call(tower, "DELETE", f"schedules/{pk}/")

    shown = call(tower, "GET", f"jobs/{job}/").json()
    assert (shown["launch_type"], shown["launched_by"]) == ("scheduled", {})


def test_the_template_tells_when_it_runs_next(tower: TowerHarness):
    plan(tower, rrule=DAILY)
    template = tower.template("Plain no prompts")["id"]

    assert call(tower, "GET", f"job_templates/{template}/").json()["next_job_run"] == "2030-01-01T06:00:00Z"


def test_the_preview_tells_the_next_dates_in_both_zones(tower: TowerHarness):
    rule = "DTSTART;TZID=Europe/Brussels:20300329T023000 RRULE:FREQ=DAILY;INTERVAL=1;COUNT=4"
    shown = call(tower, "POST", "schedules/preview/", {"rrule": rule}).json()

    assert shown["utc"] == ["2030-03-29T01:30:00Z", "2030-03-30T01:30:00Z", "2030-04-01T00:30:00Z"]
    assert shown["local"][-1] == "2030-04-01T02:30:00+02:00"
    assert "Europe/Brussels" in call(tower, "GET", "schedules/zoneinfo/").json()["zones"]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("", "This field may not be blank."),
        ("DTSTART:20300308T050000Z", "One or more rule required in rrule."),
        ("DTSTART:20300308T050000Z RRULE:FREQ=MONTHLY;INTERVAL=1 EXDATE:20300401", "EXDATE not allowed in rrule."),
        ("DTSTART:20300308T050000Z RRULE:FREQ=DAILY", "INTERVAL required in rrule: RULE:FREQ=DAILY"),
        (
            "DTSTART:20300308T050000Z RRULE:FREQ=SECONDLY;INTERVAL=5",
            "SECONDLY is not supported: RULE:FREQ=SECONDLY;INTERVAL=5",
        ),
        (
            "DTSTART:20300308T050000Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=2000",
            "COUNT > 999 is unsupported: RULE:FREQ=DAILY;INTERVAL=1;COUNT=2000",
        ),
        (
            "DTSTART:20300308T050000Z RRULE:FREQ=HOURS;INTERVAL=1",
            "rrule parsing failed validation: invalid 'FREQ': HOURS",
        ),
        (
            "DTSTART;TZID=Not/There:20300308T050000 RRULE:FREQ=DAILY;INTERVAL=1",
            "rrule parsing failed validation: A valid TZID must be provided (e.g., America/New_York)",
        ),
        (
            "DTSTART:20300308T050000Z RRULE:FREQ=DAILY;INTERVAL=0",
            "rrule parsing failed validation: INTERVAL must be 1 or more",
        ),
    ],
)
def test_a_rule_is_refused_with_its_reason(tower: TowerHarness, rule: str, text: str):
    assert call(tower, "POST", "schedules/preview/", {"rrule": rule}).json() == {"rrule": [text]}
    assert plan(tower, rrule=rule).json() == {"rrule": [text]}


def test_a_rule_that_began_long_ago_is_reckoned_at_once(tower: TowerHarness):
    made = plan(tower, rrule="DTSTART:19700101T000000Z RRULE:FREQ=MINUTELY;INTERVAL=7")

    due = datetime.fromisoformat(made.json()["next_run"])
    assert due - datetime.now(UTC) < timedelta(minutes=7)
    assert int(due.timestamp()) % (7 * 60) == 0


def test_an_end_without_a_zone_is_taken_as_local(tower: TowerHarness):
    made = plan(tower, rrule=f"{DAILY};UNTIL=20300110T070000").json()

    assert (made["until"], made["dtend"], made["timezone"]) == (
        "2030-01-10T07:00:00", "2030-01-10T06:00:00Z", "Europe/Brussels")  # fmt: skip
