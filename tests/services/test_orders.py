"""Orders on a real database and a real broker, with several web servers and workers."""

import threading
from collections import Counter

import pytest
import requests
from demo.tower.harness import TowerHarness

from tests.processes import PYTHON, poll, run
from tests.services.conftest import ANSWERS, SLUG
from tests.services.stack import Stack
from tests.visitor import job_number

FIELDS = {f"a-{name}": value for name, value in ANSWERS.items()}


def send_at_once(sends: list[threading.Thread]) -> None:
    for thread in sends:
        thread.start()
    for thread in sends:
        thread.join(60)


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "htmx"])
def test_the_same_form_sent_at_the_same_moment_to_two_web_servers_orders_once(
    stack: Stack, tower: TowerHarness, javascript: bool
):
    first, second = stack.start_web(), stack.start_web()
    alice = stack.visitor()
    if javascript:
        alice.session.headers["HX-Request"] = "true"
    rounds, found = 6, []

    for _ in range(rounds):
        page = alice.get(f"/tiles/{SLUG}/")
        answers: list[requests.Response] = []
        together = threading.Barrier(4)

        def send(to: str, page: requests.Response = page, answers: list[requests.Response] = answers,
                 together: threading.Barrier = together) -> None:  # fmt: skip
            together.wait(30)
            answers.append(alice.post(f"/tiles/{SLUG}/", FIELDS, page, to=to))

        send_at_once([threading.Thread(target=send, args=(to,)) for to in [first, second, first, second]])
        assert [answer.status_code for answer in answers] == [302] * 4
        led_to = {job_number(answer) for answer in answers}
        assert len(led_to) == 1
        found.append(led_to.pop())

    assert stack.rows("SELECT count(*), count(DISTINCT form_key) FROM jobs_job") == [(rounds, rounds)]
    assert len(set(found)) == rounds
    stack.start_worker()
    stack.start_beat()
    poll(lambda: len(tower.jobs) >= rounds, what="all orders in Tower")
    poll(lambda: not stack.rows("SELECT id FROM jobs_job WHERE tower_id IS NULL"), what="all answers saved")
    assert len(tower.jobs) == rounds


def test_two_workers_launch_each_order_once_however_often_it_is_delivered(stack: Stack, tower: TowerHarness):
    stack.start_web()
    alice = stack.visitor()
    orders = [alice.order(SLUG, ANSWERS | {"_vlan_id": str(100 + number)}) for number in range(8)]
    code = (
        "from portal.celery import app\n"
        f"[app.send_task('jobs.tasks.launch_job', [job], queue='launch') for _ in range(4) for job in {orders}]"
    )
    run([PYTHON, "-c", code], env=stack.env)

    stack.start_worker("one")
    stack.start_worker("two")
    stack.start_beat()

    poll(lambda: not stack.rows("SELECT id FROM jobs_job WHERE tower_id IS NULL"), what="all orders sent", seconds=60)
    launched = Counter(job["extra_vars"]["_vlan_id"] for job in tower.jobs)
    assert launched == {100 + number: 1 for number in range(8)}
    posts = [path for method, path in tower.requests if method == "POST" and path.endswith("/launch/")]
    assert len(posts) == 8


def test_an_order_is_taken_while_tower_is_away_and_runs_when_it_is_back(stack: Stack, tower: TowerHarness):
    stack.start_web()
    stack.start_worker()
    stack.start_beat()
    alice = stack.visitor()
    tower.down()

    job = alice.order(SLUG, ANSWERS)

    poll(lambda: stack.value("SELECT trouble FROM catalog_controller"), what="the trouble is noticed")
    assert stack.status(job) == "queued"
    assert alice.get(f"/jobs/{job}/").status_code == 200
    tower.up()
    poll(lambda: tower.jobs, what="the order reaches Tower", seconds=90)
    tower.start(tower.jobs[0]["id"])
    tower.finish(tower.jobs[0]["id"], stdout="PLAY [all]\nok: [localhost]\n")
    poll(lambda: stack.status(job) == "successful", what="the order ends", seconds=60)
    assert len(tower.jobs) == 1


def test_operators_see_that_everything_is_well(stack: Stack):
    stack.start_web()
    stack.start_worker()
    stack.start_beat()
    oscar = stack.visitor("oscar")

    body = poll(
        lambda: found if (found := oscar.get("/healthz").json())["beat"]["well"] else None, what="the first beat"
    )

    assert body["alive"] is True
    assert body["broker"]["well"] is True
    assert [(one["name"], one["trouble"]) for one in body["controllers"]] == [("Test Tower", "")]
    assert '"well": true' in stack.manage("health", "database", "broker", "beat")


def test_an_order_is_taken_while_the_broker_is_away_and_launched_by_the_sweep(stack: Stack, tower: TowerHarness):
    """The row is the queue: what is lost with the broker is a nudge, never an order."""
    away = dict(stack.env)
    stack.env["BROKER_URL"] = stack.env["CACHE_URL"] = "redis://127.0.0.1:1/0"
    stack.start_web()
    stack.env.update(away)

    job = stack.visitor().order(SLUG, ANSWERS)

    assert stack.status(job) == "queued"
    stack.start_worker()
    stack.start_beat()
    poll(lambda: tower.jobs, what="the sweep launches it", seconds=60)
    assert len(tower.jobs) == 1
