"""Places a few orders as a person would: signs in, opens the form, fills it in, sends it.

`python -m demo.orders http://127.0.0.1:8000`: exit code 1 if one was not taken or did not end in time.
"""

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

SECONDS = 20.0  # for one answer of the portal
END_SECONDS = 90.0  # for all of them to end

Fields = list[tuple[str, str]]

# Who orders what, with which answers. One fails: its gateway belongs to somebody else.
ORDERS: tuple[tuple[str, str, Mapping[str, str | list[str]]], ...] = (
    ("alice", "new-customer-network", {"_tenant_shortname": "TEN_ACME", "_customer_id": "ACM", "_vlan_id": "431"}),
    ("dan", "reset-a-switch-port", {"switch": "sw-acc-02", "switch_port": "11"}),
    ("alice", "add-customer-l2-domain", {
        "_tenant_shortname": "TEN_ACME", "_vlan_id": "432", "_site_from": "Antwerp", "_site_to": "Ghent",
        "_gateway": "10.47.1.1/24",
    }),
    ("dan", "vlan-on-access-ports", {"switch": "sw-acc-14", "ports": "3-8", "_vlan_id": "431"}),
    ("alice", "firewall-rule", {
        "_tenant_shortname": "TEN_ACME", "destination": "10.0.0.53", "services": ["DNS", "HTTPS"],
        "reason": "Name service for the new customer",
    }),
)  # fmt: skip


class FormPage(HTMLParser):
    """What a browser would send of a page's forms if nobody changed anything."""

    def __init__(self, html: str, having: str) -> None:
        """`having`: the name of a field, to tell the form that is meant from others on the page."""
        super().__init__()
        self._forms: list[Fields] = []
        self._select: str | None = None
        self._choice: str | None = None
        self._textarea: str | None = None
        self._text = ""
        self.feed(html)
        self.close()
        self.fields = next((form for form in self._forms if having in dict(form)), [])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms.append([])
        elif tag == "input":
            self._input(found)
        elif tag == "select":
            self._select, self._choice = found.get("name"), None
        elif tag == "option" and self._select and (self._choice is None or "selected" in found):
            self._choice = found.get("value", "")
        elif tag == "textarea":
            self._textarea, self._text = found.get("name"), ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self._add(self._select, self._choice or "")
            self._select = None
        elif tag == "textarea" and self._textarea:
            self._add(self._textarea, self._text.removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        self._text += data

    def _input(self, found: Mapping[str, str]) -> None:
        kind, name = found.get("type", "text"), found.get("name")
        if name and kind not in {"submit", "button", "reset", "image", "file"}:
            if kind not in {"checkbox", "radio"}:
                self._add(name, found.get("value", ""))
            elif "checked" in found:
                self._add(name, found.get("value", "on"))

    def _add(self, name: str, value: str) -> None:
        if self._forms:
            self._forms[-1].append((name, value))


def filled(fields: Fields, answers: Mapping[str, str | list[str]]) -> Fields:
    """The form's own fields, with these answers in place of what it proposed."""
    given = {f"a-{variable}": answer for variable, answer in answers.items()}
    sent = [(name, value) for name, value in fields if name not in given]
    for name, answer in given.items():
        sent += [(name, each) for each in ([answer] if isinstance(answer, str) else answer)]
    return sent


@dataclass
class Person:
    """Somebody at a browser."""

    portal: str
    name: str
    session: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, password: str = "demo") -> None:
        """Raises SystemExit if the portal does not let them in."""
        self.session.trust_env = False  # no proxy stands before this machine's own portal
        login = urljoin(self.portal, "/accounts/login/")
        answer = self._send(login, having="username", username=self.name, password=password)
        if answer.url.startswith(login):
            raise SystemExit(f"{self.name} could not sign in.")

    def order(self, slug: str, answers: Mapping[str, str | list[str]]) -> str:
        """The address of the new order's page. Raises SystemExit if it was not taken."""
        page = urljoin(self.portal, f"/tiles/{slug}/")
        answer = self._post(page, filled(self._form(page, "form_key"), answers))
        if "/jobs/" not in answer.url:
            raise SystemExit(f"{self.name}'s order of {slug} was not taken: {answer.status_code}.")
        return answer.url

    def waits_for(self, order: str) -> bool:
        """Whether an order has not ended: then its page keeps asking for news."""
        page = self.session.get(order, timeout=SECONDS)
        page.raise_for_status()
        return re.search(r'id="poller"\s+hx-get', page.text) is not None

    def _send(self, page: str, *, having: str, **values: str) -> requests.Response:
        fields = [(name, value) for name, value in self._form(page, having) if name not in values]
        return self._post(page, [*fields, *values.items()])

    def _form(self, page: str, having: str) -> Fields:
        answer = self.session.get(page, timeout=SECONDS)
        answer.raise_for_status()
        return FormPage(answer.text, having).fields

    def _post(self, page: str, fields: Fields) -> requests.Response:
        answer = self.session.post(page, data=fields, headers={"Referer": page}, timeout=SECONDS)
        answer.raise_for_status()
        return answer


def main(portal: str) -> None:
    """Place all of them and wait until they have ended."""
    people: dict[str, Person] = {}
    placed: list[tuple[Person, str]] = []
    for name, slug, answers in ORDERS:
        if name not in people:
            people[name] = Person(portal, name)
            people[name].sign_in()
        placed.append((people[name], people[name].order(slug, answers)))
        print(placed[-1][1], flush=True)
    give_up = time.monotonic() + END_SECONDS
    for person, order in placed:
        while person.waits_for(order):
            if time.monotonic() > give_up:
                raise SystemExit(f"Not all orders ended within {END_SECONDS:.0f} s.")
            time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1])
