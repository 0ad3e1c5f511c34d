"""Objects that a launch may bring along: inventories, credentials, execution environments, labels, instance groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

LISTS = {
    "inventory": ("inventories/", "use_role"),
    "credential": ("credentials/", "use_role"),
    "execution_environment": ("execution_environments/", ""),
    "label": ("labels/", ""),
    "instance_group": ("instance_groups/", "use_role"),
}
"""Where each kind is listed, and the role that a launch takes. For the others, whoever sees them may use them."""

_ASKED = {"password": "ssh_password", "become_password": "become_password", "ssh_key_unlock": "ssh_key_unlock"}


@dataclass(frozen=True)
class ObjectRecord:
    """One of them. Only credentials have a type, the identity of a vault, and passwords that are asked at launch."""

    id: int
    name: str
    type_id: int = 0
    type_name: str = ""
    vault_id: str = ""
    passwords: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises KeyError or ValueError if it has no id."""
        number = data["id"]
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise ValueError("no id")
        kind, inputs = data.get("credential_type"), _mapping(data.get("inputs"))
        vault = str(inputs.get("vault_id") or "")
        return cls(
            id=number,
            name=str(data.get("name") or ""),
            type_id=kind if isinstance(kind, int) else 0,
            type_name=str(_mapping(_mapping(data.get("summary_fields")).get("credential_type")).get("name") or ""),
            vault_id=vault,
            passwords=_passwords(str(data.get("kind") or ""), inputs, vault),
        )


def _passwords(kind: str, inputs: Mapping[str, Any], vault: str) -> tuple[str, ...]:
    """What is asked at launch is stored as ASK, and shown so (awx/main/models/credential, passwords_needed)."""
    if kind == "vault":
        name = f"vault_password.{vault}" if vault else "vault_password"
        return (name,) if inputs.get("vault_password") == "ASK" else ()
    return tuple(name for field, name in _ASKED.items() if kind == "ssh" and inputs.get(field) == "ASK")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
