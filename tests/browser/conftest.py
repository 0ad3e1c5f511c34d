"""The running demo and a Chromium; every page of a test fails it on a script error or a policy violation."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.demo import Demo, demo
from tests.browser.steps import order_network, wait_until_done

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def running_demo() -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    try:
        with demo(folder) as started:
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, silent towards the network."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing: apt-get install chromium"
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return {"executable_path": chromium, "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]}


@pytest.fixture(scope="session")
def signed_in(browser: Browser, running_demo: Demo) -> Callable[[str], Any]:
    """The cookies of a person who has signed in through the page; signing in is done once for each."""
    known: dict[str, Any] = {}

    def cookies(name: str) -> Any:
        if name not in known:
            context = browser.new_context(base_url=running_demo.url)
            page = context.new_page()
            sign_in(page, name)
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return cookies


def sign_in(page: Page, name: str, password: str = "demo") -> None:
    if "/accounts/login/" not in page.url:
        page.goto("/accounts/login/")
    page.fill('[name="username"]', name)
    page.fill('[name="password"]', password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


@pytest.fixture(scope="session")
def built(browser: Browser, running_demo: Demo, signed_in: Callable[[str], Any]) -> int:
    """A network with VLAN 466 that alice has ordered and that is done."""
    context = browser.new_context(base_url=running_demo.url, storage_state=signed_in("alice"))
    page = context.new_page()
    number = order_network(page, vlan="466")
    wait_until_done(page, number)
    context.close()
    return number


class Watch:
    """Collects what no page of ours may do."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def page(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _said(self, message: ConsoleMessage) -> None:
        # An order form that has to be corrected is answered with 422, which Chromium mentions.
        if message.type == "error" and "status of 422" not in message.text:
            self.complaints.append(f"{message.location.get('url')}: {message.text}")


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_watched_context(browser: Browser, running_demo: Demo, signed_in: Callable[[str], Any]) -> Iterator[NewContext]:
    """A browser of its own for a person (`by`), or for a stranger; checked for errors at the end of the test."""
    watch, opened = Watch(), []

    def make(by: str = "", **options: Any) -> BrowserContext:
        state = {"storage_state": signed_in(by)} if by else {}
        context = browser.new_context(base_url=running_demo.url, **state, **options)
        context.set_default_timeout(15_000)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("page", watch.page)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert watch.complaints == []


@pytest.fixture
def alice(new_watched_context: NewContext) -> Page:
    """A page of a salesperson who has signed in."""
    return new_watched_context("alice").new_page()
