"""A client with time enough for a busy machine, and a launch to try things with."""

from typing import Any

from portal.tower.auth import BearerToken
from portal.tower.client import Tower
from portal.tower.records import Launched

HURRIED: dict[str, Any] = {"connect_timeout": 0.5, "read_timeout": 0.5, "launch_timeout": 0.5}
JOB = {"id": 7, "type": "job", "url": "/api/v2/jobs/7/", "status": "pending", "ignored_fields": {}}


def tower_at(url: str, **options: Any) -> Tower:
    given: dict[str, Any] = {
        "connect_timeout": 0.5,
        "read_timeout": 0.5,
        "launch_timeout": 0.5,
        "base": "/api/v2/",
    } | options
    return Tower(url, BearerToken("s3cret"), **given)


def launch(url: str, **options: Any) -> Launched:
    return tower_at(url, **options).launch("job_template", 9, {"extra_vars": {"_vlan_id": 465}})
