"""The client's part for workflows: nodes, approvals, decisions."""

import pytest

from portal.tower.errors import Denied, Gone, Rejected, Uncertain
from portal.tower.workflows import ApprovalRecord, NodeRecord

from .test_client import ANSWERS, client, order


@pytest.fixture
def workflow(tower):
    """A workflow whose approval waits; its id in Tower."""
    launched = order(tower, "Onboarding with sign-off")
    tower.start(launched.job.id)
    tower.finish(tower.jobs[-1]["id"])
    return launched.job


def test_nodes_come_with_their_jobs_and_links(tower, workflow):
    us = client(tower)
    prepare, sign_off, setup, note = us.workflow_nodes(us.job_url("workflow_job", workflow.id))

    assert (prepare.identifier, prepare.kind, prepare.status) == ("prepare", "job", "successful")
    assert (sign_off.kind, sign_off.status, sign_off.job_id) == ("workflow_approval", "pending", tower.approvals()[0])
    assert (sign_off.success, sign_off.failure, sign_off.always) == ((setup.id,), (note.id,), ())
    assert (setup.job_id, setup.status, setup.name) == (None, "", "New_Customer_L2_Setup")


def test_nodes_of_all_pages_are_read(tower):
    nodes = [{"identifier": str(number), "job_template": "Plain no prompts"} for number in range(230)]
    pk = tower.add_template("Long", kind="workflow_job_template", nodes=nodes)
    us = client(tower)
    launched = us.launch("workflow_job_template", pk, {})
    tower.clear_requests()

    assert len(us.workflow_nodes(us.job_url("workflow_job", launched.job.id))) == 230
    assert len(tower.requests) == 2


def test_pending_approvals_name_their_workflow(tower, workflow):
    [approval] = client(tower).pending_approvals(tower.approvals())

    assert (approval.workflow_id, approval.status, approval.can_decide) == (workflow.id, "pending", True)
    assert approval.name == "Change board approval"
    assert approval.expires is None


@pytest.mark.parametrize(("how", "status"), [("approve", "successful"), ("deny", "failed")])
def test_a_decision_ends_the_approval_and_tells_who(tower, workflow, how, status):
    us, [approval] = client(tower), tower.approvals()
    getattr(us, how)(approval)
    ended = us.approval(approval)

    assert (ended.status, ended.decided_by, ended.decided_by_id) == (status, "portal-svc", us.me().id)
    assert us.pending_approvals([approval]) == []


def test_what_was_decided_already_is_refused(tower, workflow):
    us, [approval] = client(tower), tower.approvals()
    us.approve(approval)
    with pytest.raises(Rejected) as refused:
        us.deny(approval)

    assert refused.value.reasons == {"error": ["This workflow step has already been approved or denied."]}


def test_an_approval_that_does_not_exist_is_refused_and_not_found(tower):
    us = client(tower)
    with pytest.raises(Rejected) as refused:
        us.approve(99_999)
    assert refused.value.reasons == {"detail": ["WorkflowApproval matching query does not exist."]}
    with pytest.raises(Gone):
        us.approval(99_999)


@pytest.mark.parametrize("who", ["read-only token", "no role"])
def test_without_the_role_it_is_denied(tower, workflow, who):
    [approval] = tower.approvals()
    if who == "no role":
        tower.tower.accounts.named("portal-svc").approve = set()
    us = client(tower, tower.read_token if who == "read-only token" else None)

    with pytest.raises(Denied) as denied:
        us.approve(approval)
    assert denied.value.status == 403
    assert tower.approvals() == [approval]


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "error_before", "html", "redirect"])
def test_a_lost_answer_is_uncertain_and_nothing_is_repeated(tower, workflow, kind):
    [approval] = tower.approvals()
    tower.fault(kind, on=f"/workflow_approvals/{approval}/approve/")
    tower.clear_requests()

    with pytest.raises(Uncertain):
        client(tower, base="/api/v2/").approve(approval)
    assert len(tower.requests) == 1


def test_a_time_out_is_told(tower, workflow):
    [approval] = tower.approvals()
    tower.time_out(approval)

    assert client(tower).approval(approval).timed_out


@pytest.mark.parametrize("kind", [NodeRecord, ApprovalRecord])
def test_missing_keys_are_tolerated_and_a_missing_id_is_not(kind):
    assert kind.from_json({"id": 5}).status == ""
    assert kind.from_json({"id": 5, "summary_fields": None, "success_nodes": "x", "job": True}).id == 5
    with pytest.raises((KeyError, ValueError)):
        kind.from_json({})


def test_the_answers_reach_the_steps(tower, workflow):
    tower.decide(tower.approvals()[0], approve=True)

    assert tower.jobs[-1]["job_extra_vars"]["_vlan_id"] == ANSWERS["_vlan_id"]
