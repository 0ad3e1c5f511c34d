"""Variables for Ansible that are data and never code.

Every text, however deep, is tagged !unsafe, as AWX does (awx/main/utils/safe_yaml.py): an answer such as
{{ lookup('pipe', 'id') }} reaches the playbook as it was typed.
"""

import json
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes each text with the tag."""

    def ignore_aliases(self, data: Any) -> bool:
        """No anchors: each value stands for itself."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("!unsafe", text, style='"')


_Dumper.add_representer(str, _text)


def dump(variables: dict[str, Any]) -> str:
    """The YAML text of variables. The names at the top stay plain: Ansible checks them itself."""
    lines = [f"{json.dumps(name)}: {_value(value)}" for name, value in variables.items()]
    return "---\n" + "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, width=1_000_000, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")
