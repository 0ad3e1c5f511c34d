"""The running product: the catalog's p95 while three launches hang in Tower, beside its usual one."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bench.table import Figure, compared

ASK = 150


def figures() -> list[Figure]:
    with _demo() as (portal, tower, folder):
        session = _signed_in(portal)
        usual = _p95(session, portal)
        secret = (folder / "tower" / "fault-secret").read_text().strip()
        requests.post(
            f"{tower}/faults/",
            json={"kind": "delay", "on": "launch", "times": 3, "seconds": 30},
            headers={"X-Fault-Secret": secret},
            timeout=5,
        ).raise_for_status()
        for _ in range(3):
            _order(session, portal)
        time.sleep(2)
        hanging = _p95(session, portal)
    return [compared("catalog's p95, three launches hanging, by its usual one", hanging, usual, reach=1.5)]


@contextmanager
def _demo() -> Iterator[tuple[str, str, Path]]:
    ports = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PORTAL_PORT": str(ports[0]),
            "DEMO_TOWER_PORT": str(ports[1]),
            "DEMO_DIR": folder,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "demo"], env=environment, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert process.stdout
        try:
            for line in process.stdout:
                if line.startswith("Ready:"):
                    break
            else:
                raise SystemExit("The demo did not start.")
            yield f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", Path(folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _token(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"{name} is not on the page"
    return found[1]


def _signed_in(portal: str) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{portal}/accounts/login/", timeout=10).text
    form = {"username": "alice", "password": "demo", "csrfmiddlewaretoken": _token(page, "csrfmiddlewaretoken")}
    session.post(f"{portal}/accounts/login/", data=form, timeout=10).raise_for_status()
    return session


def _order(session: requests.Session, portal: str) -> None:
    """Order the first tile that asks for nothing that has no default."""
    address = f"{portal}/tiles/back-up-configurations/"
    page = session.get(address, timeout=10).text
    form = {name: _token(page, name) for name in ("csrfmiddlewaretoken", "form_key")}
    session.post(address, data=form, timeout=10).raise_for_status()


def _p95(session: requests.Session, portal: str) -> float:
    taken = []
    for _ in range(ASK):
        start = time.perf_counter()
        session.get(f"{portal}/", timeout=10).raise_for_status()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[int(ASK * 0.95)]
