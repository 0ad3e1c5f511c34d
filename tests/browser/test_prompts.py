"""A template that asks for everything, ordered with the keyboard alone."""

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.demo import Demo
from tests.browser.steps import number_of

NewContext = Callable[..., BrowserContext]
FOCUSED = "() => [document.activeElement.name || '', document.activeElement.textContent.trim()]"
MOST_TABS = 80


def tab_to(page: Page, *, name: str = "", text: str = "") -> None:
    """Press Tab until the field of this name, or the link or button of this text, has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if (name and found[0] == f"a-{name}") or (text and text in found[1] and len(found[1]) < 200):
            return
    raise AssertionError(f"{name or text} cannot be reached")


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, name=name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def pick(page: Page, name: str, *keys: str) -> None:
    tab_to(page, name=name)
    for key in keys:
        page.keyboard.press(key)


def test_a_tile_that_asks_for_everything_is_ordered_with_the_keyboard_alone(
    new_watched_context: NewContext, running_demo: Demo
):
    page = new_watched_context("dan").new_page()
    page.goto("/")
    tab_to(page, text="Look after devices")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tiles/look-after-devices/")

    write(page, "reason", "new firmware")
    pick(page, "p-inventory", "Space", "ArrowDown")
    write(page, "p-limit", "lab-acc-01")
    pick(page, "p-credentials-1", "ArrowDown")
    pick(page, "p-job_type", "ArrowDown")
    write(page, "p-job_tags", "read,apply")
    write(page, "p-skip_tags", "never")
    write(page, "p-scm_branch", "main")
    pick(page, "p-diff_mode", "Space")
    tab_to(page, name="p-verbosity")
    page.keyboard.type("1")
    write(page, "p-forks", "2")
    write(page, "p-timeout", "60")
    write(page, "p-job_slice_count", "1")
    pick(page, "p-execution_environment", "ArrowDown")
    pick(page, "p-labels", "Space")
    pick(page, "p-instance_groups", "Space")
    write(page, "p-extra_vars", "window: tonight")
    tab_to(page, text="Place this order")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("password of the machines")
    expect(page.get_by_role("alert")).to_be_focused()
    write(page, "w-ssh_password", "hunter22")
    tab_to(page, text="Place this order")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*/")

    [[stored]] = running_demo.rows(f"SELECT prompts FROM jobs_job WHERE id = {number_of(page)}")
    prompts = json.loads(stored)
    assert {name: prompts[name] for name in prompts if not isinstance(prompts[name], list)} == {
        "inventory": prompts["inventory"], "limit": "lab-acc-01", "job_type": "check", "job_tags": "read,apply",
        "skip_tags": "never", "scm_branch": "main", "diff_mode": True, "verbosity": 1, "forks": 2, "timeout": 60,
        "job_slice_count": 1, "execution_environment": prompts["execution_environment"],
    }  # fmt: skip
    assert all(len(prompts[name]) == 1 for name in ("credentials", "labels", "instance_groups"))
    expect(page.locator(".asked")).to_contain_text("ExampleNet lab")
    expect(page.locator(".asked")).to_contain_text("Network devices as yourself")
    expect(page.get_by_role("heading", name="The devices are looked after")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("tonight").first).to_be_visible()
