"""The same questions to every Tower a user may have, signed in by every way it knows."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.tower.harness import TowerHarness
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected
from portal.tower.generations import Generation
from portal.tower.signin import sign_in
from portal.tower.tickets import Pocket
from tests.generations import CASES, RENEWED, Case

ANSWERS = {"_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": 465} | dict.fromkeys(
    ["_epg_fw", "_epg_esx", "_epg_baremetal"], "true"
)


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest, tower: TowerHarness) -> Case:
    found: Case = request.param
    tower.become(found.generation)
    return found


@pytest.fixture
def us(case: Case, tower: TowerHarness) -> Tower:
    return client(case, tower)


def client(case: Case, tower: TowerHarness) -> Tower:
    auth = sign_in(case.credentials(tower), Pocket())
    return Tower(tower.url, auth, connect_timeout=10, read_timeout=10)


def order(us: Tower, tower: TowerHarness, **answers: object):
    template = tower.template("New_Customer_L2_Setup")
    return us.launch(template["kind"], template["id"], {"extra_vars": ANSWERS | answers})


def test_it_is_identified_without_an_account(us, case, tower):
    identity = us.identify()
    assert (identity.base, identity.generation) == (case.base, Generation(case.generation))
    assert identity.version == tower.tower.generation.version
    assert identity.product
    assert identity.install_uuid
    assert not tower.grants.made


def test_we_are_told_who_we_are(us):
    account = us.me()
    assert (account.username, account.may_write) == ("portal-svc", True)


def test_templates_their_surveys_and_launch_forms_are_read(us, tower):
    found = {record.name: record for record in us.templates()}
    template = found["New_Customer_L2_Setup"]
    assert template.can_start
    assert template.survey_enabled
    assert {record.kind for record in found.values()} == {"job_template", "workflow_job_template"}
    assert "_vlan_id" in [question["variable"] for question in us.survey(template.kind, template.id)]
    assert "_vlan_id" in us.launch_form(template.kind, template.id)["variables_needed_to_start"]
    plain = tower.add_template("Plain")
    assert us.survey("job_template", plain) == []


def test_a_job_is_launched_followed_read_and_ended(us, tower):
    launched = order(us, tower)
    job = launched.job
    assert (job.status, job.type, launched.ignored) == ("pending", "job", {})
    assert job.extra_vars == us.job(job.url).extra_vars
    assert job.extra_vars == ANSWERS | {"_vrf_name": "default", "_bd_name": ""}
    assert tower.jobs[0]["extra_vars"] == ANSWERS
    tower.start(job.id)
    tower.write(job.id, "TASK [Build]\nok: [leaf-101]\n")
    piece = us.output(job.url, 0)
    assert "ok: [leaf-101]" in piece.content
    assert us.output(job.url, piece.absolute_end).content == ""
    tower.finish(job.id, artifacts={"network": "acme-465"}, hosts=["leaf-101", "leaf-102"])
    ended = us.job(us.job_url("job", job.id))
    assert (ended.status, ended.failed, ended.artifacts) == ("successful", False, {"network": "acme-465"})
    assert ended.started <= ended.finished
    assert ended.event_processing_finished is not False
    assert [(host.name, host.failed) for host in us.host_summaries(job.url)] == [("leaf-101", 0), ("leaf-102", 0)]


def test_what_failed_tasks_said_is_read(us, tower):
    job = order(us, tower).job
    tower.start(job.id)
    tower.say_failed(job.id, "VLAN 465 is in use")
    assert us.failures(job.url) == ["VLAN 465 is in use"]


def test_changes_are_told_once_and_for_every_step(us, tower):
    first, second = order(us, tower).job.id, order(us, tower).job.id
    assert [job.id for job in us.changes([first, second], None).jobs] == [first, second]
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert us.changes([first, second], later).jobs == []
    since = datetime.now(UTC) - timedelta(milliseconds=1)
    tower.start(first)
    tower.finish(first)
    changed = us.changes([first, second], since)
    assert [(job.id, job.status) for job in changed.jobs] == [(first, "successful")]
    assert abs(changed.as_of - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_canceled_job_is_among_the_changes(us, tower):
    job = order(us, tower).job
    since = datetime.now(UTC) - timedelta(milliseconds=1)
    us.cancel(job.url)
    assert [(one.id, one.status) for one in us.changes([job.id], since).jobs] == [(job.id, "canceled")]


def test_the_jobs_of_a_template_and_an_account_are_found(us, tower):
    before = datetime.now(UTC) - timedelta(seconds=5)
    job = order(us, tower).job
    template, me = tower.template("New_Customer_L2_Setup")["id"], us.me().id
    found = us.jobs_of(template, me, before)
    assert [(one.id, one.extra_vars["_vlan_id"], one.template_id, one.created_by_id) for one in found] == [
        (job.id, 465, template, me)
    ]
    assert us.jobs_of(template, me + 1, before) == []


def test_a_workflow_is_launched_as_one(us, tower):
    workflow = next(one for one in tower.templates() if one["kind"] == "workflow_job_template")
    needed = us.launch_form(workflow["kind"], workflow["id"])["variables_needed_to_start"]
    job = us.launch(workflow["kind"], workflow["id"], {"extra_vars": {name: ANSWERS[name] for name in needed}}).job
    assert job.type == "workflow_job"
    assert us.job(us.job_url("workflow_job", job.id)).id == job.id


def test_a_wrong_answer_is_rejected_with_towers_words(us, tower):
    with pytest.raises(Rejected) as caught:
        order(us, tower, _vlan_id=5000)
    assert "_vlan_id" in caught.value.reasons["variables_needed_to_start"][0]
    assert tower.jobs == []


def test_what_is_not_there_is_gone(us):
    with pytest.raises(Gone):
        us.launch("job_template", 99999, {})
    with pytest.raises(Gone):
        us.job(us.job_url("job", 99999))


def test_a_template_of_others_is_denied(us, tower):
    hidden = tower.template("Not for the portal")
    with pytest.raises(Denied) as caught:
        us.launch(hidden["kind"], hidden["id"], {})
    assert caught.value.status == 403


def test_a_revoked_secret_is_a_denial_and_launches_nothing(us, case, tower):
    us.me()
    case.spoil(tower)
    for ask in (us.me, lambda: order(us, tower)):
        with pytest.raises(Denied) as caught:
            ask()
        assert caught.value.status == 401
    assert tower.jobs == []


def test_a_secret_that_was_never_right_is_a_denial(case, tower):
    us = client(case, tower)
    case.spoil(tower)
    with pytest.raises(Denied) as caught:
        order(us, tower)
    assert caught.value.status == 401


def test_requests_are_signed_the_one_way_that_was_chosen(us, tower):
    us.me()
    order(us, tower)
    assert len(tower.grants.made) <= 1
    assert not [path for _, path in tower.requests if "password" in path or tower.token in path]


# Tokens that end --------------------------------------------------------------------------------------------------


@pytest.fixture(params=list(RENEWED.values()), ids=list(RENEWED))
def renewed(request: pytest.FixtureRequest, tower: TowerHarness) -> Case:
    found: Case = request.param
    tower.become(found.generation)
    return found


def test_one_token_serves_many_requests(renewed, tower):
    us = client(renewed, tower)
    for _ in range(3):
        us.me()
    assert len(tower.grants.made) == 1


def test_a_token_that_ended_unexpectedly_is_renewed_on_the_way(renewed, tower):
    us = client(renewed, tower)
    us.me()
    tower.grants.expire()
    assert us.me().username == "portal-svc"
    assert len(tower.grants.made) == 2


def test_a_launch_that_was_answered_401_is_sent_again_and_launches_once(renewed, tower):
    us = client(renewed, tower)
    us.me()
    tower.grants.expire()
    order(us, tower)
    launches = [path for method, path in tower.requests if method == "POST" and path.endswith("/launch/")]
    assert (len(launches), len(tower.jobs)) == (2, 1)
