"""Tell Tower what a person decided, as carefully as a launch: written down first, never simply sent again.

An answer that was lost leaves the decision in doubt; then the approval is read, which tells whether it was taken. While
it still waits after the settling time, the decision was not taken and is sent once more: Tower acts on one only.
"""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog import connections
from catalog.controllers import secrets_of
from jobs import steps
from jobs.models import Decision
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected, Throttled, TowerError, Uncertain, Unreachable

log = logging.getLogger(__name__)
State = Decision.State
LOOK_AGAIN = timedelta(seconds=5)
A_MINUTE = timedelta(minutes=1)
ROLE_IS_MISSING = "The portal’s account may not decide this in Tower yet. It is sent once an operator has allowed it."
GONE = "Tower no longer has this approval."


def send(decision_id: int) -> None:
    """Take one step with a decision that is due: send it, look what became of it, or take it over."""
    rows = Decision.objects.due(timezone.now()).select_related("by", "step__job__controller")
    decision = rows.defer(*secrets_of("step__job__controller")).filter(pk=decision_id).first()
    if decision is None:
        return
    if decision.state == State.SENDING:
        _take_over(decision)
    elif decision.state == State.IN_DOUBT:
        _settle(decision)
    elif Decision.objects.claim(decision.pk, until=timezone.now() + _claim_time()):
        decision.refresh_from_db(fields=["state", "claimed_until", "attempt"])
        _send(decision)


def _claim_time() -> timedelta:
    return timedelta(seconds=8 * settings.TOWER_READ_TIMEOUT + 30)


def _take_over(decision: Decision) -> None:
    """Its worker died. If that one may have sent it, it is in doubt; if surely not, it is due again."""
    if (decision.attempt or {}).get("open"):
        _in_doubt(decision)
    else:
        _wait(decision, timedelta())


def _send(decision: Decision) -> None:
    controller = decision.step.job.controller
    if not controller.usable:
        _wait(decision, LOOK_AGAIN)
        return
    try:
        tower = connections.tower(controller)
        # A Tower that hangs shows it here, where nothing was sent; and one that needs no decision any more says so.
        settled = _look(decision, tower)
    except TowerError as error:
        _not_sent(decision, error)
        return
    if not settled and _open_attempt(decision):
        _post(decision, tower)


def _post(decision: Decision, tower: Tower) -> None:
    approval = decision.step.tower_id or 0
    try:
        tower.approve(approval) if decision.choice == Decision.Choice.APPROVE else tower.deny(approval)
    except (Rejected, Gone) as error:
        _refused(decision, tower, error)
    except (Denied, Throttled, Unreachable) as error:
        _not_sent(decision, error)
    except Uncertain as error:
        decision.step.job.controller.failed_us(str(error))
        _in_doubt(decision)
    except BaseException:
        _in_doubt(decision)
        raise
    else:
        _taken(decision, tower)


def _taken(decision: Decision, tower: Tower) -> None:
    """204: Tower took it. What it says of the approval now is read at once; else the follower reads it."""
    _move(decision, state=State.SENDING, attempts=F("attempts") + 1)
    try:
        if _look(decision, tower):
            return
    except TowerError as error:
        log.warning("What became of step %s is read later: %s", decision.step_id, error)
    _move(decision, state=State.TAKEN, claimed_until=None, explanation="")


def _refused(decision: Decision, tower: Tower, error: TowerError) -> None:
    """A 400: somebody was faster, or Tower does not have it any more. The approval itself tells."""
    _move(decision, attempt={**(decision.attempt or {}), "open": False})
    try:
        settled = _look(decision, tower)
    except TowerError as later:
        _not_sent(decision, later)
        return
    if not settled:
        log.warning("Tower does not take decision %s: %s", decision.pk, error)
        _wait(decision, A_MINUTE, "Tower did not take it, and says the step still waits. It is sent again.")


def _not_sent(decision: Decision, error: TowerError) -> None:
    """Tower has not acted on it: it is due again when that may be otherwise."""
    if isinstance(error, Denied) and error.status == 403:
        _wait(decision, A_MINUTE, ROLE_IS_MISSING)
        return
    if isinstance(error, Throttled):
        _wait(decision, timedelta(seconds=error.retry_after or 30))
        return
    decision.step.job.controller.failed_us(str(error))
    _wait(decision, LOOK_AGAIN)


def _settle(decision: Decision) -> None:
    """Act on what Tower shows of an approval whose answer was lost."""
    now = timezone.now()
    mine = Decision.objects.filter(pk=decision.pk, state=State.IN_DOUBT, due_at__lte=now)
    if mine.update(due_at=now + timedelta(seconds=6 * settings.TOWER_READ_TIMEOUT)) != 1:
        return
    attempt = dict(decision.attempt or {})
    try:
        tower = connections.tower(decision.step.job.controller)
        same = tower.identify().install_uuid == attempt.get("install")
        if same and _look(decision, tower):
            return
    except TowerError as error:
        log.warning("What became of decision %s is not known yet: %s", decision.pk, error)
        same = False
    # The time it has been seen waiting counts only while this very Tower answers throughout.
    attempt["waits_since"] = (attempt.get("waits_since") or now.isoformat()) if same else None
    since = parse_datetime(attempt["waits_since"] or "") if same else None
    if since and (now - since).total_seconds() >= settings.TOWER_SETTLE_SECONDS:
        _move(decision, state=State.DUE, due_at=now, attempt=None)
    else:
        _move(decision, attempt=attempt, due_at=now + LOOK_AGAIN)


def _look(decision: Decision, tower: Tower) -> bool:
    """Read the approval; True if it has ended, or is gone, and the decision with it. Raises TowerError."""
    try:
        return steps.settle(decision.step, tower.approval(decision.step.tower_id or 0))
    except Gone:
        _move(decision, state=State.VOID, explanation=GONE, claimed_until=None)
        return True


def _open_attempt(decision: Decision) -> bool:
    """Write down that it goes out now. False if the claim is no longer ours."""
    if decision.claimed_until is None or decision.claimed_until <= timezone.now():
        return False
    now = timezone.now().isoformat()
    attempt = {"open": True, "at": now, "install": decision.step.job.controller.install_uuid}
    return _move(decision, attempt=attempt)


def _in_doubt(decision: Decision) -> None:
    now = timezone.now()
    _move(decision, state=State.IN_DOUBT, attempts=F("attempts") + 1, due_at=now, claimed_until=None)


def _wait(decision: Decision, time: timedelta, why: str = "") -> None:
    """Nothing is under way: it is due again after a while."""
    due = timezone.now() + time
    _move(decision, state=State.DUE, due_at=due, claimed_until=None, attempt=None, explanation=why)


def _move(decision: Decision, **changes: Any) -> bool:
    """Change the row if it is still as we know it, and let the page know."""
    rows = Decision.objects.filter(pk=decision.pk, state=decision.state, claimed_until=decision.claimed_until)
    with transaction.atomic():
        if rows.update(**changes) != 1:
            return False
        decision.refresh_from_db(fields=["state", "claimed_until", "attempt", "attempts", "due_at", "explanation"])
        steps.publish(decision.step.job)
    return True
