"""Tower's disk: SQLite in WAL mode in the data folder, for the owner's eyes only.

Jobs are kept as JSON documents; the ledger holds them in memory and writes each change through. Events are read from
here, since a job may have many.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ids (space TEXT, name TEXT, id INTEGER, PRIMARY KEY (space, name));
CREATE TABLE IF NOT EXISTS tokens (id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT UNIQUE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS schedules (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL, counter INTEGER NOT NULL, start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL, stdout TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_job ON events (job, counter);
"""


class Store:
    """The database. One connection behind one lock: the demo's load is small, and the rules stay simple."""

    def __init__(self, folder: Path) -> None:
        path = folder / "tower.sqlite3"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite's -wal and -shm files take over its mode
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; {TABLES}")

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def insert(self, sql: str, values: Sequence[Any]) -> int:
        """Insert one row and return its id."""
        with self._lock:
            return int(self._db.execute(sql, values).lastrowid or 0)

    def close(self) -> None:
        """Close the database; the WAL is folded in."""
        with self._lock:
            self._db.close()

    def clear(self) -> None:
        """Forget everything: for tests."""
        with self._lock:
            for table in ("meta", "ids", "tokens", "jobs", "schedules", "events", "sqlite_sequence"):
                self._db.execute(f"DELETE FROM {table}")

    def remember(self, key: str, value: str) -> None:
        """Keep a small fact, such as the installation's id."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def recall(self, key: str) -> str | None:
        """The small fact kept under a key."""
        rows = self.run("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def id_of(self, space: str, name: str, wanted: int | None = None) -> int:
        """The id of a named thing: the one it had before, the one wanted, or the next free one of its space."""
        with self._lock:
            rows = self.run("SELECT id FROM ids WHERE space = ? AND name = ?", (space, name))
            if rows and (wanted is None or rows[0][0] == wanted):
                return int(rows[0][0])
            new = wanted or int(self.run("SELECT coalesce(max(id), 0) + 1 FROM ids WHERE space = ?", (space,))[0][0])
            self.run("INSERT OR REPLACE INTO ids VALUES (?, ?, ?)", (space, name, new))
            return new

    def save_job(self, pk: int, doc: dict[str, Any]) -> None:
        """Write a job as it is now."""
        self.run("INSERT OR REPLACE INTO jobs VALUES (?, ?)", (pk, json.dumps(doc)))

    def delete_job(self, pk: int) -> None:
        """Remove a job and its events."""
        self.run("DELETE FROM jobs WHERE id = ?", (pk,))
        self.run("DELETE FROM events WHERE job = ?", (pk,))

    def jobs(self) -> Iterator[dict[str, Any]]:
        """Every job kept, oldest first."""
        return (json.loads(doc) for (doc,) in self.run("SELECT doc FROM jobs ORDER BY id"))

    def new_schedule(self) -> int:
        """The id of a new schedule."""
        return self.insert("INSERT INTO schedules (doc) VALUES (?)", ("{}",))

    def save_schedule(self, pk: int, doc: dict[str, Any]) -> None:
        """Write a schedule as it is now."""
        self.run("INSERT OR REPLACE INTO schedules VALUES (?, ?)", (pk, json.dumps(doc)))

    def delete_schedule(self, pk: int) -> None:
        """Remove a schedule."""
        self.run("DELETE FROM schedules WHERE id = ?", (pk,))

    def schedules(self) -> Iterator[dict[str, Any]]:
        """Every schedule kept, oldest first."""
        return (json.loads(doc) for (doc,) in self.run("SELECT doc FROM schedules ORDER BY id"))

    def add_event(self, job: int, event: dict[str, Any]) -> None:
        """Keep one event of a job."""
        values = (job, event["counter"], event["start_line"], event["end_line"], event["stdout"], json.dumps(event))
        self.insert("INSERT INTO events (job, counter, start_line, end_line, stdout, doc) VALUES (?,?,?,?,?,?)", values)

    def events(self, job: int) -> list[tuple[int, dict[str, Any]]]:
        """A job's events with their ids, in the order they happened."""
        rows = self.run("SELECT id, doc FROM events WHERE job = ? ORDER BY counter", (job,))
        return [(int(pk), json.loads(doc)) for pk, doc in rows]

    def output(self, job: int) -> str:
        """A job's whole output: the events' texts, one after the other."""
        sql = "SELECT stdout FROM events WHERE job = ? AND end_line > start_line ORDER BY counter"
        return "".join(f"{text}\n" for (text,) in self.run(sql, (job,)))
