"""What we prove ourselves with, and what people typed, stays out of every text."""

import logging

import pytest

from portal.tower.auth import Basic, BearerToken
from portal.tower.client import Tower
from portal.tower.errors import TowerError
from tests.tower.rawserver import RawServer, answer, resets, says

TOKEN, TYPED = "tok3n-of-the-account", "p4ssword-of-a-person"
ECHO = f"Value {TYPED} for 'pw' expected to be a string."

FAULTS = [
    resets,
    says(answer(400, {"variables_needed_to_start": [ECHO]})),
    says(answer(400, f'"{TYPED}"')),
    says(answer(401, {"detail": TOKEN})),
    says(answer(403, {"detail": TYPED})),
    says(answer(404, {"detail": TYPED})),
    says(answer(429, {"detail": TYPED})),
    says(answer(500, f"<p>{TYPED}", content_type="text/html")),
    says(answer(201, f"<p>{TYPED}", content_type="text/html")),
    says(answer(201, {"extra_vars": TYPED})),
    says(answer(302, "", Location=f"/?{TYPED}")),
]


def everything_of(error):
    """All that a traceback, a log line or an error page could show of it."""
    seen = []
    while error is not None:
        seen += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(seen)


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_no_error_and_no_log_line_tells_a_secret(fault, caplog):
    caplog.set_level(logging.DEBUG)
    with RawServer(fault) as server:
        tower = Tower(server.url, BearerToken(TOKEN), base="/api/v2/", connect_timeout=10, read_timeout=10)
        with pytest.raises(TowerError) as caught:
            tower.launch("job_template", 9, {"extra_vars": {"pw": TYPED}})
    shown = everything_of(caught.value) + caplog.text + repr(tower)
    assert TOKEN not in shown
    assert TYPED not in shown


@pytest.mark.parametrize("token", [f"{TOKEN}\nX: y", f"{TOKEN}\u20ac"], ids=["line end", "not latin"])
def test_a_token_that_cannot_be_sent_is_not_repeated(token, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(TowerError) as caught:
        Tower("http://127.0.0.1:1", BearerToken(token), base="/api/v2/").me()
    assert TOKEN not in everything_of(caught.value) + caplog.text


def test_a_launched_job_shows_no_answers_in_its_repr():
    job = {"id": 7, "type": "job", "extra_vars": f'{{"pw": "{TYPED}"}}', "ignored_fields": {"extra_vars": TYPED}}
    with RawServer(says(answer(201, job))) as server:
        launched = Tower(server.url, BearerToken(TOKEN), base="/api/v2/").launch("job_template", 9, {})
    assert launched.job.extra_vars == {"pw": TYPED}
    assert TYPED not in repr(launched)


def test_accounts_hide_in_repr():
    assert TOKEN not in repr(BearerToken(TOKEN)) + repr(Basic("svc", TOKEN))


def test_a_password_in_the_url_is_not_used_and_not_shown():
    with RawServer(says(answer(200, {"results": [{"id": 2}]}))) as server:
        tower = Tower(server.url.replace("//", f"//svc:{TYPED}@"), BearerToken(TOKEN), base="/api/v2/")
        tower.me()
    assert TYPED not in repr(tower)
    assert f"Authorization: Bearer {TOKEN}".encode() in server.requests[0]


def test_a_netrc_file_does_not_replace_our_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine localhost login somebody password {TYPED}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(says(answer(200, {"results": [{"id": 2}]}))) as server:
        Tower(server.url, BearerToken(TOKEN), base="/api/v2/").me()
    assert f"Authorization: Bearer {TOKEN}".encode() in server.requests[0]


def test_the_environments_proxy_is_used(monkeypatch):
    with RawServer(says(answer(200, {"results": [{"id": 2}]}))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert Tower("http://tower.invalid", BearerToken(TOKEN), base="/api/v2/").me().id == 2
    assert proxy.paths == ["http://tower.invalid/api/v2/me/"]
