"""What earlier jobs of a tile teach: how long it usually takes."""

from statistics import median

from catalog.models import Tile
from jobs.models import Job, Status
from jobs.models.workflow import APPROVAL

LATEST = 20


def learn(job: Job) -> None:
    """After a job has ended: note on its tile how long the latest successful ones took (median, seconds).

    Not of a workflow that waited for a person: how long that takes cannot be told.
    """
    if job.status != Status.SUCCESSFUL or job.steps.filter(kind=APPROVAL).exists():
        return
    took = Job.objects.filter(tile_id=job.tile_id, status=Status.SUCCESSFUL, elapsed__isnull=False)
    took = took.exclude(relaunch_hosts="failed")  # on some of the devices only
    latest = [seconds or 0.0 for seconds in took.order_by("-pk").values_list("elapsed", flat=True)[:LATEST]]
    if latest:
        Tile.objects.filter(pk=job.tile_id).update(usual_seconds=median(latest))
