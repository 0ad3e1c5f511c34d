"""Keep survey passwords out of what a playbook leaves behind: its events, its output, its artifacts."""

import json
from typing import Any
from urllib.parse import quote

from demo.tower.surveys import MASK

SHORTEST = 3  # masking shorter texts would only garble the output


def texts(value: Any) -> list[str]:
    """All texts within a value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [str(value)]


class Masker:
    """Replaces secrets, also as JSON and as URLs spell them, wherever they stand in a value."""

    def __init__(self, secrets: dict[str, Any]) -> None:
        spelled: set[str] = set()
        for secret in texts(secrets):
            if len(secret) >= SHORTEST:
                once = json.dumps(secret)[1:-1]
                spelled |= {
                    secret,
                    once,
                    json.dumps(once)[1:-1],
                    quote(secret),
                    json.dumps(secret, ensure_ascii=False)[1:-1],
                }
        self._spelled = sorted(spelled, key=len, reverse=True)

    def mask(self, value: Any) -> Any:
        """The value without secrets."""
        if not self._spelled:
            return value
        if isinstance(value, str):
            for secret in self._spelled:
                value = value.replace(secret, MASK)
            return value
        if isinstance(value, dict):
            return {self.mask(name): self.mask(one) for name, one in value.items()}
        return [self.mask(one) for one in value] if isinstance(value, list) else value
