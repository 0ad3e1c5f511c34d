"""A workflow with an approval: ordered by one person, decided by another, live for both."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import NETWORK, fill, place_order

ASKED = "Sign-off by the network leads"


def order_with_sign_off(page: Page, vlan: str) -> str:
    """Order it from the catalog on; the path of its page, which is marked, so that a reload would be noticed."""
    page.goto("/")
    page.locator('a[href="/tiles/customer-network-with-sign-off/"]').click()
    fill(page, NETWORK | {"_vlan_id": vlan})
    number = place_order(page)
    page.evaluate("window.notReloaded = true")
    return f"/jobs/{number}/"


def step(page: Page, title: str):
    return page.locator("#job-steps li", has=page.locator(".step-title", has_text=re.compile(f"^{title}$")))


def test_a_network_lead_approves_and_the_workflow_goes_on_to_its_end_all_live(
    new_watched_context: Callable[..., BrowserContext], alice: Page
):
    path = order_with_sign_off(alice, "490")
    expect(alice.locator("#job-live h2")).to_have_text("Needs a decision", timeout=60_000)
    expect(step(alice, "Backup").locator(".step-word")).to_have_text("Done")
    expect(alice.get_by_role("button", name="Approve")).to_have_count(0)

    carol = new_watched_context("carol").new_page()
    carol.goto("/jobs/?whose=decide")
    carol.locator(f'a[href="{path}"]').click()
    expect(step(carol, ASKED).locator(".step-word")).to_have_text("Needs a decision")
    carol.get_by_label("Note").fill("Fine with us")
    carol.get_by_role("button", name="Approve").click()
    expect(carol.get_by_text("You approved it.")).to_be_visible()
    carol.evaluate("window.notReloaded = true")

    for page in [alice, carol]:
        page.bring_to_front()
        expect(step(page, ASKED).locator(".step-word")).to_have_text("Approved by Carol", timeout=30_000)
        expect(page.locator("#job-timeline")).to_contain_text("Fine with us")
        expect(page.locator("#verdict")).to_have_text("The network is ready and checked", timeout=60_000)
        assert page.evaluate("window.notReloaded") is True

    step(alice, "Build").get_by_text("Output").click()
    expect(step(alice, "Build").locator(".log-line").first).to_be_visible(timeout=30_000)
    assert alice.evaluate("window.notReloaded") is True


def test_a_denial_is_told_as_what_it_is_while_a_note_is_not_lost_to_an_update(
    new_watched_context: Callable[..., BrowserContext], alice: Page
):
    path = order_with_sign_off(alice, "491")
    expect(alice.locator("#job-live h2")).to_have_text("Needs a decision", timeout=60_000)
    carol = new_watched_context("carol").new_page()
    carol.goto(path)
    carol.get_by_label("Note").fill("Not this week")
    # A refresh as after any change of the order.
    carol.evaluate("document.getElementById('job-steps').dataset.old = 'yes'")
    carol.evaluate(f"htmx.ajax('GET', '{path}?since=before', {{target: '#poller', swap: 'outerHTML'}})")
    expect(carol.locator("#job-steps:not([data-old])")).to_be_visible()
    expect(carol.get_by_label("Note")).to_have_value("Not this week")

    carol.get_by_role("button", name="Deny").focus()
    carol.keyboard.press("Enter")

    expect(alice.locator("#verdict")).to_have_text("Denied by Carol", timeout=60_000)
    expect(alice.locator("#job-timeline")).to_contain_text("Not this week")
    expect(step(alice, "Build").locator(".step-word")).to_have_text("Skipped")
    alice.goto("/jobs/")
    expect(alice.locator("li", has=alice.locator(f'a[href="{path}"]')).locator(".chip-word")).to_have_text(
        "Denied by Carol"
    )


def test_the_steps_fit_on_a_phone_and_need_no_javascript(
    new_watched_context: Callable[..., BrowserContext], alice: Page
):
    path = order_with_sign_off(alice, "492")
    expect(alice.locator("#job-live h2")).to_have_text("Needs a decision", timeout=60_000)

    carol = new_watched_context("carol", java_script_enabled=False, viewport={"width": 320, "height": 700}).new_page()
    carol.goto(path)
    step(carol, "Backup").get_by_text("Output").click()
    expect(step(carol, "Backup").get_by_role("link", name="Read it on a page of its own")).to_be_visible()
    assert all(
        box["x"] + box["width"] <= 320 for one in carol.locator("#job-steps *").all() if (box := one.bounding_box())
    )
    carol.get_by_role("button", name="Approve").click()

    expect(alice.locator("#job-timeline")).to_contain_text("Approved by Carol", timeout=30_000)
