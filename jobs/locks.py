"""A lock on an order that lasts exactly as long as the process that sends it.

A claim in a row expires by the clock; a worker that was paused for an hour does not notice. This lock is held by the
sender from before its POST until the outcome is saved, and the operating system or PostgreSQL lets go of it when the
process dies: while it is held, nobody takes the order over and nobody sends it again.

On PostgreSQL it is a session's advisory lock, so a pooler between portal and database must pool sessions, not
transactions. On SQLite, which lives on one machine anyway, it is a locked file in PORTAL_DATA_DIR.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

SPACE = 0x746F77 << 40  # apart from other programs' advisory locks in the same database


@contextmanager
def sending(job_id: int) -> Iterator[bool]:
    """Hold the order's lock; yields False, holding nothing, if another process or thread has it."""
    with _postgres(job_id) if connection.vendor == "postgresql" else _file(job_id) as mine:
        yield mine


def being_sent(job_id: int) -> bool:
    """Whether somebody who sends this order is still alive."""
    with sending(job_id) as mine:
        return not mine


@contextmanager
def _postgres(job_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SPACE + job_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        # A connection that broke meanwhile has let go of it already.
        if mine and connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SPACE + job_id])


@contextmanager
def _file(job_id: int) -> Iterator[bool]:
    folder = Path(settings.PORTAL_DATA_DIR) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / str(job_id)
    handle = _locked(path)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            path.unlink(missing_ok=True)  # while it is held: who waits for this file finds another one
            os.close(handle)


def _locked(path: Path) -> int | None:
    """An open handle on the locked file; None if somebody else holds it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
            return handle
        os.close(handle)  # its holder removed it between our opening and locking
