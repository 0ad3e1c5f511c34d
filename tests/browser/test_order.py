"""The main job: order a tile, watch the network being built."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.demo import Demo
from tests.browser.steps import NETWORK, field, fill, number_of, order_network, place_order

NewContext = Callable[..., BrowserContext]
RECORD_STATES = """(number) => {
  window.notReloaded = true;
  window.states = [];
  const look = () => {
    const word = document.querySelector(`#job-${number} .chip-word`)?.textContent.trim();
    if (word && word !== window.states.at(-1)) window.states.push(word);
  };
  look();
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


def test_a_newcomer_signs_in_orders_and_sees_the_row_turn_to_done_without_a_reload(new_watched_context: NewContext):
    page = new_watched_context().new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/$"))
    expect(page.get_by_text("alice")).to_be_visible()  # the notice names the accounts
    sign_in(page, "alice")
    number = order_network(page, vlan="465")

    page.get_by_role("link", name="Job queue").click()
    page.wait_for_url("**/jobs/")
    page.evaluate(RECORD_STATES, number)
    row = page.locator(f"#job-{number}")
    expect(row).to_contain_text("New customer network")
    expect(row.locator(".chip-word")).to_have_text("Done", timeout=60_000)

    assert page.evaluate("window.notReloaded") is True
    states = page.evaluate("window.states")
    assert states[-1] == "Done"
    assert len(states) > 1, "it was never seen on its way"
    row.locator(".entry-what a").click()
    expect(page.locator(".asked")).to_contain_text("465")
    page.locator("details.details > summary").click()
    expect(page.locator(".log-line").nth(9)).to_be_visible()
    assert page.locator(".log-line", has_text="PLAY [").count() >= 1
    assert page.locator(".log-line", has_text="TASK [").count() >= 3
    assert page.locator("#extra-vars").count() == 0  # for people with the permission only


def test_an_engineer_sees_the_exact_extra_vars(new_watched_context: NewContext, built: int, running_demo: Demo):
    page = new_watched_context("bob").new_page()

    page.goto(f"/jobs/{built}/")
    shown = json.loads(page.locator("#extra-vars").text_content() or "")

    assert shown == running_demo.order(built)["tower_extra_vars"]
    expected = {"_tenant_shortname": "acme", "_customer_id": "EDS", "_vlan_id": 466, "_epg_fw": "true"}
    assert {name: shown[name] for name in expected} == expected


def test_the_page_of_an_order_goes_on_by_itself(alice: Page):
    order_network(alice, vlan="467")
    alice.evaluate("window.notReloaded = true")

    expect(alice.locator("#verdict")).to_be_visible(timeout=60_000)

    assert alice.evaluate("window.notReloaded") is True


@pytest.mark.parametrize(
    ("variable", "wrong", "told"),
    [
        ("_vlan_id", "5000", "Enter a number from 1 to 4094"),
        ("_customer_id", "", "Enter "),
        ("_tenant_shortname", "a-name-that-is-far-too-long", "Use at most 20 characters; this has 27"),
    ],
    ids=["VLAN 5000", "empty", "too long"],
)
def test_a_wrong_answer_is_explained_beside_its_field_and_nothing_is_lost(
    alice: Page, running_demo: Demo, variable: str, wrong: str, told: str
):
    before = running_demo.orders()
    alice.goto("/tiles/new-customer-network/")
    answers = NETWORK | {"_vlan_id": "468", "_epg_name": "EPG_MINE", variable: wrong}
    fill(alice, answers)
    alice.locator('[name="a-_vrf_name"][value="VRF_REGION3"]').check(force=True)
    alice.locator('[name="a-_epg_aix"]').check(force=True)

    alice.get_by_role("button", name="Place this order").click()

    wrong_field = alice.locator(".field-wrong")
    expect(wrong_field).to_have_count(1)
    expect(wrong_field.locator(f'[name="a-{variable}"]')).to_have_attribute("aria-invalid", "true")
    expect(wrong_field.locator(".errorlist")).to_contain_text(told)
    expect(alice.locator(".error-summary")).to_be_focused()
    assert {name: field(alice, name) for name in answers} == answers
    assert alice.locator('[name="a-_vrf_name"][value="VRF_REGION3"]').is_checked()
    assert alice.locator('[name="a-_epg_aix"]').is_checked()
    assert running_demo.orders() == before


def test_a_password_stays_on_the_server_while_the_form_is_corrected(alice: Page, running_demo: Demo):
    password = "zebra quagga 7731"
    alice.goto("/tiles/guest-wifi/")
    alice.locator('[name="a-site"]').first.check(force=True)
    fill(alice, {"wifi_password": password, "days": "99"})
    alice.get_by_role("button", name="Place this order").click()

    expect(alice.locator(".field-wrong")).to_have_count(1)
    assert field(alice, "wifi_password") == ""
    assert password not in alice.content()
    expect(alice.locator('.field:has([name="a-wifi_password"])')).to_contain_text("kept")

    fill(alice, {"days": "3"})
    number = place_order(alice)
    assert password not in alice.content()
    assert running_demo.order(number)["extra_vars"]["days"] == 3


def test_clicking_twice_orders_once(alice: Page, running_demo: Demo):
    before = running_demo.orders()
    alice.goto("/tiles/new-customer-network/")
    fill(alice, NETWORK | {"_vlan_id": "469"})

    alice.get_by_role("button", name="Place this order").dblclick()

    alice.wait_for_url(re.compile(r"/jobs/\d+/$"))
    assert running_demo.orders() == before + 1


def test_going_back_and_sending_the_same_form_again_leads_to_the_same_order(alice: Page, running_demo: Demo):
    alice.goto("/tiles/new-customer-network/")
    fill(alice, NETWORK | {"_vlan_id": "470"})
    number = place_order(alice)
    after_one = running_demo.orders()

    alice.go_back()
    # A browser may show the page as it was, or ask for it anew with another key; the old key is what is sent here.
    key = running_demo.rows(f"SELECT form_key FROM jobs_job WHERE id = {number}")[0][0]
    fill(alice, NETWORK | {"_vlan_id": "470"})
    alice.eval_on_selector('[name="form_key"]', "(input, key) => { input.value = key; }", key)
    alice.get_by_role("button", name="Place this order").click()

    alice.wait_for_url(re.compile(r"/jobs/\d+/$"))
    assert number_of(alice) == number
    assert running_demo.orders() == after_one


def test_without_javascript_everything_works_too(new_watched_context: NewContext, running_demo: Demo):
    page = new_watched_context(java_script_enabled=False).new_page()
    sign_in(page, "alice")
    number = order_network(page, vlan="471")

    expect(page.locator(".asked")).to_contain_text("471")
    page.goto("/jobs/")
    expect(page.locator(f"#job-{number}")).to_contain_text("New customer network")
    page.goto("/tiles/new-customer-network/")
    fill(page, NETWORK | {"_vlan_id": "5000"})
    page.get_by_role("button", name="Place this order").click()
    expect(page.locator(".field-wrong")).to_contain_text("Enter a number from 1 to 4094")
    assert field(page, "_customer_id") == "EDS"
