"""A person with a plain HTTP client: signs in, fills in forms, reads pages. No JavaScript."""

import re
from html import unescape
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

    def post(self, path: str, fields: dict[str, str], page: requests.Response, to: str = "") -> requests.Response:
        """Send a form of `page`: its hidden fields and `fields`. `to` is another web server with the same database."""
        url = urljoin(to or self.url, path)
        return self.session.post(
            url, data=hidden(page.text) | fields, headers={"Referer": url}, allow_redirects=False, timeout=60
        )

    def order(self, slug: str, answers: dict[str, str]) -> int:
        """Order a tile; the number of the order. Raises AssertionError with the page's errors."""
        path = f"/tiles/{slug}/"
        page = self.get(path)
        answer = self.post(path, {f"a-{name}": value for name, value in answers.items()}, page)
        assert answer.status_code == 302, errors(answer.text) or answer.status_code
        return job_number(answer)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms, by name; among them the CSRF token and the form's key."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = attributes.get("value", "")
    return found


def errors(page: str) -> list[str]:
    """Whatever the page shows as an error of a field."""
    found = re.findall(r'id="[^"]*error[^"]*"[^>]*>(.*?)</', page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in found]


def job_number(answer: requests.Response) -> int:
    """The order that an answer leads to."""
    found = re.fullmatch(r"(?:/\w+)?/jobs/(\d+)/", urlsplit(answer.headers.get("Location", "")).path)
    assert found, f"leads to {answer.headers.get('Location')}"
    return int(found[1])
