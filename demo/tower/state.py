"""One Tower: its disk, its world, its accounts and its jobs, and the switches that tests may turn."""

import uuid
from pathlib import Path
from typing import Any, Protocol

from demo.tower import catalogfile
from demo.tower.accounts import Account, Accounts
from demo.tower.generation import ANY, Generation
from demo.tower.grants import Grants
from demo.tower.ledger import Job, Ledger
from demo.tower.schedules import Schedules
from demo.tower.store import Store
from demo.tower.vault import Vault, private_folder
from demo.tower.world import Template, World


class LaunchListener(Protocol):
    """Told of every launch, with the variables as they were received."""

    def __call__(self, job: Job, received: dict[str, Any]) -> None: ...


class Tower:
    """The application's state. Everything that a request needs hangs here."""

    def __init__(self, folder: Path, catalog: Path, generation: Generation = ANY) -> None:
        self.folder = private_folder(folder)
        self.store = Store(self.folder)
        self.vault = Vault(self.folder / "vault-key")
        self.become(generation)
        self.launched: list[LaunchListener] = []
        self.world = World()
        self.ledger = Ledger(self.store, self.vault)
        self.schedules = Schedules(self.store, self.vault)
        self.load(catalog)

    def load(self, catalog: Path) -> None:
        """Take over a catalog file. Jobs stay; templates that it lacks are gone."""
        if self.store.recall("install_uuid") is None:
            self.store.remember("install_uuid", str(uuid.uuid4()))
        self.world, accounts = catalogfile.load(catalog, self.store)
        self.accounts = Accounts(self.store)
        self.grants = Grants(self.store, self.accounts)
        for entry in accounts:
            self.accounts.add(entry)

    def become(self, generation: Generation) -> None:
        """Play this generation of Tower from now on."""
        self.generation, self.bases = generation, generation.bases

    def reset(self, catalog: Path) -> None:
        """Back to a fresh installation with this catalog: for tests."""
        with self.ledger.lock:
            self.store.clear()
            self.ledger.clear()
            self.schedules.load()
            self.load(catalog)

    @property
    def install_uuid(self) -> str:
        """Tells one installation from another."""
        return self.store.recall("install_uuid") or ""

    def template_of(self, job: Job) -> Template | None:
        """The template of a job, if it still exists."""
        return self.world.templates.get(job.template or 0)

    def sees(self, account: Account, job: Job) -> bool:
        """Whether an account may read a job: as it may its template, whoever launched it."""
        if job.type == "workflow_approval":
            workflow = self.ledger.jobs.get(job.workflow or 0)
            return account.superuser or (workflow is not None and self.sees(account, workflow))
        return account.may_run(self.template_of(job))

    def close(self) -> None:
        """Close the disk."""
        self.store.close()
