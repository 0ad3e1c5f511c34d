"""Is the portal alive? GET /healthz answers in JSON, within seconds, whatever else is down.

Anyone learns whether the portal can serve pages: `{"alive": true}`, or false with status 503. Operators also learn how
the database, the broker, beat and each controller fare. Tower is never asked: what is told is how it last answered.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import Controller
from portal.celery import app

PATIENCE = 3.0  # seconds that a single check may take
BEAT_KEY = "portal:last-beat"  # written by the ticks that beat starts: seconds since the epoch
BEAT_LATE = 60.0  # seconds after which a beat is missed


def trouble_of(check: Callable[[], object]) -> str:
    """What is wrong, empty if nothing is. Only the kind of error is told: its text may hold an address or password."""
    outcome: SimpleQueue[str] = SimpleQueue()

    def run() -> None:
        try:
            check()
            outcome.put("")
        except Exception as error:  # noqa: BLE001  # whatever goes wrong is the answer
            outcome.put(type(error).__name__)

    # A thread, since a host that swallows packets would otherwise hold this answer for minutes.
    threading.Thread(target=run, name="health", daemon=True).start()
    try:
        return outcome.get(timeout=PATIENCE)
    except Empty:
        return f"No answer within {PATIENCE:.0f} seconds"


def ask_database() -> None:
    """Raises what the driver raises. Uses a connection of its own, so that a broken one in the pool hides nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def ask_broker() -> None:
    """Raises kombu's error if the broker does not take a connection."""
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=PATIENCE)
        broker.default_channel.close()


def last_beat() -> float | None:
    """Seconds since beat's last tick was carried out by a worker; None if it never was, or the cache has lost it."""
    at = cache.get(BEAT_KEY)
    return None if at is None else round(max(0.0, time.time() - float(at)), 1)


def report() -> dict[str, Any]:
    """Everything an operator wants to know at once; asks the database, the broker and the cache."""
    beats: list[float | None] = []
    database = trouble_of(ask_database)
    broker = trouble_of(ask_broker)
    cache_trouble = trouble_of(lambda: beats.append(last_beat()))
    beat = beats[0] if beats else None
    return {
        "alive": not database,
        "database": {"well": not database, "trouble": database},
        "broker": {"well": not broker, "trouble": broker},
        "beat": {"well": beat is not None and beat < BEAT_LATE, "seconds_ago": beat, "trouble": cache_trouble},
        "controllers": [] if database else controllers(),
    }


def controllers() -> list[dict[str, Any]]:
    """How each Tower last answered, from the database."""
    now = timezone.now()
    return [
        {
            "name": controller.name,
            "well": controller.usable,
            "paused": controller.paused,
            "trouble": controller.trouble,
            "trouble_since": controller.trouble_since,
            "last_answer": controller.last_answer_at,
            "seconds_ago": (now - controller.last_answer_at).total_seconds() if controller.last_answer_at else None,
        }
        for controller in Controller.objects.without_secrets().order_by("name")
    ]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 otherwise; details for operators only."""
    if trouble_of(ask_database):
        return JsonResponse({"alive": False}, status=503)
    if not request.user.is_superuser:
        return JsonResponse({"alive": True})
    found = report()
    return JsonResponse(found, status=200 if found["alive"] else 503)
