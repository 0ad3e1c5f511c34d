"""A job in plain words: words before codes, and nothing claimed that is not known."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import prefetch_related_objects
from django.utils import timezone

from catalog.models import Controller
from jobs import signing
from jobs.chips import Chip, Failure, Verdict
from jobs.models import Job, SignOff, Status
from portal.templatetags.look import duration

ACRONYMS = frozenset({"acl", "apn", "asn", "bgp", "dns", "epg", "id", "ip", "mac", "ssid", "url", "vlan", "vpn", "vrf"})
TOO_LATE = "It ended before it could be stopped"
MOST_FACTS = 6
LONGEST_LINE = 110

CHIPS = {
    Status.QUEUED: Chip("Being sent", "wait"),
    Status.LAUNCHING: Chip("Being sent", "wait"),
    Status.IN_DOUBT: Chip("Checking with Tower", "doubt", "No answer yet. Please don’t order it again"),
    Status.REFUSED: Chip("Not accepted", "fail", "Nothing was started"),
    Status.PENDING: Chip("Waiting for a free slot", "wait"),
    Status.WAITING: Chip("Waiting for a free slot", "wait"),
    Status.RUNNING: Chip("Being built", "run"),
    Status.SUCCESSFUL: Chip("Done", "done"),
    Status.FAILED: Chip("Not done", "fail"),
    Status.ERROR: Chip("Could not be started", "fail"),
    Status.CANCELED: Chip("Stopped", "stopped", "It was stopped in Tower"),
    Status.LOST: Chip("Outcome unknown", "doubt", "Tower no longer has this job"),
    Status.WITHDRAWN: Chip("Withdrawn", "stopped", "Nothing was sent"),
}


def present(jobs: Iterable[Job]) -> list[Job]:
    """The jobs with all that a row shows: `chip`, `usual`, `ran`, `progress`, `team`."""
    shown = list(jobs)
    prefetch_related_objects(shown, "ordered_by__groups")
    prefetch_related_objects([job for job in shown if job.sign_off], "tile__approvers")
    for job in shown:
        # How long people take to decide cannot be told.
        job.usual = None if job.sign_off else job.tile.usual_seconds
        job.progress = progress(job)
        job.ran = _running_for(job)
        job.chip = chip(job)
        job.team = next((group.name for group in job.ordered_by.groups.all()), "")
    return shown


def chip(job: Job) -> Chip:
    status = Status(job.status)
    known = CHIPS[status]
    if status in {Status.QUEUED, Status.LAUNCHING} and not job.controller.usable:
        return Chip("Waiting for Tower", "wait", f"{waits_for_tower(job.controller)}. Your order is safe")
    if job.is_stopping:
        return Chip("Stopping…", "wait", job.stop_trouble or "Until Tower has stopped it, it can still end otherwise")
    if status == Status.WITHDRAWN:
        return Chip(f"Withdrawn by {person(job.ordered_by)}", known.state, known.line)
    if status == Status.CANCELED and job.stop_sent_at:
        return Chip(f"Stopped by {stopper(job)}", known.state, _line(job, status))
    if job.sign_off and (signed := _signed(job, status)):
        return signed
    line = _line(job, status)
    return Chip(known.word, known.state, line) if line else known


def _signed(job: Job, status: Status) -> Chip | None:
    """A workflow in which an approval waits, or was not given; None if another ending weighs more."""
    if job.sign_off == SignOff.WAITING:
        return _asks(job) if status == Status.RUNNING else None
    if status == Status.RUNNING:
        return Chip(not_given(job), "run", "What follows then is running")
    if status in {Status.SUCCESSFUL, Status.FAILED}:
        return Chip(not_given(job), "stopped", "What depended on it was not built")
    return None


def _asks(job: Job) -> Chip:
    deciders = [group.name for group in job.tile.approvers.all()]
    if not deciders:
        return Chip("Needs a decision in Tower", "sign", "It goes on when somebody has decided there")
    return Chip("Needs a decision", "sign", f"{' or '.join(deciders)} can decide")


def not_given(job: Job) -> str:
    """How an approval that was not given ended."""
    return signing.IN_TIME if job.sign_off == SignOff.TIMED_OUT else signing.denied_by(job.signed_by)


def person(user: User) -> str:
    return user.first_name or user.get_username()


def stopper(job: Job) -> str:
    """Who asked for it to be stopped here."""
    return person(job.stop_wanted_by) if job.stop_wanted_by else "Somebody"


def waits_for_tower(controller: Controller) -> str:
    """Why nothing is sent to Tower now, for people who order; empty if it is."""
    if controller.paused:
        return "Building is paused for a while"
    return "Tower does not answer right now" if controller.trouble else ""


def _line(job: Job, status: Status) -> str:
    if status == Status.RUNNING:
        return time_left(job)
    if status == Status.CANCELED:
        return "Before anything changed" if _stopped_in_time(job) else ""
    if job.stop_wanted_at and status in {Status.SUCCESSFUL, Status.FAILED, Status.ERROR}:
        return TOO_LATE
    if status == Status.SUCCESSFUL and job.elapsed is not None:
        return f"Took {duration(job.elapsed)}"
    if status == Status.FAILED:
        return "Nothing changed" if anything_changed(job) is False else ""
    if status in {Status.QUEUED, Status.REFUSED, Status.PENDING, Status.WAITING} and job.explanation:
        return _shortened(job.explanation)
    return ""


def _shortened(text: str) -> str:
    first = text.strip().splitlines()[0]
    return first if len(first) <= LONGEST_LINE else first[: LONGEST_LINE - 1].rstrip() + "…"


def _running_for(job: Job) -> float:
    return (timezone.now() - job.started_at).total_seconds() if job.started_at else 0.0


def progress(job: Job) -> int | None:
    """Percent of the usual time, never 100; None without history, or when it takes longer than usual."""
    usual = job.tile.usual_seconds
    if job.status != Status.RUNNING or job.sign_off or not usual or _running_for(job) > usual:
        return None
    return max(1, min(99, int(100 * _running_for(job) / usual)))


def time_left(job: Job) -> str:
    usual = job.tile.usual_seconds
    if not usual:
        return ""
    left = usual - _running_for(job)
    return f"About {duration(max(1, left))} left" if left > 0 else "Longer than usual"


def anything_changed(job: Job) -> bool | None:
    """Whether any device was changed, by Tower's per-host summaries; None when there are none."""
    return any(host["changed"] for host in job.hosts) if job.hosts else None


