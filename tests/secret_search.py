"""Looks for a secret wherever it might have been left, in every spelling that keeps it readable."""

import base64
import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

CHUNK = 1 << 22


def spellings(secret: str) -> dict[bytes, str]:
    """How it could be written: bytes to look for, and what that spelling is called."""
    as_json = json.dumps(secret)[1:-1]
    found = {
        "raw": secret,
        "JSON": as_json,
        "JSON in Unicode": json.dumps(secret, ensure_ascii=False)[1:-1],
        "JSON in JSON": json.dumps(as_json)[1:-1],
        "Python": repr(secret)[1:-1],
        "URL": quote(secret),
        "URL, slashes too": quote(secret, safe=""),
        "form": quote_plus(secret),
        "HTML": escape(secret),
    }
    bytes_of = {text.encode(): name for name, text in found.items()}
    # Base64 of JSON that holds it (a task's body) starts at one of three offsets.
    for offset in range(3):
        whole = base64.b64encode(b" " * offset + as_json.encode())
        bytes_of[whole[4 if offset else 0 : -4]] = f"base64 at {offset}"
    return bytes_of


def in_bytes(content: bytes, secret: str) -> set[str]:
    return {name for spelling, name in spellings(secret).items() if spelling in content}


def in_file(path: Path, secret: str) -> set[str]:
    """Reads in pieces that overlap, so that nothing is missed at their edges."""
    wanted = spellings(secret)
    overlap = max(map(len, wanted))
    found: set[str] = set()
    with path.open("rb") as file:
        tail = b""
        while piece := file.read(CHUNK):
            found |= {name for spelling, name in wanted.items() if spelling in tail + piece}
            tail = piece[-overlap:]
    return found


def in_folders(folders: Iterable[Path], secret: str) -> dict[str, set[str]]:
    """Files that hold it, and in which spelling. A file that goes away while it is looked at holds nothing."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                if path.is_file() and not path.is_symlink() and (how := in_file(path, secret)):
                    found[str(path)] = how
            except FileNotFoundError:
                continue
    return found
