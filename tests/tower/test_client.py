"""The client against a Tower that answers."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.tower.auth import Basic, BearerToken
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected, Throttled, Uncertain, Unreachable

ANSWERS = {"_tenant_shortname": "acme", "_customer_id": "K1", "_epg_name": "web", "_vlan_id": 465} | dict.fromkeys(
    ["_epg_fw", "_epg_esx", "_epg_baremetal"], "true"
)


def client(tower, token=None, **options):
    return Tower(tower.url, BearerToken(token or tower.token), connect_timeout=10, read_timeout=10, **options)


def order(tower, name="New_Customer_L2_Setup", **answers):
    template = tower.template(name)
    return client(tower).launch(template["kind"], template["id"], {"extra_vars": ANSWERS | answers})


def test_it_tells_who_it_is_and_who_we_are(tower):
    us = client(tower)
    identity = us.identify()
    assert identity.base == "/api/controller/v2/"
    assert identity.version
    assert identity.install_uuid
    assert us.me().username == "portal-svc"


@pytest.mark.parametrize(("served", "base"), [("/api", "/api/v2/"), ("/api/controller", "/api/controller/v2/")])
def test_each_api_generation_is_found_and_used(tower, served, base):
    tower.serve_only(served)
    us = client(tower)
    assert us.me().username == "portal-svc"
    assert us.base == base


def test_basic_is_accepted(tower):
    us = Tower(tower.url, Basic("portal-svc", tower.password), connect_timeout=10, read_timeout=10)
    assert us.me().username == "portal-svc"


def test_it_lists_the_templates_we_may_see_of_both_kinds(tower):
    found = {record.name: record for record in client(tower).templates()}
    assert found["New_Customer_L2_Setup"].can_start
    assert found["New_Customer_L2_Setup"].survey_enabled
    assert {record.kind for record in found.values()} == {"job_template", "workflow_job_template"}
    assert "Not for the portal" not in found


def test_all_pages_of_templates_are_read(tower, monkeypatch):
    monkeypatch.setattr("portal.tower.client.PAGE", 2)
    visible = len(client(tower).templates())
    pages = [path for _, path in tower.requests if "unified_job_templates" in path]
    assert len(pages) == -(-visible // 2) > 1


def test_the_survey_and_the_launch_form_are_read(tower):
    template = tower.template("New_Customer_L2_Setup")
    us = client(tower)
    assert "_vlan_id" in [question["variable"] for question in us.survey(template["kind"], template["id"])]
    assert "_vlan_id" in us.launch_form(template["kind"], template["id"])["variables_needed_to_start"]
    plain = tower.add_template("Plain")
    assert us.survey("job_template", plain) == []


def test_a_job_is_launched_followed_read_and_ended(tower):
    launched = order(tower)
    us, job = client(tower), launched.job
    assert (job.status, job.type, launched.ignored) == ("pending", "job", {})
    assert job.extra_vars["_vlan_id"] == 465
    tower.start(job.id)
    tower.write(job.id, "TASK [Build]\nok: [leaf-101]\n")
    piece = us.output(job.url, 0)
    assert "ok: [leaf-101]" in piece.content
    assert us.output(job.url, piece.absolute_end).content == ""
    tower.finish(job.id, artifacts={"network": "acme-465"}, hosts=["leaf-101", "leaf-102"])
    ended = us.job(job.url)
    assert (ended.status, ended.failed, ended.artifacts) == ("successful", False, {"network": "acme-465"})
    assert ended.started <= ended.finished
    assert [(host.name, host.failed) for host in us.host_summaries(job.url)] == [("leaf-101", 0), ("leaf-102", 0)]


def test_changes_are_told_once_and_for_every_step(tower):
    first, second = order(tower).job.id, order(tower).job.id
    us = client(tower)
    everything = us.changes([first, second], None)
    assert [job.id for job in everything.jobs] == [first, second]
    assert us.changes([first, second], datetime.now(UTC) + timedelta(seconds=5)).jobs == []
    since = datetime.now(UTC) - timedelta(milliseconds=1)
    tower.start(first)
    tower.finish(first)
    assert [(job.id, job.status) for job in us.changes([first, second], since).jobs] == [(first, "successful")]


def test_the_jobs_of_a_template_and_an_account_are_found(tower):
    before = datetime.now(UTC) - timedelta(seconds=5)
    job = order(tower).job
    us = client(tower)
    template = tower.template("New_Customer_L2_Setup")["id"]
    found = us.jobs_of(template, us.me().id, before)
    assert [(record.id, record.extra_vars["_vlan_id"], record.template_id) for record in found] == [
        (job.id, 465, template)
    ]
    assert found[0].created_by_id == us.me().id
    assert us.jobs_of(template, us.me().id, datetime.now(UTC) + timedelta(seconds=5)) == []
    assert us.jobs_of(template, us.me().id + 1, before) == []


def test_a_workflow_is_launched_as_one(tower):
    workflow = next(one for one in tower.templates() if one["kind"] == "workflow_job_template")
    us = client(tower)
    needed = us.launch_form(workflow["kind"], workflow["id"])["variables_needed_to_start"]
    job = us.launch(workflow["kind"], workflow["id"], {"extra_vars": {name: ANSWERS[name] for name in needed}}).job
    assert job.type == "workflow_job"
    assert us.job(us.job_url("workflow_job", job.id)).id == job.id


def test_a_job_is_canceled(tower):
    job = order(tower).job
    client(tower).cancel(job.url)
    assert client(tower).job(job.url).canceled_on is not None


def test_asking_twice_to_cancel_is_harmless(tower):
    job = order(tower).job
    tower.start(job.id)
    for _ in range(2):
        client(tower).cancel(job.url)
    tower.finish(job.id, "canceled")
    with pytest.raises(Denied):
        client(tower).cancel(job.url)
    with pytest.raises(Rejected):
        client(tower, token=tower.admin_token).cancel(job.url)


def test_a_job_is_run_again_on_the_hosts_that_failed(tower):
    us, job = client(tower), order(tower).job
    assert us.relaunch_form(job.url).counts == {}
    tower.finish(job.id, "failed", hosts=["leaf-101", {"name": "leaf-102", "failed": 1}])

    assert us.relaunch_form(job.url).counts == {"all": 2, "failed": 1}
    again = us.relaunch(job.url, "failed").job

    assert (again.launch_type, again.limit, again.extra_vars) == ("relaunch", "leaf-102", job.extra_vars)
    since = datetime.now(UTC) - timedelta(minutes=5)
    [found] = us.jobs_of(job.template_id, us.me().id, since, launch_type="relaunch")
    assert found.id == again.id


def test_a_refused_account_carries_towers_own_text_beside_its_sentence(tower):
    job = order(tower).job
    tower.finish(job.id)
    with pytest.raises(Denied) as caught:
        client(tower, token=tower.read_token).relaunch(job.url, "all")
    assert caught.value.detail == "You do not have permission to perform this action."
    assert caught.value.detail not in str(caught.value)


def test_a_wrong_answer_is_rejected_with_towers_words(tower):
    with pytest.raises(Rejected) as caught:
        order(tower, _vlan_id=5000)
    assert "_vlan_id" in caught.value.reasons["variables_needed_to_start"][0]
    assert tower.jobs == []


def test_accounts_without_rights_are_denied(tower):
    with pytest.raises(Denied) as caught:
        client(tower, token="revoked").me()
    assert caught.value.status == 401
    template = tower.template("New_Customer_L2_Setup")
    with pytest.raises(Denied) as caught:
        client(tower, token=tower.read_token).launch(template["kind"], template["id"], {"extra_vars": ANSWERS})
    assert caught.value.status == 403


def test_what_is_not_there_is_gone(tower):
    with pytest.raises(Gone):
        client(tower).launch("job_template", 99999, {})
    with pytest.raises(Gone):
        client(tower).job("/api/v2/jobs/99999/")


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "bad_gateway", "html"])
def test_a_lost_answer_is_uncertain_and_launched_at_most_once(tower, kind):
    tower.fault(kind)
    with pytest.raises(Uncertain):
        order(tower)
    assert len([path for method, path in tower.requests if method == "POST"]) == 1
    assert len(tower.jobs) <= 1


def test_being_throttled_is_told(tower):
    tower.fault("throttle", retry_after=7)
    with pytest.raises(Throttled) as caught:
        order(tower)
    assert caught.value.retry_after == 7


def test_a_tower_that_is_away_is_unreachable_and_then_back(tower):
    us = client(tower)
    us.me()
    tower.down()
    with pytest.raises(Unreachable):
        us.me()
    tower.up()
    assert us.me().username == "portal-svc"
