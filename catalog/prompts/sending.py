"""What a launch sends: credentials as one list, passwords by name, and nothing for what was not answered."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.prompts.reading import Prompts, Thing

NAMESPACE = "launch:"
"""Begins the name under which an answer to a prompt is kept; no question of a survey may begin so."""

Objects = Mapping[str, Mapping[int, Thing]]
"""What there is to choose from: kind of object, then id."""

Slot = tuple[int, str]

_PASSWORDS = {
    "ssh_password": "Password of the machines",
    "become_password": "Password to become another user",
    "ssh_key_unlock": "Passphrase of the SSH key",
    "vault_password": "Password of the vault",
}


def password_label(name: str) -> str:
    """How people call a password that Tower wants at launch, such as vault_password.dev."""
    kind, _, vault = name.partition(".")
    label = _PASSWORDS.get(kind, "Password")
    return f"{label} “{vault}”" if vault else label


def credential_passwords(secrets: Mapping[str, str]) -> dict[str, str]:
    """Of an order's secrets by variable, those that are passwords of credentials, by Tower's names."""
    return {
        variable.removeprefix(NAMESPACE): value for variable, value in secrets.items() if variable.startswith(NAMESPACE)
    }


def type_name(thing: Thing, objects: Objects) -> str:
    """The name of a credential's type, which Tower tells with the credential, not with the template."""
    alike = (one.type_name for one in objects.get("credential", {}).values() if one.type_id == thing.type_id)
    return thing.type_name or next(alike, "")


def slots(prompts: Prompts, objects: Objects) -> dict[Slot, list[Thing]]:
    """What can be chosen for each kind of credential; the template's own one comes first, where it has one."""
    found: dict[Slot, list[Thing]] = {}
    known = objects.get("credential", {})
    for thing in [*prompts.credentials, *sorted(known.values(), key=lambda one: (one.type_name, one.name.lower()))]:
        row = found.setdefault(thing.slot, [])
        if all(one.id != thing.id for one in row):
            row.append(thing)
    return found


def merged(prompts: Prompts, chosen: Iterable[int], objects: Objects) -> list[Thing]:
    """The credentials of a job: the template's, replaced by the chosen ones where they fill the same slot."""
    known = {one.id: one for one in prompts.credentials} | dict(objects.get("credential", {}))
    every = [*prompts.credentials, *(known[pk] for pk in chosen if pk in known)]
    return list({thing.slot: thing for thing in every}.values())


def needed_passwords(prompts: Prompts, body: Mapping[str, Any], objects: Objects) -> list[str]:
    """The names of the passwords that a launch with this body must bring along, each once."""
    if not prompts.credentials and prompts.passwords and "credentials" not in body:
        return list(prompts.passwords)
    names = [name for one in merged(prompts, body.get("credentials", ()), objects) for name in one.passwords]
    return list(dict.fromkeys(names))


def body_of(prompts: Prompts, answers: Mapping[str, Any], objects: Objects) -> dict[str, Any]:
    """A launch's fields: what was answered, in Tower's JSON; nothing is ever null.

    Tower takes a list of credentials for the whole list, so those of the template that stay are among them. It is left
    out if nothing else was chosen.
    """
    asked = {prompt.name for prompt in prompts}
    body = {name: value for name, value in answers.items() if name in asked and value is not None}
    if "credentials" in body:
        ids = [thing.id for thing in merged(prompts, body["credentials"], objects)]
        if set(ids) == {thing.id for thing in prompts.credentials}:
            del body["credentials"]
        else:
            body["credentials"] = ids
    for name in ("labels", "instance_groups"):
        if body.get(name) == []:
            del body[name]
    return body
