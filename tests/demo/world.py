"""The recordings' world, made again: its templates, and its jobs in the state in which they were recorded."""

from pathlib import Path
from typing import Any

from demo.tower import approvals, making, playing, workflows
from demo.tower.harness import TowerHarness
from demo.tower.ledger import Job
from tests.demo import circumstances

RECORDED = Path(__file__).parents[1] / "recorded"
L2 = {
    "_customer_id": "K12345", "_epg_name": "web", "_vrf_name": "default", "_bd_name": "", "_epg_fw": "true",
    "_epg_esx": "false", "_epg_baremetal": "false", "_tenant_shortname": "acme", "_vlan_id": 120,
}  # fmt: skip
DEFAULTED = ("_vrf_name", "_bd_name")  # answers that came from the survey, not from whoever launched
EVERY = {
    "t_opt": "hello", "ta_req": "some\ntext", "ta_opt": "line 1\nline 2", "pw_def": "$encrypted$", "i_opt": 7,
    "f_opt": 1.5, "mc_nl": "two", "t_req": "abc", "pw_req": "$encrypted$", "i_req": 5, "f_req": 1.25, "mc_req": "red",
    "ms_req": ["a", "b"],
}  # fmt: skip
ONBOARDING = {"_customer_id": "K1", "_epg_name": "web", "_tenant_shortname": "acme", "_vlan_id": 33}
# id: the workflow job that it waits in, how it ended
APPROVALS = {49: (47, "successful"), 52: (51, "failed"), 68: (67, "canceled")}
BOTH = ["leaf-101", "leaf-102"]

# id: template, who launched it, state, variables
JOBS: dict[int, tuple[int, str, str, dict[str, Any]]] = {
    1: (9, "portal-svc", "successful", L2),
    12: (10, "portal-svc", "successful", EVERY),
    29: (17, "portal-svc", "successful", {}),
    36: (9, "portal-svc", "successful", L2),
    37: (9, "portal-svc", "successful", L2),
    38: (20, "portal-svc", "failed", {}),
    40: (21, "portal-svc", "canceled", {"steps": 60}),
    41: (21, "admin", "running", {"steps": 60}),
    42: (24, "admin", "successful", {}),
    45: (25, "portal-svc", "canceled", ONBOARDING),
    47: (25, "portal-svc", "successful", ONBOARDING),
    51: (25, "portal-svc", "successful", ONBOARDING),
    59: (14, "admin", "successful", {}),
    61: (14, "portal-svc", "canceled", {}),
    62: (14, "portal-svc", "successful", {}),
    63: (30, "admin", "error", {}),
    64: (31, "portal-svc", "successful", {}),
    67: (25, "portal-svc", "canceled", ONBOARDING),
    76: (9, "portal-svc", "canceled", L2),
    77: (14, "portal-svc", "successful", {}),
    78: (20, "portal-svc", "failed", {}),
    79: (9, "portal-svc", "successful", L2),
}


def build(tower: TowerHarness, given: dict[str, str]) -> None:
    """Fill the ledger; `given` says what was in another state than the usual one when the exchange was recorded."""
    tower.reset(RECORDED / "world.yml")
    ledger = tower.tower.ledger
    for pk, (template, who, state, variables) in ({} if given.get("jobs") == "none" else JOBS).items():
        ledger._last = pk - 1
        job = _create(tower, template, who, variables)
        _bring(tower, job, given.get(str(pk), state))
    if given.get("jobs") != "none":
        _approvals(tower, given)
    ledger._last = 100
    tower.tower.accounts.issue(tower.tower.accounts.named("portal-svc"), scope="read")
    if "template 31" not in given:
        tower.remove_template(31)
    circumstances.arrange(tower, given)


def _create(tower: TowerHarness, template_id: int, who: str, variables: dict[str, Any]) -> Job:
    template = tower.tower.world.templates[template_id]
    fields = making.job_fields(template, {}) | {"created_by": tower.tower.accounts.named(who).id}
    kind = "workflow_job" if template.is_workflow else "job"
    nodes = workflows.plan(tower.tower, template) if template.is_workflow else []
    fields |= {"credentials": list(template.credentials), "nodes": nodes, "extra_vars": variables}
    fields["prompts"] = {"extra_vars": {name: value for name, value in variables.items() if name not in DEFAULTED}}
    return tower.tower.ledger.create(kind, {}, **fields)


def _approvals(tower: TowerHarness, given: dict[str, str]) -> None:
    """The approvals of the workflows, decided by the service account unless `given` lets one wait."""
    ledger, demo = tower.tower.ledger, tower.tower
    for pk, (workflow, state) in APPROVALS.items():
        parent = ledger.jobs[workflow]
        ledger._last = pk - 1
        approval = workflows._ask(demo, parent, parent.nodes[0])
        parent.nodes[0]["job"] = pk
        state = given.get(str(pk), state)
        if state == "canceled":
            ledger.request_cancel(approval)
        elif state != "waiting":
            approvals.decide(demo, approval, approve=state == "successful", by=parent.created_by or 0)


def _bring(tower: TowerHarness, job: Job, state: str) -> None:
    """Through the usual steps to a state. A workflow's jobs are left out: they have no id in this world."""
    ledger = tower.tower.ledger
    if state == "deleted":
        ledger.delete(job)
    if state == "canceled" and job.id != 40:
        ledger.request_cancel(job)
    if state in ("pending", "deleted") or job.ended:
        return
    if job.type == "job":
        ledger.assign(job)
    ledger.start(job)
    if job.type == "job":
        _play(tower, job, state)
    if state in ("stopping", "canceled"):
        ledger.request_cancel(job)
    if state in ("successful", "failed", "error", "canceled"):
        ledger.finish(job, state, **_facts(job, state))


def _play(tower: TowerHarness, job: Job, state: str) -> None:
    if job.id == 62:
        playing.write(tower.tower, job, "x" * 1_502_476)
        return
    if state == "error":
        return
    playing.write(tower.tower, job, "\nPLAY [all] ***\n\nTASK [Show what was asked for] ***\n\n\n\n")
    for host in BOTH:
        kind = "runner_on_failed" if state == "failed" else "runner_on_ok"
        data = {"host": host, "task": "VLAN is already in use"}
        event = playing.event(kind, f"{host}: told", event_data=data, host_name=host, failed=state == "failed")
        tower.tower.ledger.add_event(job, event)


def _facts(job: Job, state: str) -> dict[str, Any]:
    if job.type == "workflow_job" or state in ("error", "canceled"):
        return {}
    if job.id == 64:
        return {"host_status_counts": {}}  # it ran on an inventory without hosts
    counts = {"failures": 1} if state == "failed" else {"ok": 2, "changed": 1}
    hosts = [playing.host_summary(job, {"name": name, **counts}) for name in BOTH]
    artifacts = {"epg": "web"} if job.template == 9 and state == "successful" else {}
    return {"hosts": hosts, "host_status_counts": playing.bucket_counts(hosts), "artifacts": artifacts}
