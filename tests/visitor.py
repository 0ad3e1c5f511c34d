"""A person with a plain HTTP client: signs in, fills in forms, reads pages. No JavaScript."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


class Visitor:
    """One session with the portal at `url`; several portals that share a database share the session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(urljoin(self.url, path), headers=headers, timeout=30)

    def sign_in(self, username: str, password: str = "demo") -> "Visitor":
        page = self.get("/accounts/login/")
        answer = self.post("/accounts/login/", {"username": username, "password": password}, page)
        assert answer.status_code == 302, f"{username} could not sign in: {answer.status_code}"
        return self

    def post(self, path: str, changes: dict[str, str], page: requests.Response, to: str = "") -> requests.Response:
        """Send the form of `page` with `changes`. `to` is another web server with the same database."""
        url = urljoin(to or self.url, path)
        return self.session.post(
            url, data=fields(page.text) | changes, headers={"Referer": url}, allow_redirects=False, timeout=60
        )

    def order(self, slug: str, answers: dict[str, str]) -> int:
        """Order a tile; the number of the order. Raises AssertionError with the page's errors."""
        path = f"/tiles/{slug}/"
        page = self.get(path)
        answer = self.post(path, {f"a-{name}": value for name, value in answers.items()}, page)
        assert answer.status_code == 302, errors(answer.text) or answer.status_code
        return job_number(answer)


class _Fields(HTMLParser):
    """What a browser would send of a page's forms if nothing was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and kind not in {"submit", "search"}:
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self._add(name, given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._add(self._select, given.get("value", ""))
        elif tag == "textarea" and name:
            self._textarea = name
            self._add(name, "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea][-1] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


def fields(page: str) -> dict[str, list[str]]:
    """The fields of a page's forms with what they hold; among them the CSRF token and the form's key."""
    reader = _Fields()
    reader.feed(page)
    reader.values["csrfmiddlewaretoken"] = reader.values["csrfmiddlewaretoken"][-1:]
    return reader.values


def errors(page: str) -> list[str]:
    """Whatever the page shows as an error of a field."""
    lists = re.findall(r'class="errorlist"[^>]*>(.*?)</ul>', page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", text)).split()) for text in lists]


def job_number(answer: requests.Response) -> int:
    """The order that an answer leads to."""
    found = re.fullmatch(r"(?:/\w+)?/jobs/(\d+)/", urlsplit(answer.headers.get("Location", "")).path)
    assert found, f"leads to {answer.headers.get('Location')}"
    return int(found[1])
