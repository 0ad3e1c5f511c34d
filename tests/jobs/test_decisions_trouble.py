"""A decision reaches Tower once, whatever becomes of its answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Controller
from jobs import decide, decisions, stepwords, tasks
from jobs.models import Decision, Status

from .signing import answered, fresh, play, titles, waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]
State = Decision.State
A_WHILE = timedelta(seconds=10)


@pytest.fixture
def job(signed_tile, place, tower, work):
    """An order in which an approval waits."""
    return play(place(of=signed_tile, **answered()), tower, work)


@pytest.fixture
def made(job, carol):
    """Carol has approved it, and no worker has taken it yet."""
    return decisions.make(waiting(job), by=carol, choice=Decision.Choice.APPROVE).decision


def posts(tower):
    return [path for method, path in tower.requests if method == "POST" and "/approve/" in path]


def fault(tower, kind, **options):
    tower.fault(kind, on=f"/workflow_approvals/{tower.approvals()[0]}/approve/", **options)


def now(decision):
    decision.refresh_from_db()
    return decision.state


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "unreadable"])
def test_a_lost_answer_to_a_decision_that_was_taken_is_not_sent_again(kind, job, made, tower, work):
    fault(tower, kind)
    decide.send(made.pk)
    work(3, later=A_WHILE)

    assert now(made) == State.TAKEN
    assert len(posts(tower)) == 1
    assert titles(job)[-1] == ("Approved by Carol", "Change board approval")


@pytest.mark.parametrize("kind", ["error_before", "drop_before", "bad_gateway"])
def test_a_decision_that_never_arrived_is_in_doubt_and_sent_once_more_later(kind, job, made, tower, work, settings):
    settings.TOWER_SETTLE_SECONDS = 60
    fault(tower, kind)
    decide.send(made.pk)
    assert now(made) == State.IN_DOUBT
    Controller.objects.update(trouble="")
    work(2, later=A_WHILE)
    assert now(made) == State.IN_DOUBT
    assert len(posts(tower)) == 1
    shown = next(one for one in stepwords.shown(fresh(job), decides=True) if one.step.is_approval)
    assert (shown.word, shown.state, shown.may_be_decided) == ("Approved by Carol", "doubt", False)

    settings.TOWER_SETTLE_SECONDS = 0
    work(4, later=A_WHILE)

    assert now(made) == State.TAKEN
    assert len(posts(tower)) == 2


def test_a_decision_sent_again_that_tower_had_taken_late_is_still_ours(job, made, tower, carol):
    made.attempts = 1
    made.save()
    tower.decide(tower.approvals()[0], approve=True, by="portal-svc")

    decide.send(made.pk)

    assert now(made) == State.TAKEN
    assert waiting(job).decided_by == "Carol"


def test_while_tower_is_away_a_decision_waits(job, made, tower, work):
    tower.down()
    decide.send(made.pk)
    assert now(made) == State.DUE

    tower.up()
    Controller.objects.update(trouble="")
    work(2, later=A_WHILE)
    assert now(made) == State.TAKEN
    assert len(posts(tower)) == 1


def test_without_the_role_in_tower_it_waits_and_says_so(job, made, tower, work):
    tower.tower.accounts.named("portal-svc").approve = set()
    decide.send(made.pk)

    assert now(made) == State.DUE
    assert "may not decide this in Tower yet" in made.explanation
    shown = next(one for one in stepwords.shown(fresh(job), decides=True) if one.step.is_approval)
    assert shown.line == made.explanation
    assert not Controller.objects.get().trouble

    tower.tower.accounts.named("portal-svc").approve = None
    work(1, later=A_WHILE)
    assert now(made) == State.TAKEN


def test_throttled_it_waits_as_long_as_tower_wants(job, made, tower):
    fault(tower, "throttle", retry_after=20)
    decide.send(made.pk)

    assert now(made) == State.DUE
    assert made.due_at > timezone.now() + timedelta(seconds=10)


def test_a_worker_that_died_before_sending_leaves_it_due(job, made, tower):
    late = timezone.now() - timedelta(seconds=1)
    Decision.objects.update(state=State.SENDING, claimed_until=late)
    decide.send(made.pk)
    assert now(made) == State.DUE

    decide.send(made.pk)
    assert now(made) == State.TAKEN


def test_a_worker_that_died_while_sending_leaves_it_in_doubt(job, made, tower, work):
    late = timezone.now() - timedelta(seconds=1)
    attempt = {"open": True, "install": Controller.objects.get().install_uuid}
    Decision.objects.update(state=State.SENDING, claimed_until=late, attempt=attempt)
    tower.decide(tower.approvals()[0], approve=True, by="portal-svc")

    decide.send(made.pk)
    assert now(made) == State.IN_DOUBT
    decide.send(made.pk)
    assert now(made) == State.TAKEN


def test_in_doubt_another_tower_behind_the_address_tells_nothing(job, made, tower, work):
    fault(tower, "error_before")
    decide.send(made.pk)
    tower.tower.store.remember("install_uuid", "another")
    Controller.objects.update(trouble="")

    work(3, later=A_WHILE)

    assert now(made) == State.IN_DOUBT
    assert len(posts(tower)) == 1


def test_a_workflow_that_was_stopped_needs_no_decision_any_more(job, made, tower, work):
    ledger = tower.tower.ledger
    workflow = ledger.jobs[job.tower_id]
    ledger.request_cancel(workflow)
    ledger.request_cancel(ledger.jobs[tower.approvals()[0]])
    work(4, later=A_WHILE)

    assert now(made) == State.VOID
    assert fresh(job).status == Status.CANCELED
    assert not posts(tower)
    assert titles(job)[-1] == ("Carol’s decision came too late", "Stopped before anybody decided")


def test_an_approval_that_is_gone_makes_the_decision_void(job, made, tower):
    tower.delete_job(tower.approvals()[0])

    decide.send(made.pk)

    assert now(made) == State.VOID
    assert made.explanation == "Tower no longer has this approval."


def test_the_sweep_finds_a_decision_whose_nudge_was_lost(job, made, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.send_decision, "apply_async", lambda args, **_: sent.append(args[0]))
    tasks.launch_due()

    assert sent == [made.pk]
