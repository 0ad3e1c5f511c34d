"""Run a job again in Tower: what to ask before, what to send, and which of Tower's jobs came of it.

A relaunch is an order of its own and takes the same careful path as a launch (`jobs.launch`): looked at first, written
down, sent once, searched for when the answer is lost. Tower replays the answers and survey passwords of the first job
in today's template.
"""

import re
from typing import Any

from jobs.models import Job
from portal.tower.client import Tower
from portal.tower.errors import Denied, Rejected
from portal.tower.records import JobRecord, Launched

ORDER_AGAIN = "Nothing was started. It can be ordered again instead."
PASSWORDS = f"Tower asks for a credential's password to run it again, which cannot be given here. {ORDER_AGAIN}"
TOO_OLD = f"This Tower is too old to run a job again from here. {ORDER_AGAIN}"
NONE_FAILED = "No device failed, so there is nothing to run again on the failed ones. It can be run on all devices."

# Tower's own texts (AWX: api/views/__init__.py JobRelaunch, api/serializers.py JobRelaunchSerializer, access.py).
_WORDS = [
    (
        r"secret prompts provided by another user",
        "Another account gave passwords for it, which Tower does not use again",
    ),
    (r"Missing passwords needed to start", "Tower asks for a credential's password, which cannot be given here"),
    (r"previous job had 0 failed hosts", "No device failed, so there is nothing to run again on the failed ones"),
    (r"previous job had 0 all hosts", "Tower knows of no device that it ran on"),
    (r"[Ww]ait until job finishes|not available until job finishes", "It has not ended yet in Tower"),
    (r"orphaned from its|missing or undefined", "Its template in Tower, or the inventory of it, is gone"),
]


class Impossible(Exception):
    """Tower would not run it again; str() says why, for people. Nothing was started."""


def look(job: Job, tower: Tower) -> dict[str, Any]:
    """Ask whether Tower would run it again, and what to know it by afterwards. Raises Impossible, TowerError."""
    url = url_of(job, tower)
    if not tower.tells_relaunches:
        raise Impossible(TOO_OLD)  # a lost answer could not be searched for
    form = tower.relaunch_form(url)
    if form.passwords:
        raise Impossible(PASSWORDS)
    if job.relaunch_hosts == "failed" and not form.counts.get("failed"):
        raise Impossible(NONE_FAILED)
    if job.relaunch_hosts == "failed":
        names = [summary.name for summary in tower.host_summaries(url) if summary.failed or summary.unreachable]
        return {"limit": ",".join(names)}
    return {"limit": tower.job(url).limit}


def send(job: Job, tower: Tower) -> Launched:
    """The POST. Raises every TowerError."""
    return tower.relaunch(url_of(job, tower), job.relaunch_hosts)


def url_of(job: Job, tower: Tower) -> str:
    """The address in Tower of the job that is run again."""
    first = job.relaunch_of
    if first is None or first.tower_id is None:
        raise Impossible(f"Tower no longer has the job that was to be run again. {ORDER_AGAIN}")
    return tower.job_url(first.tower_type, first.tower_id)


def is_of(job: Job, record: JobRecord) -> bool:
    """Whether a job that was relaunched in Tower is what came of this order: same answers, same devices."""
    if any(record.extra_vars.get(variable) != value for variable, value in job.extra_vars.items()):
        return False
    return _names(record.limit) == _names((job.attempt or {}).get("limit") or "")


def _names(limit: str) -> set[str]:
    return set(filter(None, limit.split(",")))


def refused(error: Rejected | Denied) -> str:
    """Tower's reasons in words. They repeat no answers; what is not known here is told as Tower says it."""
    if isinstance(error, Denied):
        reasons = [error.detail]
    else:
        reasons = [reason for texts in error.reasons.values() for reason in texts]
    told = dict.fromkeys(_in_words(reason) for reason in reasons if reason)
    return " ".join([f"{'. '.join(told) or str(error).rstrip('.')}.", ORDER_AGAIN])


def _in_words(reason: str) -> str:
    known = next((words for pattern, words in _WORDS if re.search(pattern, reason)), "")
    if not known and reason.startswith("You do not have permission"):
        known = "The portal's account may not do this in Tower"
    return known or f"Tower says: {reason.rstrip('.')}"
