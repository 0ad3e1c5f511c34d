"""Tower's filters, beyond those that were recorded."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from demo.tower.harness import TowerHarness


class Jobs:
    """Five jobs in different states, asked for by filters."""

    def __init__(self, tower: TowerHarness) -> None:
        self.tower, self.session = tower, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {tower.token}"
        plain, slow = (tower.template(name)["id"] for name in ("Plain no prompts", "Slow (for cancel)"))
        for template in (plain, plain, slow, slow, slow):
            self.session.post(f"{tower.url}/api/v2/job_templates/{template}/launch/", json={}, timeout=5)
        tower.finish(1)
        tower.finish(2, "failed")
        tower.start(3)
        self.plain, self.slow = plain, slow

    def ask(self, query: str, kind: str = "unified_jobs") -> Any:
        return self.session.get(f"{self.tower.url}/api/v2/{kind}/?{query}", timeout=5)

    def ids(self, query: str) -> list[int]:
        answer = self.ask(query)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["results"]]


@pytest.fixture
def jobs(tower: TowerHarness):
    found = Jobs(tower)
    yield found
    found.session.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("id__in=5,1,99", [1, 5]),
        ("status=failed", [2]),
        ("status=failed&status=running", []),
        ("status__in=failed,running", [2, 3]),
        ("or__status=failed&or__status=running", [2, 3]),
        ("not__status=pending", [1, 2, 3]),
        ("or__not__status=pending&or__id=5", [1, 2, 3, 5]),
        ("chain__status=failed", [2]),
        ("failed=true", [2]),
        ("launch_type=manual&order_by=-id&page_size=2", [5, 4]),
        ("id__gt=2&id__lte=4", [3, 4]),
        ("name__icontains=SLOW", [3, 4, 5]),
        ("name__startswith=Plain&id__lt=2", [1]),
        ("started__isnull=true", [4, 5]),
        ("created_by__username=portal-svc&id=1", [1]),
        ("unified_job_template__name=Plain no prompts", [1, 2]),
        ("order_by=-status,id&page_size=3", [1, 3, 4]),
        ("search=slow", [3, 4, 5]),
        ("type=workflow_job", []),
        ("type=job,workflow_job&id__in=1", [1]),
        ("id=none", []),
        ("created__gte=2020-01-01", [1, 2, 3, 4, 5]),
        ("created__lt=2020-01-01T00:00:00Z", []),
    ],
)
def test_a_filter_finds(jobs: Jobs, query: str, found: list[int]):
    assert jobs.ids(query) == found


def test_templates_and_launchers_are_asked_for_by_id(jobs: Jobs):
    account = jobs.ask("", "me").json()["results"][0]["id"]

    assert jobs.ids(f"unified_job_template={jobs.plain}&created_by={account}") == [1, 2]
    assert jobs.ids(f"job_template={jobs.slow}&created_by=999") == []


def test_what_has_changed_since_is_found_in_one_question(jobs: Jobs):
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    since = f"id__in=1,2,3,4,5&or__modified__gt={now}&or__finished__gt={now}&or__canceled_on__gt={now}&order_by=id"
    before = jobs.ids(since)
    jobs.tower.start(4)
    jobs.tower.finish(3)
    jobs.session.post(f"{jobs.tower.url}/api/v2/jobs/5/cancel/", json={}, timeout=5)

    assert before == []
    assert jobs.ids(since) == [3, 4, 5]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("nosuch=1", "UnifiedJob has no field named 'nosuch'"),
        ("created_by__nosuch=1", "User has no field named 'nosuch'"),
        ("or__id=x", '["“x” value must be an integer."]'),
        ("id__in=", "cannot provide empty value for __in"),
        ("order_by=nosuch", "UnifiedJob has no field named 'nosuch'"),
    ],
)
def test_a_filter_is_refused(jobs: Jobs, query: str, text: str):
    answer = jobs.ask(query)

    assert (answer.status_code, answer.json()) == (400, {"detail": text})


def test_what_is_secret_cannot_be_searched_for(jobs: Jobs):
    answer = jobs.ask("extra_vars__icontains=x")

    assert (answer.status_code, answer.json()) == (403, {"detail": "Filtering on extra_vars is not allowed."})


def test_a_page_is_never_larger_than_200(jobs: Jobs):
    for _ in range(200):
        jobs.tower.tower.ledger.create("job", {}, template=jobs.plain, name="x", description="")
    answer = jobs.ask("page_size=1000").json()

    assert len(answer["results"]) == 200
    assert answer["count"] == 205
    assert answer["next"] == "/api/v2/unified_jobs/?page=2&page_size=1000"
    assert len(jobs.session.get(jobs.tower.url + answer["next"], timeout=5).json()["results"]) == 5


def test_a_list_without_its_count_is_results_only(jobs: Jobs):
    assert jobs.ask("count_disabled=1").json().keys() == {"results"}


def test_templates_are_found_by_role(jobs: Jobs):
    rows = jobs.ask("role_level=execute_role&page_size=200", "unified_job_templates").json()["results"]

    assert {row["type"] for row in rows} == {"job_template", "workflow_job_template"}
