"""What people do on the pages, in their words."""

import re

from playwright.sync_api import Page, expect

NETWORK = {"_tenant_shortname": "acme", "_customer_id": "EDS"}


def fill(page: Page, answers: dict[str, str]) -> None:
    """Type into the text fields of an order form."""
    for variable, answer in answers.items():
        page.fill(f'[name="a-{variable}"]', answer)


def field(page: Page, variable: str) -> str:
    """What a field holds now."""
    return page.locator(f'[name="a-{variable}"]').input_value()


def place_order(page: Page) -> int:
    """Press the button; the number of the order it leads to."""
    page.get_by_role("button", name="Place this order").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    return number_of(page)


def number_of(page: Page) -> int:
    found = re.search(r"/jobs/(\d+)/", page.url)
    assert found, page.url
    return int(found[1])


def order_network(page: Page, vlan: str = "465", **answers: str) -> int:
    """Order New customer network, from the catalog on."""
    page.goto("/")
    page.locator('a[href="/tiles/new-customer-network/"]').click()
    fill(page, NETWORK | {"_vlan_id": vlan} | answers)
    return place_order(page)


def wait_until_done(page: Page, number: int, seconds: float = 60) -> None:
    """Watch the queue until the row says so."""
    page.goto("/jobs/")
    expect(page.locator(f"#job-{number} .chip-word")).to_have_text("Done", timeout=seconds * 1000)
