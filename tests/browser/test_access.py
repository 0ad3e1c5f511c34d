"""For everybody: keyboard, touch, small screens, contrast, screen readers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import fill

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
NewContext = Callable[..., BrowserContext]
PLACES = ["sign-in", "catalog", "order", "order with errors", "queue", "job", "password"]
TILE = 'a[href="/tiles/new-customer-network/"]'


def visit(page: Page, place: str, built: int) -> None:
    paths = {"sign-in": "/accounts/login/", "catalog": "/", "queue": "/jobs/", "job": f"/jobs/{built}/",
             "password": "/accounts/password/"}  # fmt: skip
    page.goto(paths.get(place, "/tiles/new-customer-network/"))
    if place == "order with errors":
        fill(page, {"_vlan_id": "5000"})
        page.get_by_role("button", name="Place this order").click()
        expect(page.locator(".field-wrong").first).to_be_visible()
    if place == "job":
        page.locator("details.details > summary").click()
        expect(page.locator(".log-line").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing(new_watched_context: NewContext, built: int, place: str, scheme: str):
    # The checker is put into the page from outside, which our own policy forbids.
    who = "" if place == "sign-in" else "alice"
    context = new_watched_context(who, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    visit(page, place, built)

    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")

    assert [summary(violation) for violation in found["violations"]] == []


def test_axe_would_notice_a_button_without_a_name(new_watched_context: NewContext):
    page = new_watched_context("alice", bypass_csp=True).new_page()
    page.goto("/")
    page.evaluate("document.getElementById('main').append(document.createElement('button'))")

    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")

    assert "button-name" in [violation["id"] for violation in found["violations"]]


def summary(violation: dict[str, Any]) -> str:
    nodes = "; ".join(f"{node['target']}: {node['failureSummary']}" for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']}: {nodes}"


@pytest.mark.parametrize("place", PLACES)
def test_nothing_scrolls_sideways_on_a_screen_320_wide(new_watched_context: NewContext, built: int, place: str):
    who = "" if place == "sign-in" else "alice"
    page = new_watched_context(who, viewport={"width": 320, "height": 640}).new_page()

    visit(page, place, built)

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


def test_a_tile_that_has_the_focus_shows_its_description(alice: Page):
    alice.goto("/")
    tile, about = alice.locator(TILE), alice.locator(f"{TILE} .tile-about")
    expect(about).not_to_be_visible()

    for _ in range(20):
        alice.keyboard.press("Tab")
        if tile.evaluate("tile => tile === document.activeElement"):
            break

    expect(tile).to_be_focused()
    expect(about).to_be_visible()
    alice.keyboard.press("Escape")
    expect(about).not_to_be_visible()
    alice.keyboard.press("Enter")
    expect(alice).to_have_url("/tiles/new-customer-network/")


def test_the_pointer_opens_a_tile_too(alice: Page):
    alice.goto("/")

    alice.locator(TILE).hover()

    expect(alice.locator(f"{TILE} .tile-about")).to_be_visible()


def test_a_first_tap_opens_a_tile_and_a_second_follows_it(new_watched_context: NewContext):
    phone = new_watched_context("alice", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 780})
    page = phone.new_page()
    page.goto("/")

    page.locator(TILE).tap()
    expect(page.locator(f"{TILE} .tile-about")).to_be_visible()
    expect(page).to_have_url("/")
    page.locator(TILE).tap()

    expect(page).to_have_url("/tiles/new-customer-network/")


def test_the_first_key_leads_past_the_header(alice: Page):
    alice.goto("/")

    alice.keyboard.press("Tab")

    expect(alice.get_by_role("link", name="Skip to the content")).to_be_focused()
