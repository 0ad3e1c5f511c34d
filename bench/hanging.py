"""The running product: the catalog's p95 while three launches hang in Tower, beside its usual one."""

import os
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
from demo.orders import Person

ASK = 150


def figures() -> list[Figure]:
    with _demo() as (portal, tower, folder):
        alice = Person(portal, "alice")
        alice.sign_in()
        usual = _p95(alice, portal)
        secret = (folder / "tower" / "fault-secret").read_text().strip()
        requests.post(
            f"{tower}/demo/faults/",
            json={"kind": "delay", "on": "launch", "times": 3, "seconds": 30},
            headers={"X-Fault-Secret": secret},
            timeout=5,
        ).raise_for_status()
        for vlan in ("501", "502", "503"):
            answers = {"_tenant_shortname": "TEN_BENCH", "_customer_id": "BEN", "_vlan_id": vlan}
            alice.order("new-customer-network", answers)
        time.sleep(2)
        hanging = _p95(alice, portal)
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


def _p95(person: Person, portal: str) -> float:
    taken = []
    for _ in range(ASK):
        start = time.perf_counter()
        person.session.get(f"{portal}/", timeout=10).raise_for_status()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[int(ASK * 0.95)]
