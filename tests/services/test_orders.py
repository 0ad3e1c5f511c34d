"""Orders on a real database and a real broker, with several web servers and workers."""

import threading
from collections import Counter
from typing import Any

import pytest
import requests

from tests.processes import PYTHON, poll, run
from tests.services.conftest import ANSWERS, SLUG
from tests.services.stack import Stack
from tests.visitor import errors, job_number

FIELDS = {f"a-{name}": value for name, value in ANSWERS.items()}
PATH = f"/tiles/{SLUG}/"


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "htmx"])
def test_the_same_form_sent_at_the_same_moment_to_two_web_servers_orders_once(stack: Stack, javascript: bool):
    first, second = stack.urls[:2]
    alice = stack.visitor()
    if javascript:
        alice.session.headers["HX-Request"] = "true"
    rounds, found = 6, set()

    for _ in range(rounds):
        page = alice.get(PATH)
        got: list[requests.Response] = []
        together = threading.Barrier(4)

        def send(
            to: str,
            page: requests.Response = page,
            got: list[requests.Response] = got,
            together: threading.Barrier = together,
        ) -> None:
            together.wait(30)
            got.append(alice.post(PATH, FIELDS, page, to=to))

        threads = [threading.Thread(target=send, args=(to,)) for to in [first, second, first, second]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert [answer.status_code for answer in got] == [302] * 4, errors(got[0].text)
        assert len({job_number(answer) for answer in got}) == 1
        found.add(job_number(got[0]))

    assert stack.rows("SELECT count(*), count(DISTINCT form_key) FROM jobs_job") == [(rounds, rounds)]
    assert len(found) == rounds
    stack.work()
    poll(lambda: not stack.rows("SELECT id FROM jobs_job WHERE tower_id IS NULL"), what="all sent", seconds=60)
    assert len(stack.launched()) == rounds


def test_two_workers_launch_each_order_once_however_often_it_is_delivered(stack: Stack):
    alice = stack.visitor()
    orders = [alice.order(SLUG, ANSWERS | {"_vlan_id": str(100 + number)}) for number in range(8)]
    code = (
        "from portal.celery import app\n"
        f"[app.send_task('jobs.tasks.launch_job', [job], queue='launch') for _ in range(4) for job in {orders}]"
    )
    run([PYTHON, "-c", code], env=stack.env)

    stack.work("one", "two")

    poll(lambda: not stack.rows("SELECT id FROM jobs_job WHERE tower_id IS NULL"), what="all sent", seconds=60)
    launched = Counter(job["extra_vars"]["_vlan_id"] for job in stack.launched())
    assert launched == {100 + number: 1 for number in range(8)}
    posts = [path for method, path in stack.tower.requests if method == "POST" and path.endswith("/launch/")]
    assert len(posts) == 8


def test_an_order_is_taken_while_tower_is_away_and_runs_when_it_is_back(stack: Stack):
    stack.work()
    stack.tower.down()
    alice = stack.visitor()

    job = alice.order(SLUG, ANSWERS)

    poll(lambda: stack.value("SELECT trouble FROM catalog_controller"), what="the trouble is noticed")
    assert stack.status(job) == "queued"
    assert alice.get(f"/jobs/{job}/").status_code == 200
    stack.tower.up()
    poll(stack.launched, what="the order reaches Tower", seconds=90)
    in_tower = stack.launched()[0]["id"]
    stack.tower.start(in_tower)
    stack.tower.finish(in_tower, stdout="PLAY [all]\nok: [localhost]\n")
    poll(lambda: stack.status(job) == "successful", what="the order ends", seconds=60)
    assert len(stack.launched()) == 1


def test_operators_see_that_everything_is_well(stack: Stack):
    stack.work()
    oscar = stack.visitor("oscar")

    def well() -> dict[str, Any]:
        found: dict[str, Any] = oscar.get("/healthz").json()
        return found if found["beat"]["well"] else {}

    body = poll(well, what="the first beat")

    assert body["alive"] is True
    assert body["broker"] == {"well": True, "trouble": ""}
    assert '"name": "Test Tower"' in stack.manage("health", "database", "broker", "beat")


def test_an_order_is_taken_while_the_broker_is_away_and_launched_by_the_sweep(stack: Stack):
    """The row is the queue: what is lost with the broker is a nudge, never an order."""
    nowhere = "redis://127.0.0.1:1/0"
    url = stack.start_web(BROKER_URL=nowhere, CACHE_URL=nowhere)

    job = stack.visitor(url=url).order(SLUG, ANSWERS)

    assert stack.status(job) == "queued"
    stack.work()
    poll(stack.launched, what="the sweep launches it", seconds=60)
    assert len(stack.launched()) == 1
