"""Withdraw and stop with real workers, on a real database and a real broker."""

from tests.processes import poll
from tests.services.conftest import ANSWERS, SLUG
from tests.services.stack import Stack


def test_orders_withdrawn_while_two_workers_take_them_are_never_both_withdrawn_and_launched(stack: Stack):
    alice = stack.visitor()
    orders = [alice.order(SLUG, ANSWERS | {"_vlan_id": str(200 + number)}) for number in range(24)]
    pages = {order: alice.get(f"/jobs/{order}/withdraw/") for order in orders}
    stack.work("one", "two")

    # From the other end, so that people and workers meet.
    answers = {order: alice.post(f"/jobs/{order}/withdraw/", {}, pages[order]) for order in reversed(orders)}

    poll(lambda: not stack.rows("SELECT id FROM jobs_job WHERE status IN ('queued', 'launching')"), what="all settled")
    withdrawn = {row[0] for row in stack.rows("SELECT id FROM jobs_job WHERE status = 'withdrawn'")}
    assert {order for order, answer in answers.items() if answer.status_code == 302} == withdrawn
    launched = sorted(job["extra_vars"]["_vlan_id"] for job in stack.launched())
    assert launched == [200 + number for number, order in enumerate(orders) if order not in withdrawn]


def test_a_build_is_stopped_by_a_worker(stack: Stack):
    stack.work()
    alice = stack.visitor()
    order = alice.order(SLUG, ANSWERS)
    poll(stack.launched, what="Tower has it")
    in_tower = stack.launched()[0]["id"]
    stack.tower.start(in_tower)
    poll(lambda: stack.status(order) == "running", what="it runs")

    alice.post(f"/jobs/{order}/stop/", {}, alice.get(f"/jobs/{order}/stop/"))

    poll(lambda: stack.launched()[0]["canceled_on"], what="Tower is asked")
    stack.tower.finish(in_tower, "canceled")
    poll(lambda: stack.status(order) == "canceled", what="it is stopped")
    assert "Stopped by Alice" in alice.get(f"/jobs/{order}/").text
