"""What people do with an order that exists: stop it, withdraw it, run it again.

Each is one short transaction that never calls Tower; what Tower has to be asked is written down in the row, and the
workers do it (`jobs.stopping`, `jobs.launch`). Asking twice is asking once.
"""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from jobs import secrets, tasks, versions
from jobs.models import IN_TOWER, Job, Status, TimelineEntry
from portal.encryption import fingerprint

Kind = TimelineEntry.Kind


def stop(job: Job, *, by: User) -> bool:
    """Somebody wants it stopped. False if it is not in Tower, or not any more; True if it was asked for before."""
    now = timezone.now()
    with transaction.atomic():
        wanted = Job.objects.in_tower().filter(pk=job.pk, stop_wanted_at=None)
        first = wanted.update(stop_wanted_at=now, stop_wanted_by=by, stop_due_at=now, changed_at=now) == 1
        if first:
            job.note(Kind.STOP_WANTED)
            versions.raise_version()
            transaction.on_commit(lambda: tasks.nudge_stop(job.pk))
    job.refresh_from_db(fields=["status", "stop_wanted_at", "stop_wanted_by"])
    return first or (job.status in IN_TOWER and job.stop_wanted_at is not None)


def withdraw(job: Job) -> bool:
    """Take back an order that was not sent. False if a worker was faster; True if it was withdrawn before.

    It changes the row only while it is queued, and a worker's claim does the same: the database lets one of them win.
    """
    now = timezone.now()
    with transaction.atomic():
        queued = Job.objects.filter(pk=job.pk, status=Status.QUEUED)
        gone = {"status": Status.WITHDRAWN, "finished_at": now, "changed_at": now, "output_complete": True}
        first = queued.update(**gone, explanation="") == 1
        if first:
            secrets.forget(job)
            job.note(Kind.WITHDRAWN)
            versions.raise_version()
    job.refresh_from_db(fields=["status"])
    return job.status == Status.WITHDRAWN


def relaunch(job: Job, *, by: User, hosts: str, form_key: UUID) -> Job:
    """Order that Tower runs `job` again, on "all" or the "failed" hosts. The same form sent twice is one order."""
    try:
        with transaction.atomic():
            return _insert(job, by, hosts, form_key)
    except IntegrityError:
        return Job.objects.get(ordered_by=by, form_key=form_key)


def _insert(job: Job, by: User, hosts: str, form_key: UUID) -> Job:
    again = Job.objects.create(
        tile_id=job.tile_id,
        template_id=job.template_id,
        controller_id=job.controller_id,
        ordered_by=by,
        form_key=form_key,
        # The same for all relaunches of a template: while one is in doubt, the others wait.
        fingerprint=fingerprint(f"relaunch of template {job.template_id}"),
        subject=job.subject,
        answers=job.answers,
        extra_vars=job.extra_vars,
        prompts=job.prompts,
        relaunch_of=job,
        relaunch_hosts=hosts,
    )
    where = "on the devices that failed" if hosts == "failed" else "on all devices"
    again.note(Kind.ORDERED, f"Runs the order of {date_format(localtime(job.placed_at), 'j F Y')} again, {where}")
    job.note(Kind.RELAUNCHED, f"By {by.first_name or by.get_username()}, {where}")
    Job.objects.filter(pk=job.pk).update(changed_at=timezone.now())
    versions.raise_version()
    transaction.on_commit(lambda: tasks.nudge(again.pk))
    return again
