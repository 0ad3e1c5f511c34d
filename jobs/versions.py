"""Has any job changed? Told by one small value in the shared cache, raised after each commit that changed a job.

It lets a page that refreshes every few seconds learn that nothing is new without reading a row. A cache that is empty
or down only costs that saving: every refresh then reads the rows.
"""

import logging
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

log = logging.getLogger(__name__)
KEY = "jobs:version"


def raise_version() -> None:
    """Call it with each change of a job; it takes effect when the transaction commits."""
    transaction.on_commit(_raise, robust=True)


def _raise() -> None:
    cache.set(KEY, uuid4().hex[:12], timeout=None)


def current() -> str:
    """The version now; empty if the cache cannot tell, which no page ever has seen."""
    try:
        return cache.get(KEY) or ""
    except Exception:  # noqa: BLE001 - whatever ails the cache, the page reads the rows instead
        log.warning("The cache does not answer; pages read the database instead.")
        return ""
