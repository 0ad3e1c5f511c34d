"""Settings come from the environment, fail early, and are all explained in docs/settings.md."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.processes import PYTHON, ROOT, base_environment

SOURCE = (ROOT / "portal" / "settings.py").read_text()
DOCS = (ROOT / "docs" / "settings.md").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()
KEY = Fernet.generate_key().decode()
PRODUCTION = {
    "PORTAL_SECRET_KEY": "n7Q-this-key-is-of-use-to-nobody-and-has-more-than-fifty-characters",
    "PORTAL_SECRET_KEYS": KEY,
    "PORTAL_ALLOWED_HOSTS": "portal.example.com",
}
EXPLAINED = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", DOCS, re.MULTILINE))


def read_by_settings() -> dict[str, str]:
    """Every variable that settings.py reads, with its default as it is written there; empty without one."""
    found = {}
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env."):
            [name] = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            defaults = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "default"]
            found[str(name)] = "".join(defaults)
    return found


READ = read_by_settings()


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, "manage.py", *arguments], cwd=ROOT, env=base_environment(**variables), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def setting(expression: str, **variables: str) -> str:
    """The value of an expression over `settings`, in a process with production's settings and these variables."""
    code = f"from django.conf import settings; print(({expression}))"
    done = subprocess.run(
        [PYTHON, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env=base_environment(DJANGO_SETTINGS_MODULE="portal.settings", **PRODUCTION | variables),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_variable_is_explained_and_every_explained_variable_is_read():
    assert len(READ) > 20
    assert set(EXPLAINED) == set(READ)


@pytest.mark.parametrize("name", sorted(READ))
def test_the_default_in_the_docs_is_the_one_in_force(name):
    default, told = READ[name], EXPLAINED[name]

    if not default:
        assert told == "none"
    elif default in {"[]", "''"}:
        assert told == "empty"
    elif default in {"True", "False"}:
        assert told == f"`{default.lower()}`"
    elif re.fullmatch(r"'.*'|[\d.]+", default):
        assert told.strip("`") == default.strip("'").removesuffix(".0")


@pytest.mark.parametrize("missing", ["PORTAL_SECRET_KEY", "PORTAL_SECRET_KEYS"])
def test_a_missing_key_stops_the_start_and_is_named(missing):
    done = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})

    assert done.returncode != 0
    assert f'"{missing}"' in done.stderr
    assert "docs/settings.md" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("PORTAL_HTTPS", "perhaps"), ("TOWER_READ_TIMEOUT", "soon"), ("TOWER_TOKEN_FILE", "/nowhere")]
)
def test_a_value_that_cannot_be_understood_is_named(name, value):
    done = manage("check", **PRODUCTION | {name: value})

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_a_secret_may_be_in_a_file_with_a_line_end(tmp_path: Path):
    (tmp_path / "token").write_text("s3cret\n")

    assert setting("settings.TOWER_TOKEN", TOWER_TOKEN_FILE=str(tmp_path / "token")) == "s3cret"


def test_production_settings_pass_djangos_own_check_without_a_warning():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr


def test_nothing_is_debugged_and_cookies_are_secure_unless_somebody_says_otherwise():
    assert (
        setting("settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE") == "(False, True, True)"
    )


def test_postgresql_is_given_up_after_seconds():
    options = setting(
        'settings.DATABASES["default"]["OPTIONS"]', DATABASE_URL="postgres://u:p@db/portal?sslmode=verify-full"
    )

    assert "'connect_timeout': 5" in options
    assert "'sslmode': 'verify-full'" in options


def test_sqlite_writes_ahead_and_takes_its_lock_at_once():
    options = setting('settings.DATABASES["default"]["OPTIONS"]')

    assert "journal_mode=WAL" in options
    assert "'transaction_mode': 'IMMEDIATE'" in options


def test_forwarded_headers_are_believed_only_behind_a_proxy():
    header = 'getattr(settings, "SECURE_PROXY_SSL_HEADER", None), settings.USE_X_FORWARDED_HOST'

    assert setting(header) == "(None, False)"
    assert setting(header, PORTAL_BEHIND_PROXY="true") == "(('HTTP_X_FORWARDED_PROTO', 'https'), True)"


def test_the_compose_files_example_sets_only_what_exists():
    names = re.findall(r"^#?\s*([A-Z_]+)=", (ROOT / "docker" / "portal.env.example").read_text(), re.MULTILINE)
    in_compose = re.findall(r"^\s+((?:PORTAL|TOWER|DATABASE|BROKER|CACHE)_[A-Z_]+):", COMPOSE, re.MULTILINE)

    assert {name.removesuffix("_FILE") for name in [*names, *in_compose]} <= set(READ)
