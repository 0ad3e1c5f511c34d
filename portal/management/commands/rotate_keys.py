"""`manage.py rotate_keys`: encrypt everything stored with the newest of PORTAL_SECRET_KEYS."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from portal.encryption import EncryptedTextField, Undecipherable


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets anew with the first of PORTAL_SECRET_KEYS, so that the others can be taken away. "
        "May run while the portal works, and again after an interruption."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = 0, []
        for model, field in encrypted_fields():
            for pk in model._base_manager.values_list("pk", flat=True):
                try:
                    done += renew(model, field, pk)
                except Undecipherable:
                    unreadable.append(f"{model._meta.label} {pk}")
        self.stdout.write(f"Encrypted {done} secrets with the newest key.")
        if unreadable:
            raise CommandError(f"No key in PORTAL_SECRET_KEYS opens: {', '.join(unreadable)}")


def encrypted_fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedTextField):
                yield model, field.name


def renew(model: type[models.Model], field: str, pk: Any) -> int:
    """1 if there was a secret to encrypt anew. Raises Undecipherable."""
    with transaction.atomic():
        row = model._base_manager.select_for_update().filter(pk=pk).values_list(field, flat=True).first()
        return model._base_manager.filter(pk=pk).update(**{field: row}) if row else 0
