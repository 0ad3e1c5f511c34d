"""What must be done before the portal serves, each step only when something it depends on has changed."""

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from demo.launcher.plan import ROOT, Plan
from demo.launcher.processes import Family

STEP_SECONDS = 120.0
DEMO = ROOT / "demo"


@dataclass(frozen=True)
class Step:
    """A command, and the digest of what it depends on."""

    name: str
    saying: str
    command: tuple[str, ...]
    digest: str

    def needed(self, stamps: Path) -> bool:
        stamp = stamps / self.name
        return not stamp.exists() or stamp.read_text() != self.digest

    def done(self, stamps: Path) -> None:
        (stamps / self.name).write_text(self.digest)


def take(steps: Iterable[Step], plan: Plan, family: Family) -> None:
    """Run those that are needed, in order. Raises DemoError with the end of the log of one that fails."""
    stamps = plan.folder / "stamps"
    for step in steps:
        if step.needed(stamps):
            print(step.saying, flush=True)
            family.run(step.name, step.command, STEP_SECONDS)
            step.done(stamps)


def before_serving(plan: Plan) -> list[Step]:
    """Database, static files, the connection to Tower, the demo's people and tiles. Tower must be there."""
    if not plan.database.exists():
        for stamp in (plan.folder / "stamps").iterdir():
            stamp.unlink()
    django = version("django")
    static = sorted((ROOT / "static").rglob("*"))
    connection = digest(plan.tower_url.encode(), plan.token_file.read_bytes())
    manage = (sys.executable, "manage.py")
    collect = (*manage, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    return [
        Step("migrate", "Making the database", (*manage, "migrate", "--noinput"), digest(django, _migrations())),
        Step("collectstatic", "Collecting static files", collect, digest(django, *map(_state, static))),
        Step("connect", "Connecting the portal to Tower", (*manage, "connect"), connection),
        Step("sync", "Reading Tower's templates", (*manage, "sync"), digest(connection, _catalog())),
        # Once: what curators change afterwards is theirs.
        Step("loaddata", "Adding people and tiles", (*manage, "loaddata", str(DEMO / "portal.json")), "once"),
    ]


def past_orders(plan: Plan) -> Step:
    """A few orders, placed once through the portal's own pages."""
    command = (sys.executable, "-m", "demo.orders", plan.url)
    return Step("orders", "Placing a few orders, so that the pages are not empty", command, "once")


def digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return found.hexdigest()


def _migrations() -> str:
    return digest(*(path.read_bytes() for path in sorted(ROOT.glob("*/migrations/*.py"))))


def _catalog() -> bytes:
    return (DEMO / "catalog" / "catalog.yml").read_bytes()


def _state(path: Path) -> str:
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}"
