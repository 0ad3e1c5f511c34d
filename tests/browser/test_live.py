"""Pages that refresh themselves, and what becomes of them when the session has ended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import order_network


@pytest.mark.parametrize("where", ["queue", "job"])
def test_when_the_session_has_ended_the_next_poll_leads_to_the_sign_in_page(alice: Page, where: str):
    number = order_network(alice, vlan="480")
    path = "/jobs/" if where == "queue" else f"/jobs/{number}/"
    alice.goto(path)
    alice.context.clear_cookies(name="sessionid")

    alice.evaluate("htmx.trigger('#poller', 'look-now')")

    alice.wait_for_url(re.compile(rf"/accounts/login/\?next={path}$"))
    expect(alice.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_new_order_appears_in_a_queue_that_is_open(new_watched_context: Callable[..., BrowserContext]):
    context = new_watched_context("alice")
    queue, other = context.new_page(), context.new_page()
    order_network(other, vlan="481")  # so that the queue asks often
    queue.goto("/jobs/")
    queue.evaluate("window.notReloaded = true")

    number = order_network(other, vlan="482")
    queue.bring_to_front()
    queue.evaluate("htmx.trigger('#poller', 'look-now')")

    expect(queue.locator(f"#job-{number}")).to_be_visible()
    assert queue.evaluate("window.notReloaded") is True


def test_nothing_of_another_group_is_seen(new_watched_context: Callable[..., BrowserContext], alice: Page):
    number = order_network(alice, vlan="483")
    page = new_watched_context("carol").new_page()

    page.goto("/jobs/?whose=all")
    assert page.locator(f"#job-{number}").count() == 0
    answer = page.request.get(f"/jobs/{number}/")

    assert answer.status == 404
