"""Stop from the queue, order again: with the keyboard, and live."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.demo import Demo
from tests.browser.steps import number_of, place_order
from tests.browser.test_access import AXE, summary

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def dan(new_watched_context: NewContext) -> Page:
    return new_watched_context("dan").new_page()


def order_firmware(page: Page, slowness: str = "2") -> int:
    """Something slow enough to be stopped."""
    page.goto("/tiles/stage-firmware/")
    page.fill('[name="a-slowness"]', slowness)
    return place_order(page)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))


def test_a_job_is_stopped_from_the_queue_with_the_keyboard_and_the_row_tells_it(dan: Page, running_demo: Demo):
    number = order_firmware(dan)
    dan.goto("/jobs/")
    row = dan.locator(f"#job-{number}")
    expect(row.locator(".chip-word")).to_have_text("Being built", timeout=30_000)
    dan.evaluate("window.notReloaded = true")
    action = row.locator(".row-action")
    expect(action).to_contain_text("Stop…")

    # Esc leaves everything as it is, and the focus where it was.
    action.focus()
    dan.keyboard.press("Enter")
    dialog = dan.get_by_role("dialog", name="Stop this build?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Let it finish")).to_be_focused()
    dan.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(action).to_be_focused()
    assert running_demo.rows(f"SELECT stop_wanted_at FROM jobs_job WHERE id = {number}") == [(None,)]

    dan.keyboard.press("Enter")
    expect(dialog.get_by_text("Let it finish")).to_be_focused()
    dan.keyboard.press("Tab")
    assert focused(dan) == "Stop the build"
    dan.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(row.locator(".chip-word")).to_have_text(re.compile("Stopping…|Stopped by Dan"))
    expect(row.locator(".chip-word")).to_have_text("Stopped by Dan", timeout=30_000)
    expect(row.locator(".entry-what a")).to_be_focused()
    expect(action).to_contain_text("Order again")
    assert dan.evaluate("window.notReloaded") is True
    assert running_demo.order(number)["status"] == "canceled"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_question(new_watched_context: NewContext, scheme: str):
    page = new_watched_context("dan", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce").new_page()
    number = order_firmware(page, "0")
    page.goto(f"/jobs/{number}/")
    page.locator(f"#verb-{number}").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_be_visible()

    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")

    assert [summary(violation) for violation in found["violations"]] == []


def test_stopping_works_without_javascript(new_watched_context: NewContext, running_demo: Demo):
    page = new_watched_context("dan", java_script_enabled=False).new_page()
    number = order_firmware(page)
    link = page.locator(f"#verb-{number}")
    while not link.is_visible() or "Stop" not in link.inner_text():
        page.wait_for_timeout(500)
        page.goto(f"/jobs/{number}/")

    link.click()
    page.get_by_role("button", name="Stop the build").click()

    page.wait_for_url(f"**/jobs/{number}/")
    expect(page.get_by_text("Dan asked to stop it")).to_be_visible()


def test_an_order_is_placed_again_with_another_vlan(alice: Page, built: int, running_demo: Demo):
    alice.goto(f"/jobs/{built}/")
    alice.get_by_role("link", name="Order again").click()
    expect(alice.get_by_text("Filled in as in an earlier order")).to_be_visible()
    assert alice.locator('[name="a-_vlan_id"]').input_value() == "466"
    alice.fill('[name="a-_vlan_id"]', "467")

    number = place_order(alice)

    assert number == number_of(alice) != built
    earlier, again = (running_demo.order(one)["extra_vars"] for one in (built, number))
    assert again == earlier | {"_vlan_id": 467}


def test_a_phone_shows_the_actions_large_enough_to_touch(new_watched_context: NewContext, built: int):
    page = new_watched_context(
        "alice", viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True
    ).new_page()
    page.goto("/jobs/")
    action = page.locator(f"#verb-{built}")

    box = action.bounding_box()
    assert box
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
