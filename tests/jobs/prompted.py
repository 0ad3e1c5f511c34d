"""What a Tower is given, so that there is something to choose from at launch."""

from typing import Any

from catalog import sync
from catalog.models import Controller, Tile, TilePrompt
from catalog.prompts.fields import FIELDS
from demo.tower.harness import SERVICE, TowerHarness
from demo.tower.world import Credential, Host, Inventory

EVERYTHING = ["inventory", "limit", "credential", "job_type", "tags", "skip_tags", "scm_branch", "diff_mode",
              "verbosity", "forks", "timeout", "job_slice_count", "execution_environment", "labels", "instance_groups",
              "variables"]  # fmt: skip

ALL = dict.fromkeys((field.name for field in FIELDS), "ask")
PASSWORD = "open-sésame 7"
ANSWERS = {
    "p-inventory": "50", "p-limit": "leaf-201", "p-credentials-1": "51", "p-credentials-3-dev": "52",
    "w-ssh_password": PASSWORD, "w-x7661756c745f70617373776f72642e646576": "vault-word", "p-job_type": "check",
    "p-job_tags": "a,b", "p-skip_tags": "c", "p-scm_branch": "main", "p-diff_mode": "on", "p-verbosity": "2",
    "p-forks": "3", "p-timeout": "60", "p-job_slice_count": "1", "p-execution_environment": "2", "p-labels": "54",
    "p-instance_groups": "2", "p-extra_vars": "site: Antwerp\nports: [1, 2]",
}  # fmt: skip


def furnish(tower: TowerHarness) -> None:
    """Another inventory, credentials that want passwords, labels; our account may use all of it."""
    world = tower.tower.world
    world.inventories[50] = Inventory(50, "Fabric B", hosts=[Host(501, "leaf-201"), Host(502, "leaf-202")])
    world.credentials[51] = Credential(51, "Asking machine", passwords_needed=["ssh_password"])
    world.credentials[52] = Credential(
        52, "Vault dev", kind="vault", vault_id="dev", passwords_needed=["vault_password.dev"]
    )
    world.labels |= {53: "portal", 54: "urgent"}
    world.project_override = True
    tower.tower.accounts.named(SERVICE).use = None


def offer(tower: TowerHarness, controller: Controller, name: str, **fields: Any) -> int:
    """Add a template that our account may start, and read it."""
    pk = tower.add_template(name, **fields)
    sync.sync(controller)
    return pk


def decide(tile: Tile, **decisions: Any) -> None:
    """What a curator says of each prompt: "ask", "hide", or a value for good."""
    for name, decision in decisions.items():
        plain = decision in ("ask", "hide") if isinstance(decision, str) else False
        TilePrompt.objects.create(
            tile=tile, name=name, decision=decision if plain else "fix", value=None if plain else decision
        )


def made_of(tower: TowerHarness, number: int = -1) -> dict[str, Any]:
    """A job of Tower's with all that a launch can give it."""
    job = tower.jobs[number]
    kept = tower.tower.ledger.jobs[job["id"]]
    lists = {"credentials": kept.credentials, "labels": kept.labels, "instance_groups": kept.instance_groups}
    return job | lists | {"secrets": tower.tower.ledger.secrets(kept)}


def fields(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as a browser names them."""
    return {f"a-{name}": value for name, value in answers.items()}
