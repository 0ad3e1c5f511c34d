"""An order's timeline: what has happened, and what is still to come."""

from jobs import wording
from jobs.chips import Step
from jobs.models import IN_TOWER, Job, SignOff, Status, TimelineEntry
from portal.templatetags.look import duration

Kind = TimelineEntry.Kind

TITLES = {
    Kind.WAITING: ("Waiting for Tower to answer", "done"),
    Kind.SENT: ("Sent to Tower", "done"),
    Kind.IN_DOUBT: ("Tower’s answer was lost", "doubt"),
    Kind.ADOPTED: ("Found in Tower", "done"),
    Kind.STARTED: ("Started", "done"),
    Kind.SUCCESSFUL: ("Done", "done"),
    Kind.FAILED: ("Stopped with an error", "fail"),
    Kind.ERROR: ("Could not be started", "fail"),
    Kind.CANCELED: ("Stopped in Tower", "stopped"),
    Kind.REFUSED: ("Not accepted by Tower", "fail"),
    Kind.LOST: ("No longer in Tower", "doubt"),
    Kind.RELAUNCHED: ("Run again", "done"),
}
# These name people: their title is the first line of the entry's text, the note the rest.
SIGNED = {Kind.ASKED: "sign", Kind.APPROVED: "done", Kind.DENIED: "stopped", Kind.TOO_LATE: "stopped"}


def steps(job: Job) -> list[Step]:
    entries = list(job.timeline.all())
    taken = any(entry.kind in {Kind.SENT, Kind.ADOPTED} for entry in entries)
    return [_past(job, entry) for entry in entries] + _present_and_future(job, taken=taken)


def _past(job: Job, entry: TimelineEntry) -> Step:
    if entry.kind in SIGNED:
        title, _, note = entry.text.partition("\n")
        return Step(title, SIGNED[Kind(entry.kind)], entry.at, note)
    told = {
        Kind.ORDERED: (f"Ordered by {wording.person(job.ordered_by)}", "done"),
        Kind.STOP_WANTED: (f"{wording.stopper(job)} asked to stop it", "stopped"),
        Kind.WITHDRAWN: (f"Withdrawn by {wording.person(job.ordered_by)}", "stopped"),
    }
    if entry.kind == Kind.CANCELED and job.stop_sent_at:
        title, state = f"Stopped by {wording.stopper(job)}", "stopped"
    elif entry.kind in told:
        title, state = told[Kind(entry.kind)]
    else:
        title, state = TITLES[Kind(entry.kind)]
    if entry.kind in {Kind.SUCCESSFUL, Kind.FAILED} and job.sign_off:
        title, state = "Ended", "stopped"
    return Step(title, state, entry.at, entry.text)


def _present_and_future(job: Job, *, taken: bool) -> list[Step]:
    """What it waits for now. `taken`: Tower has it, even if the row was read a moment before."""
    if not job.is_active:
        return []
    if job.is_stopping:
        return [Step("Stopping…", "now", note=job.stop_trouble)]
    if job.status == Status.IN_DOUBT:
        now = [Step("Looking for it in Tower", "now")]
    elif job.status == Status.RUNNING and job.sign_off == SignOff.WAITING:
        now = [Step("Waiting for a decision", "now")]
    elif taken or job.status in IN_TOWER:
        now = [Step("Being built" if job.status == Status.RUNNING else "Waiting for a free slot", "now")]
    elif not job.controller.usable:
        now = [Step("Sent to Tower", "todo", note="As soon as it can be")]
    else:
        now = [Step("Being sent to Tower", "now")]
    usual = job.tile.usual_seconds
    return [*now, Step("Done", "todo", note=f"Usually {duration(usual)}" if usual else "")]
