"""Celery's doors to the catalog."""

from celery import shared_task

from catalog import sync
from catalog.models import Controller


@shared_task
def sync_all() -> None:
    """Nudge a sync of each Tower. Run twice, it nudges twice, and `sync_controller` copes."""
    for pk in Controller.objects.filter(paused=False).values_list("pk", flat=True):
        sync_controller.delay(pk)


@shared_task
def sync_controller(controller_id: int) -> None:
    """Mirror one Tower's templates. May run twice, even at once: a lease in the row lets one of them through."""
    for controller in Controller.objects.without_secrets().filter(pk=controller_id):
        sync.sync(controller)
