"""What a real AWX said to 980 launches with random prompts, and what the portal says."""

import json
from pathlib import Path

import yaml

from catalog.prompts import Prompts, Thing, read, refusals

RECORDED = Path(__file__).parent.parent / "recorded"
VERDICTS = [json.loads(line) for line in (RECORDED / "prompt-verdicts.jsonl").read_text().splitlines()]
ASKS = yaml.safe_load((RECORDED / "world.yml").read_text())["job_templates"]
FABRIC_A = {"inventory": {"id": 2, "name": "Fabric A"}}
MACHINE, ASKING = "Fabric machine", "Fabric machine (ask password)"


def asks(*names: str) -> dict[str, bool]:
    return {f"ask_{name}_on_launch": True for name in names}


PLAIN = {"limit": "", "scm_branch": "", "job_tags": "", "skip_tags": "", "diff_mode": False, "job_type": "run",
         "verbosity": 0, "execution_environment": {}, "forks": 0, "job_slice_count": 1, "timeout": 0,
         "instance_groups": []}  # fmt: skip
EVERYTHING = next(one["ask"] for one in ASKS if one["name"] == "Ask for everything")
OWN = [{"id": 4, "name": ASKING, "credential_type": 1, "passwords_needed": ["ssh_password"]}]
WORKFLOW = dict.fromkeys(("limit", "scm_branch", "job_tags", "skip_tags")) | {"inventory": {"id": None, "name": None}}
TEMPLATES: dict[str, Prompts] = {
    "asks for every prompt": read(
        "job_template", {"asks": asks(*EVERYTHING), "defaults": PLAIN | {"inventory": {"id": None, "name": None}}}
    ),
    "asks for nothing": read("job_template", {"defaults": PLAIN | FABRIC_A}),
    "asks for the limit only": read("job_template", {"asks": asks("limit"), "defaults": PLAIN | FABRIC_A}),
    "asks for credentials, machine password at launch": read(
        "job_template", {"asks": asks("credential"), "defaults": PLAIN | FABRIC_A | {"credentials": OWN}}
    ),
    "workflow that asks for inventory, limit, variables": read(
        "workflow_job_template", {"asks": asks("inventory", "limit", "variables"), "defaults": WORKFLOW}
    ),
}


def objects(*, usable: bool) -> dict[str, dict[int, Thing]]:
    """What there was in that Tower; the account with the execute role only might use none of it."""
    rows = {
        "inventory": [Thing(2, "Fabric A", usable), Thing(3, "Fabric B", usable), Thing(4, "Fabric C", usable)],
        "credential": [
            Thing(3, MACHINE, usable, 1, "Machine"),
            Thing(4, ASKING, usable, 1, "Machine", "", ("ssh_password",)),
            Thing(5, "Vault dev", usable, 3, "Vault", "dev", ("vault_password.dev",)),
        ],
        "execution_environment": [Thing(1, "AWX EE (latest)"), Thing(2, "Control Plane")],
        "label": [Thing(1, "portal", usable)],
        "instance_group": [Thing(1, "controlplane", usable), Thing(2, "default", usable)],
    }
    return {kind: {one.id: one for one in things} for kind, things in rows.items()}


KNOWN = {"admin": objects(usable=True), "execute-only": objects(usable=False)}


def wanted(line) -> dict[str, list[str]]:
    """Tower's refusal, each reason in a list; nothing if it accepted."""
    if line["status"] == 201:
        return {}
    return {name: [text] if isinstance(text, str) else text for name, text in line["answer"].items()}


def test_the_portal_refuses_all_that_tower_refuses_and_nothing_else_word_for_word():
    """980 of 980 agree. Of a template the portal knows the prompts and defaults only, as `launch/` tells them."""
    others = [
        (line["template"], line["body"], said)
        for line in VERDICTS
        if (said := refusals(TEMPLATES[line["template"]], line["body"], KNOWN[line["by"]])) != wanted(line)
    ]

    assert len(VERDICTS) == 980
    assert others == []
