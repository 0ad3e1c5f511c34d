"""python -m demo.tower --port 8052 --data DIR: the demo Tower as a process of its own."""

import argparse
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from demo.tower.app import Application
from demo.tower.control import Control
from demo.tower.faults import Faults
from demo.tower.generation import ANY, GENERATIONS
from demo.tower.scheduler import Scheduler
from demo.tower.server import Server
from demo.tower.state import Tower
from demo.tower.vault import private_folder, write_private

CATALOG = Path(__file__).parents[1] / "catalog" / "catalog.yml"


def main() -> int:
    """Run until SIGTERM or SIGINT. Returns the exit status."""
    os.umask(0o077)
    wish = _arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tower = Tower(private_folder(wish.data), wish.catalog, GENERATIONS[wish.generation])
    token_file = wish.token_file or wish.data / "portal-token"
    _make_secrets(tower, wish.data, token_file)
    faults = Faults(Application(tower))
    secret = (wish.data / "fault-secret").read_text(encoding="utf-8").strip()
    try:
        server = Server(Control(faults, secret, lambda seconds: server.away(seconds)), wish.host, wish.port, talks=True)
        server.up()
    except (OSError, ValueError) as error:
        print(f"The demo Tower cannot listen on {wish.host}, port {wish.port}: {error}", file=sys.stderr)
        return 1
    scheduler = Scheduler(tower)
    scheduler.start()
    print(f"Tower ready: {server.url} (token in {token_file})", flush=True)
    stop.wait()
    faults.drop_held()
    server.down()
    scheduler.stop()
    tower.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.tower", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=8052)
    parser.add_argument("--data", type=Path, required=True, help="a folder for its database and secrets")
    parser.add_argument("--token-file", type=Path, help="where the portal's token goes (DATA/portal-token)")
    parser.add_argument("--catalog", type=Path, default=CATALOG)
    parser.add_argument("--generation", choices=GENERATIONS, default=ANY.name, help="which Tower it plays")
    return parser.parse_args()


def _make_secrets(tower: Tower, data: Path, token_file: Path) -> None:
    """Make what is missing: the portal's token and password, its OAuth2 application, the admin's password, …"""
    if not token_file.exists() or not tower.accounts.knows(token_file.read_text(encoding="utf-8").strip()):
        service = next(one for one in tower.accounts.by_id.values() if not one.superuser)
        write_private(token_file, tower.accounts.issue(service, scope="write", description="portal")[1] + "\n")
    for name in ("fault-secret", "admin-password", "portal-password", "client-id", "client-secret"):
        if not (data / name).exists():
            write_private(data / name, secrets.token_urlsafe(24) + "\n")
    kept = {name: (data / name).read_text(encoding="utf-8").strip() for name in ("client-id", "client-secret")}
    tower.grants.register(kept["client-id"], kept["client-secret"])
    service = next(one for one in tower.accounts.by_id.values() if not one.superuser)
    for username, name in (("admin", "admin-password"), (service.username, "portal-password")):
        tower.accounts.set_password(username, (data / name).read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    sys.exit(main())
