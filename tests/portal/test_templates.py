"""What holds for every template, whatever it shows."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.template.loader import get_template
from django.test import RequestFactory

from catalog.models import Tile
from jobs.chips import Chip
from jobs.models import Job

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
OURS = [name for name in NAMES if not name.startswith(("admin/", "django/"))]


def shown(name: str, user: User | AnonymousUser) -> str:
    request = RequestFactory().get("/")
    request.user = user
    job = Job(pk=1, tile=Tile(title="Guest Wi-Fi", slug="guest-wi-fi"), ordered_by=User(username="alice"))
    job.chip, job.usual, job.progress, job.team = Chip("Being sent", "wait", "clock"), None, None, ""
    return get_template(name).render({"tiles": [], "form_key": "key", "job": job}, request)


@pytest.mark.django_db
@pytest.mark.parametrize("name", OURS)
def test_it_renders_with_hardly_any_context(name: str) -> None:
    assert "{%" not in shown(name, User.objects.create_user("alice"))


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_pages_for_great_trouble_need_no_context_at_all(name: str) -> None:
    page = get_template(name).render()

    assert "Tower Portal</title>" in page
    assert "<h1" in page


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_inline_that_the_content_policy_forbids(name: str) -> None:
    source = (TEMPLATES / name).read_text()

    assert not re.search(r"\sstyle\s*=", source)
    assert "<style" not in source
    assert not re.search(r"\son[a-z]+\s*=", source)
    assert "hx-on" not in source
    assert "javascript:" not in source
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    source = (TEMPLATES / name).read_text().replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", source)


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_is_trusted_as_markup(name: str) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape off", (TEMPLATES / name).read_text())


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("*.js")))
def test_no_script_makes_code_of_text(script: str) -> None:
    source = (SCRIPTS / script).read_text()

    assert not re.search(r"\beval\(|\bFunction\(|document\.write|\.style\b", source)


@pytest.mark.django_db
@pytest.mark.parametrize("name", OURS)
def test_no_id_is_used_twice(name: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown(name, User.objects.create_user("alice")))

    assert len(ids) == len(set(ids))


def test_a_visitor_who_has_not_signed_in_is_shown_no_menu() -> None:
    page = shown("404.html", AnonymousUser())

    assert "Sign out" not in page
    assert "Job queue</a>" not in page


def test_every_vendored_package_has_its_licence_and_a_line_in_the_list() -> None:
    vendor = Path(settings.BASE_DIR) / "static" / "vendor"
    listed = (vendor / "README.md").read_text()

    for folder in (path for path in vendor.iterdir() if path.is_dir()):
        assert (folder / "LICENSE").is_file()
        assert f"| {folder.name} |" in listed
