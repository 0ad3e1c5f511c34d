"""What must not be read from the disk: survey passwords and credentials' passwords, sealed with a key of their own."""

import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; it never exists with wider rights."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def private_folder(path: Path) -> Path:
    """Make a folder, or take an existing one, that only its owner can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


class Vault:
    """Seals JSON values; the key is a file beside the database, readable by its owner only."""

    def __init__(self, key_file: Path) -> None:
        if not key_file.exists():
            write_private(key_file, Fernet.generate_key().decode())
        self._fernet = Fernet(key_file.read_text(encoding="utf-8").strip())

    def seal(self, value: Any) -> str:
        """Encrypt a JSON value."""
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def open(self, sealed: str) -> Any:
        """Decrypt what `seal` made; an empty text gives an empty dict."""
        return json.loads(self._fernet.decrypt(sealed.encode())) if sealed else {}
