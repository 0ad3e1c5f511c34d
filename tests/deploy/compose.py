"""Reads docker-compose.yml the way Compose would: variables filled in, `$$` undone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>[A-Z_]+)(?::?-(?P<default>[^}]*))?\}")


def interpolate(value: Any, variables: dict[str, str]) -> Any:
    """Fill in ${NAME} and ${NAME:-default}; a variable without a value or default is empty, as in Compose."""
    if isinstance(value, str):
        return _VARIABLE.sub(
            lambda found: "$" if found[0] == "$$" else variables.get(found["name"]) or found["default"] or "", value
        )
    if isinstance(value, list):
        return [interpolate(item, variables) for item in value]
    if isinstance(value, dict):
        return {key: interpolate(item, variables) for key, item in value.items()}
    return value


@dataclass(frozen=True)
class Compose:
    services: dict[str, Any]
    secrets: dict[str, Any]
    volumes: dict[str, Any]
    text: str

    def command(self, service: str) -> list[str]:
        return [str(word) for word in self.services[service]["command"]]

    def healthcheck(self, service: str) -> list[str]:
        """As the words to run: CMD as they stand, CMD-SHELL through a shell."""
        kind, *words = self.services[service]["healthcheck"]["test"]
        return ["sh", "-c", *words] if kind == "CMD-SHELL" else list(words)

    def environment(self, service: str) -> dict[str, str]:
        return dict(self.services[service].get("environment", {}))


def read(**variables: str) -> Compose:
    text = (ROOT / "docker-compose.yml").read_text()
    raw = interpolate(yaml.safe_load(text), variables)
    return Compose(raw["services"], raw["secrets"], raw["volumes"], text)
