"""Follow the jobs in Tower: per controller and tick one request for up to 200 of them.

Most ticks ask only for what changed since the last one, by Tower's own clock; once a minute all are read, because some
changes cannot be asked for: a job that was deleted, or that our account may no longer see.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from catalog import connections
from catalog.models import Controller
from jobs import output, states, stepoutput, steps, workflows
from jobs.models import Job, Status
from portal.tower.client import Tower
from portal.tower.errors import Denied, Gone, Rejected, TowerError
from portal.tower.records import Changes, JobRecord

log = logging.getLogger(__name__)

BATCH = 200  # Tower's largest page
OVERLAP = timedelta(seconds=5)  # the Date header has no fractions, and a change may commit a moment late
SWEEP_EVERY = timedelta(minutes=1)
PING_EVERY = timedelta(seconds=30)
NO_LONGER_THERE = "Tower no longer has this job, so how it ended cannot be told. Ask the person who looks after it."
NO_LONGER_SHOWN = "Tower no longer shows this job to the portal's account. Still checking."


def follow(controller_id: int) -> None:
    """One tick for one controller; does nothing while another worker's tick for it is under way."""
    controller = _lease(controller_id)
    if controller is None:
        return
    try:
        _tick(controller)
    except TowerError as error:
        controller.failed_us(str(error))
        log.warning("%s: %s", controller, error)
    finally:
        Controller.objects.filter(pk=controller_id).update(follow_lease_until=None)


def _lease(controller_id: int) -> Controller | None:
    now = timezone.now()
    until = now + timedelta(seconds=8 * settings.TOWER_READ_TIMEOUT)
    free = Q(follow_lease_until__isnull=True) | Q(follow_lease_until__lt=now)
    leased = Controller.objects.filter(free, pk=controller_id).update(follow_lease_until=until)
    return Controller.objects.without_secrets().get(pk=controller_id) if leased else None


def _tick(controller: Controller) -> None:
    active = Job.objects.in_tower().filter(controller=controller).order_by("tower_id")
    ids = list(active.values_list("tower_id", flat=True))
    if ids:
        swept = _read_changes(controller, sorted([*ids, *workflows.running_ids(controller)], key=lambda id_: id_ or 0))
        workflows.follow(controller, all_of_them=swept)
        output.follow_watched(controller)
        stepoutput.follow_watched(controller)
    elif controller.trouble or _long_ago(controller.last_answer_at, PING_EVERY):
        connections.tower(controller).me()
        _all_is_well(controller)


def _read_changes(controller: Controller, ids: Sequence[int | None]) -> bool:
    """True if all were read, not only what changed."""
    tower = connections.tower(controller)
    sweep = controller.followed_until is None or _long_ago(controller.swept_at, SWEEP_EVERY)
    since = None if sweep or controller.followed_until is None else controller.followed_until - OVERLAP
    asked: list[datetime] = []
    for batch in _batches([id_ for id_ in ids if id_]):
        changes = _changes(tower, batch, since)
        asked.append(changes.as_of)
        _observe(controller, changes.jobs)
        if sweep:
            _probe(controller, tower, set(batch) - {record.id for record in changes.jobs})
    _all_is_well(controller)
    done = {"followed_until": min(asked)} | ({"swept_at": timezone.now()} if sweep else {})
    Controller.objects.filter(pk=controller.pk).update(**done)
    return sweep


def _changes(tower: Tower, ids: Sequence[int], since: datetime | None) -> Changes:
    """What changed; all of them from an older Tower, which has no `canceled_on` to ask by."""
    try:
        return tower.changes(ids, since)
    except Rejected:
        if since is None:
            raise
        return tower.changes(ids, None)


def _observe(controller: Controller, records: Sequence[JobRecord]) -> None:
    by_id = {record.id: record for record in records}
    for job in Job.objects.in_tower().filter(controller=controller, tower_id__in=by_id):
        states.observe(job, by_id[job.tower_id or 0])
    steps.observe(controller, records)


def _all_is_well(controller: Controller) -> None:
    """Tower answered: what waited for it is due now."""
    if controller.trouble:
        Job.objects.filter(controller=controller, status=Status.QUEUED).update(due_at=timezone.now())
    controller.answered()


def _probe(controller: Controller, tower: Tower, missing: Iterable[int]) -> None:
    """A list leaves out, without a word, what was deleted and what we may not see; each is told as what it is."""
    for job in Job.objects.in_tower().filter(controller=controller, tower_id__in=missing):
        try:
            states.observe(job, tower.job(tower.job_url(job.tower_type, job.tower_id or 0)))
        except Gone:
            states.lost(job, NO_LONGER_THERE)
        except Denied as error:
            if error.status == 401:
                raise
            if job.explanation != NO_LONGER_SHOWN:
                states.move(job, explanation=NO_LONGER_SHOWN)


def _long_ago(moment: datetime | None, span: timedelta) -> bool:
    return moment is None or timezone.now() - moment > span


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