def _stopped_in_time(job: Job) -> bool:
    """Whether it is known that nothing was changed before it was stopped."""
    return job.started_at is None or anything_changed(job) is False


def verdict(job: Job) -> Verdict | None:
    """How it ended; None while it has not."""
    if job.is_active:
        return None
    status = Status(job.status)
    tile = job.tile
    if job.sign_off in {SignOff.DENIED, SignOff.TIMED_OUT} and status in {Status.SUCCESSFUL, Status.FAILED}:
        return Verdict(not_given(job), "What depended on it was not built.", "stopped")
    late = f" {TOO_LATE}." if job.stop_wanted_at else ""
    if status == Status.SUCCESSFUL:
        line = f"Built in {duration(job.elapsed)}." if job.elapsed is not None else ""
        return Verdict(tile.when_done or "It is done", f"{line}{late}".strip(), "done")
    if status == Status.FAILED:
        line = f"It stopped {duration(job.elapsed)} after the start." if job.elapsed else ""
        return Verdict(tile.when_failed or "It was not done", f"{line}{late}".strip(), "fail")
    if status == Status.ERROR:
        return Verdict("It could not be started", f"Tower could not run it.{late}", "fail")
    if status == Status.REFUSED:
        return Verdict("Tower did not accept it", "Nothing was started, and nothing was changed.", "fail")
    if status == Status.CANCELED:
        return _stopped(job)
    if status == Status.WITHDRAWN:
        return Verdict(f"Withdrawn by {person(job.ordered_by)}", "Nothing was sent.", "stopped")
    return Verdict("How it ended is not known", job.explanation, "doubt")


def _stopped(job: Job) -> Verdict:
    title = f"Stopped by {stopper(job)}" if job.stop_sent_at else "It was stopped"
    who = "" if job.stop_sent_at else "Somebody stopped it in Tower. "
    changed = False if _stopped_in_time(job) else anything_changed(job)
    told = _changed(job, changed).removeprefix("No. ").removeprefix("Yes, ")
    return Verdict(title, f"{who}{told[:1].upper()}{told[1:]}", "stopped")


def failure(job: Job) -> Failure | None:
    """For the failure card; None unless it was not done."""
    if job.status not in {Status.FAILED, Status.ERROR, Status.REFUSED} or job.sign_off:
        return None
    changed = False if job.status == Status.REFUSED else anything_changed(job)
    return Failure(
        wrong=job.explanation or "Tower gave no reason. The output under Details tells engineers more.",
        changed=_changed(job, changed),
        anything_changed=changed,
    )


def _changed(job: Job, changed: bool | None) -> str:
    if changed is None:
        return "We cannot tell whether anything was changed."
    if not changed:
        return "No. Nothing was changed."
    names = [host["name"] for host in job.hosts if host["changed"]]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"Yes, something was changed on {', '.join(names[:4])}{more}."


def facts(artifacts: dict[str, Any]) -> list[tuple[str, str]]:
    """The result facts that a playbook set, for the result card: at most six, plain values only."""
    plain = [(label(key), _value(value)) for key, value in artifacts.items() if isinstance(value, str | int | float)]
    return [(name, value) for name, value in plain if value][:MOST_FACTS]


def _value(value: str | float) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value).strip()


def label(name: str) -> str:
    """A variable's name as words: `_vlan_id` becomes "VLAN ID"."""
    words = [word.upper() if word in ACRONYMS else word for word in name.strip("_").lower().split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
