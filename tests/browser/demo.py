"""The real demo, as `make demo` starts it, on free ports and in a folder of its own."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import PYTHON, Process, base_environment, free_port, running


@dataclass(frozen=True)
class Demo:
    url: str
    folder: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the portal's database holds."""
        with closing(sqlite3.connect(self.folder / "portal" / "portal.sqlite3", timeout=20)) as database:
            return database.execute(sql).fetchall()

    def orders(self) -> int:
        return int(self.rows("SELECT count(*) FROM jobs_job")[0][0])

    def order(self, number: int) -> dict[str, Any]:
        columns = ["status", "subject", "extra_vars", "tower_extra_vars"]
        [row] = self.rows(f"SELECT {', '.join(columns)} FROM jobs_job WHERE id = {number}")
        found = dict(zip(columns, row, strict=True))
        return found | {name: json.loads(found[name]) for name in ["extra_vars", "tower_extra_vars"]}


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """Started once for all tests of a run; DEBUG logs, so that the search for secrets sees all there is."""
    portal, tower = free_port(), free_port()
    env = base_environment(
        PORTAL_PORT=str(portal),
        DEMO_TOWER_PORT=str(tower),
        DEMO_DIR=str(folder / "demo"),
        PORTAL_LOG_LEVEL="DEBUG",
    )
    ready = f"Ready: http://127.0.0.1:{portal}"
    process = Process([PYTHON, "-m", "demo"], env=env, log=folder / "launcher.log")
    with running(process):
        process.until(lambda: ready in process.output(), seconds=120)
        yield Demo(f"http://127.0.0.1:{portal}", folder / "demo")
