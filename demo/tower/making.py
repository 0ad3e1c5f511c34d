"""What a new job takes over from its template, and what of it is never shown."""

from typing import Any

from demo.tower import surveys
from demo.tower.world import Template


def pick_secrets(template: Template, clear: dict[str, Any]) -> dict[str, Any]:
    """The variables that are never shown."""
    return {name: clear[name] for name in template.secret_variables if name in clear and clear[name] != surveys.MASK}


def job_fields(template: Template, accepted: dict[str, Any]) -> dict[str, Any]:
    """What a job takes over from its template and the launch."""
    return {
        "template": template.id,
        "name": template.name,
        "description": template.description,
        "playbook": template.playbook,
        "allow_simultaneous": template.allow_simultaneous,
        "values": {name: accepted.get(name, value) for name, value in template.values.items()},
    }


def masked(clear: dict[str, Any], secret: dict[str, Any]) -> dict[str, Any]:
    """The variables as they are shown and kept: secret ones masked."""
    return {name: surveys.MASK if name in secret else value for name, value in clear.items()}
