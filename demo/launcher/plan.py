"""Where the demo keeps its things, which ports it takes, and what its processes find in their environment."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from demo.launcher.errors import DemoError

ROOT = Path(__file__).resolve().parents[2]
# A socket's path must fit into 108 bytes on Linux, 104 on macOS.
LONGEST_SOCKET_PATH = 100

ACCOUNTS = (
    ("alice", "Sales, orders"),
    ("dan", "Field operations, orders"),
    ("carol", "Network leads, orders a little"),
    ("bob", "Automation, makes tiles"),
    ("oscar", "operator, may do everything"),
)
NOTICE = "\n".join(
    ["This is a demo. The password of every account is: demo", *(f"{name}: {what}" for name, what in ACCOUNTS)]
)


@dataclass(frozen=True)
class Plan:
    """One demo: its folder and its two ports."""

    folder: Path
    portal_port: int = 8000
    tower_port: int = 8052

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Plan":
        """Read DEMO_DIR, PORTAL_PORT and DEMO_TOWER_PORT. Raises DemoError for what is no port."""
        folder = Path(environment.get("DEMO_DIR") or ROOT / ".demo").expanduser().absolute()
        return cls(folder, _port(environment, "PORTAL_PORT", 8000), _port(environment, "DEMO_TOWER_PORT", 8052))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.portal_port}"

    @property
    def tower_url(self) -> str:
        return f"http://127.0.0.1:{self.tower_port}"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def database(self) -> Path:
        return self.folder / "portal" / "portal.sqlite3"

    @property
    def token_file(self) -> Path:
        return self.folder / "tower" / "portal-token"

    @property
    def socket(self) -> Path:
        """The broker's socket; in the system's place for temporary files if the demo's own path is too long."""
        here = self.folder / "broker" / "broker.sock"
        if len(os.fsencode(here)) <= LONGEST_SOCKET_PATH:
            return here
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tower-portal-{os.getuid()}-{name}" / "broker.sock"

    def folders(self) -> list[Path]:
        """All that must exist before anything starts."""
        names = ("broker", "logs", "portal", "secrets", "stamps", "tower", "beat")
        return [self.folder, *(self.folder / name for name in names), self.socket.parent]

    def environment(self, base: Mapping[str, str], mark: str) -> dict[str, str]:
        """The environment of every process; `mark` tells this demo's processes from all others."""
        secrets = self.folder / "secrets"
        ours = {
            "DEMO_RUN": mark,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONUNBUFFERED": "1",
            "PORTAL_DEBUG": "false",
            "PORTAL_HTTPS": "false",
            "PORTAL_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "PORTAL_NOTICE": NOTICE,
            "PORTAL_SECRET_KEY_FILE": str(secrets / "secret-key"),
            "PORTAL_SECRET_KEYS_FILE": str(secrets / "encryption-keys"),
            "PORTAL_DATA_DIR": str(self.folder / "portal"),
            "PORTAL_STATIC_ROOT": str(self.folder / "portal" / "static"),
            "DATABASE_URL": f"sqlite:///{quote(str(self.database))}",
            "BROKER_URL": f"redis+socket://{quote(str(self.socket))}?virtual_host=0",
            "CACHE_URL": f"unix://{quote(str(self.socket))}?db=1",
            "TOWER_URL": self.tower_url,
            "TOWER_NAME": "Demo Tower",
            "TOWER_TOKEN_FILE": str(self.token_file),
            # One's own Tower's ways to sign in are not the demo's.
            **dict.fromkeys(("TOWER_USERNAME", "TOWER_PASSWORD", "TOWER_CLIENT_ID", "TOWER_CLIENT_SECRET"), ""),
        }
        # NAME and NAME_FILE mean the same setting: whichever we give, the other must not be inherited.
        twins = {name.removesuffix("_FILE") if name.endswith("_FILE") else f"{name}_FILE" for name in ours}
        return {name: value for name, value in base.items() if name not in twins} | ours


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise DemoError(f"{name} is {text!r}, which is no port. Give a number from 1 to 65535.")
    return int(text)
