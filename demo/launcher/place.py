"""The demo's folder: private to its user, used by one demo at a time, with secrets made once."""

import base64
import fcntl
import os
import secrets
import socket
import time
from pathlib import Path

from demo.launcher.errors import DemoError
from demo.launcher.plan import Plan

# Longer than an earlier demo needs to stop.
LOCK_SECONDS = 8.0


def prepare(plan: Plan) -> int:
    """Make the folders and secrets. Returns the open lock file, which is held as long as somebody has it open."""
    os.umask(0o077)
    for folder in plan.folders():
        _private_folder(folder)
    lock = _lock(plan.folder / "lock")
    _once(plan.folder / "secrets" / "secret-key", secrets.token_urlsafe(50))
    # A Fernet key: 32 random bytes.
    _once(plan.folder / "secrets" / "encryption-keys", base64.urlsafe_b64encode(os.urandom(32)).decode())
    return lock


def need_free_ports(plan: Plan) -> None:
    """Raises DemoError naming the port that is taken, and the variable that changes it."""
    for port, what, variable in (
        (plan.portal_port, "the portal", "PORTAL_PORT"),
        (plan.tower_port, "the demo Tower", "DEMO_TOWER_PORT"),
    ):
        if not is_free(port):
            raise DemoError(
                f"Port {port}, for {what}, is taken. "
                f"Stop what uses it, or choose another: {variable}={port % 60000 + 100} make demo"
            )
    if plan.portal_port == plan.tower_port:
        raise DemoError(f"PORTAL_PORT and DEMO_TOWER_PORT are both {plan.portal_port}. Give each its own.")


def is_free(port: int) -> bool:
    """Whether a server could listen there on 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise DemoError(f"{folder} belongs to somebody else. Choose another folder with DEMO_DIR.")
    folder.chmod(0o700)


def _lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    give_up = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise DemoError(f"A demo is already running in {path.parent}. Stop it, or set DEMO_DIR.") from None
            time.sleep(0.1)
        else:
            return descriptor


def _once(path: Path, secret: str) -> None:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret)
