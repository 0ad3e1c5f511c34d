"""The portal behind a reverse proxy that ends TLS and serves it under /portal, with gunicorn as in production."""

import re
from collections.abc import Iterator

import pytest
import requests
from cryptography.fernet import Fernet

from tests.processes import PYTHON, Process, answers, base_environment, free_port, run, running

HOST = "portal.example.com"
# What a proxy adds on the way; it has taken the prefix off the path.
FORWARDED = {"Host": "127.0.0.1", "X-Forwarded-Host": HOST, "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("proxy")
    env = base_environment(
        PORTAL_SECRET_KEY="a key for this test, which is long enough to be accepted by all checks",
        PORTAL_SECRET_KEYS=Fernet.generate_key().decode(),
        PORTAL_DATA_DIR=str(folder),
        PORTAL_STATIC_ROOT=str(folder / "static"),
        PORTAL_ALLOWED_HOSTS=HOST,
        PORTAL_TRUSTED_ORIGINS=f"https://{HOST}",
        PORTAL_BEHIND_PROXY="true",
        PORTAL_PATH_PREFIX="portal",
    )
    manage = [PYTHON, "manage.py"]
    run([*manage, "collectstatic", "--noinput", "--verbosity=0"], env=env, seconds=120)
    run([*manage, "migrate", "--noinput", "--verbosity=0"], env=env, seconds=120)
    # How docs/deploy.md makes the first account without a terminal.
    run(
        [*manage, "createsuperuser", "--noinput"],
        env=env
        | {
            "DJANGO_SUPERUSER_USERNAME": "oscar",
            "DJANGO_SUPERUSER_EMAIL": "oscar@example.com",
            "DJANGO_SUPERUSER_PASSWORD": "correct horse",
        },
    )
    port = free_port()
    command = [
        PYTHON,
        "-m",
        "gunicorn",
        "portal.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--no-control-socket",
        "--threads=4",
    ]
    url = f"http://127.0.0.1:{port}"
    with running(Process(command, env=env, log=folder / "gunicorn.log")) as web:
        web.until(lambda: answers(f"{url}/healthz"))
        yield url


def get(url: str, session: requests.Session | None = None) -> requests.Response:
    return (session or requests).get(url, headers=FORWARDED, allow_redirects=False, timeout=30)


def test_a_stranger_is_led_to_the_sign_in_page_under_the_prefix(portal):
    answer = get(f"{portal}/jobs/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/portal/accounts/login/?next=/portal/jobs/"


def test_every_link_form_and_file_of_a_page_is_under_the_prefix(portal):
    page = get(f"{portal}/accounts/login/").text

    addresses = re.findall(r'(?:href|src|action|hx-get|hx-post)="(/[^"]*)"', page)

    assert any("/static/" in address for address in addresses)
    assert [address for address in addresses if not address.startswith("/portal/")] == []


def test_static_files_are_served_for_ever_under_their_hashed_names(portal):
    page = get(f"{portal}/accounts/login/").text
    [*sheets] = re.findall(r'href="/portal(/static/[^"]+\.css)"', page)

    assert sheets
    for sheet in sheets:
        answer = get(f"{portal}{sheet}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        for font in re.findall(r'url\("?([^")]+\.woff2)', answer.text):
            assert get(requests.compat.urljoin(f"{portal}{sheet}", font)).status_code == 200


def test_signing_in_works_and_its_cookies_are_for_https_and_this_prefix_only(portal):
    session = requests.Session()
    page = get(f"{portal}/accounts/login/?next=/portal/jobs/", session)
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    csrf = page.cookies["csrftoken"]

    answer = session.post(
        f"{portal}/accounts/login/",
        data={"username": "oscar", "password": "correct horse", "csrfmiddlewaretoken": token, "next": "/portal/jobs/"},
        headers=FORWARDED
        | {"Cookie": f"csrftoken={csrf}", "Origin": f"https://{HOST}", "Referer": f"https://{HOST}/portal/"},
        allow_redirects=False,
        timeout=30,
    )

    assert answer.status_code == 302, answer.text[:500]
    assert answer.headers["Location"] == "/portal/jobs/"
    cookies = answer.headers["Set-Cookie"]
    assert re.search(r"sessionid=[^;]+;[^,]*expires", cookies)
    assert cookies.count("Path=/portal") == cookies.count("Path=") > 0
    assert cookies.count("Secure") == cookies.count("Path=")
    assert "HttpOnly" in cookies


def test_a_form_from_another_site_is_refused(portal):
    answer = requests.post(
        f"{portal}/accounts/login/", data={"username": "oscar"}, headers=FORWARDED | {"Origin": "https://evil.example"},
        allow_redirects=False, timeout=30,
    )  # fmt: skip

    assert answer.status_code == 403


def test_plain_http_is_sent_to_https_and_https_stays_for_a_year(portal):
    plain = requests.get(
        f"{portal}/jobs/", headers=FORWARDED | {"X-Forwarded-Proto": "http"}, allow_redirects=False, timeout=30
    )
    secure = get(f"{portal}/accounts/login/")

    assert plain.status_code == 301
    assert plain.headers["Location"] == f"https://{HOST}/portal/jobs/"
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_an_unknown_host_is_refused(portal):
    answer = requests.get(
        f"{portal}/accounts/login/", headers=FORWARDED | {"X-Forwarded-Host": "evil.example"}, timeout=30
    )

    assert answer.status_code == 400


def test_a_probe_needs_neither_https_nor_the_public_name(portal):
    assert requests.get(f"{portal}/healthz", timeout=30, allow_redirects=False).json() == {"alive": True}
