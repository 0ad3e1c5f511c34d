"""Password answers: encrypted at rest, masked in everything Tower returns, deleted when no longer needed.

They live with their order until the job has ended and its output was read, because until then Tower may repeat them in
an error text, in `extra_vars` or in the output, and only who knows a secret can mask it.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone

from jobs.models import Job, JobSecret, KeptSecret

MASK = "••••••••"
ENCRYPTED = "$encrypted$"  # what Tower itself shows in place of a survey password


def store(job: Job, values: Mapping[str, str]) -> None:
    """Keep an order's passwords; call it in the transaction that creates the order."""
    JobSecret.objects.bulk_create(
        JobSecret(job=job, variable=variable, value=value) for variable, value in values.items()
    )


def reveal(job: Job) -> dict[str, str]:
    """The order's passwords in clear, by variable; for the launch and for masking, never for a page."""
    return dict(job.secrets.values_list("variable", "value"))


def forget(job: Job) -> None:
    job.secrets.all().delete()


def keep(form_key: UUID, person: User, values: Mapping[str, str]) -> None:
    """Remember passwords typed into a form that has to be corrected elsewhere."""
    for variable, value in values.items():
        KeptSecret.objects.update_or_create(
            form_key=form_key, person=person, variable=variable, defaults={"value": value, "kept_at": timezone.now()}
        )


def kept(form_key: UUID, person: User) -> dict[str, str]:
    """What was kept for this form and is not yet too old."""
    fresh = timezone.now() - KeptSecret.LIFETIME
    rows = KeptSecret.objects.filter(form_key=form_key, person=person, kept_at__gte=fresh)
    return dict(rows.values_list("variable", "value"))


def drop_kept(form_key: UUID, person: User) -> None:
    KeptSecret.objects.filter(form_key=form_key, person=person).delete()


def drop_stale() -> int:
    """Delete what was typed into forms that were never sent; the number of values."""
    return KeptSecret.objects.filter(kept_at__lt=timezone.now() - KeptSecret.LIFETIME).delete()[0]


def mask(value: Any, secrets: Iterable[str]) -> Any:
    """`value` (text, or JSON of any depth, keys included) with each secret replaced, however it was quoted."""
    patterns = _pattern(frozenset(secret for secret in secrets if secret and secret != ENCRYPTED))
    return _masked(value, patterns) if patterns else value


def _masked(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, dict):
        return {_masked(key, pattern): _masked(item, pattern) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, pattern) for item in value]
    return value


def _pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    forms = sorted({form for secret in secrets for form in _spellings(secret)}, key=len, reverse=True)
    return re.compile("|".join(_bounded(form) for form in forms)) if forms else None


def _bounded(form: str) -> str:
    # One or two characters occur everywhere; alone, as Tower's texts quote them, they are the secret.
    escaped = re.escape(form)
    return rf"(?<!\w){escaped}(?!\w)" if len(form) < 3 else escaped


def _spellings(secret: str) -> set[str]:
    """How texts may spell it: raw, in JSON, as Python's repr, in YAML's single quotes, in a URL, in HTML."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        repr(secret)[1:-1],
        secret.replace("'", "''"),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        html.escape(secret, quote=False),
    }
