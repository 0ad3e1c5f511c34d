"""Every verdict of the real AWX on random surveys, answers and prompts, asked of the demo Tower over HTTP."""

import json
from typing import Any

import pytest
import requests

from demo.tower.harness import TowerHarness
from tests.demo.world import RECORDED

TEMPLATES = {
    "asks for every prompt": ("job_templates", 15),
    "asks for nothing": ("job_templates", 14),
    "asks for the limit only": ("job_templates", 16),
    "asks for credentials, machine password at launch": ("job_templates", 18),
    "workflow that asks for inventory, limit, variables": ("workflow_job_templates", 27),
}


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (RECORDED / name).read_text(encoding="utf-8").splitlines()]


class Client:
    """Posts with a token, on one connection."""

    def __init__(self, tower: TowerHarness) -> None:
        self._tower, self._session = tower, requests.Session()

    def post(self, path: str, body: Any, *, admin: bool) -> tuple[int, Any]:
        token = self._tower.admin_token if admin else self._tower.token
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._session.post(f"{self._tower.url}/api/v2/{path}", json=body, headers=headers, timeout=10)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def client(tower: TowerHarness):
    found = Client(tower)
    yield found
    found._session.close()


def launched(line: dict[str, Any], status: int, body: Any) -> bool:
    """Whether a launch went as the verdict's did."""
    if status != line["status"]:
        return False
    if status != 201:
        return bool(body == line["body"])
    got = json.loads(body["extra_vars"]), body["ignored_fields"]
    return bool(got == (line["job_extra_vars"], line["ignored_fields"]))


def test_every_survey_and_answer_gets_the_verdict_of_the_real_one(tower: TowerHarness, client: Client):
    wrong, launches = [], 0
    for number, line in enumerate(read("survey-verdicts.jsonl")):
        ask = ["variables"] if line["ask_variables"] else []
        pk = tower.add_template(f"survey {number}", ask=ask, survey_enabled=True, allow_simultaneous=True)
        status, body = client.post(f"job_templates/{pk}/survey_spec/", line["spec"], admin=True)
        if (status, body) != (line["spec_status"], line.get("spec_error")):
            wrong.append((line["spec"], status, body))
        for launch in line.get("launches", []):
            launches += 1
            answer = client.post(f"job_templates/{pk}/launch/", {"extra_vars": launch["extra_vars"]}, admin=False)
            if not launched(launch, *answer):
                wrong.append((line["spec"], launch, answer))

    assert wrong == []
    assert launches == 1155


def test_every_prompt_gets_the_verdict_of_the_real_one(tower: TowerHarness, client: Client):
    tower.load(RECORDED / "world.yml")
    wrong = []
    for line in read("prompt-verdicts.jsonl"):
        kind, pk = TEMPLATES[line["template"]]
        status, body = client.post(f"{kind}/{pk}/launch/", line["body"], admin=line["by"] == "admin")
        if "job" in line and status == 201:
            body = {name: body.get(name) for name in line["job"]}
        if (status, body) != (line["status"], line.get("answer", line.get("job"))):
            wrong.append((line, status, body))

    assert wrong == []
