"""Settings come from the environment, and a wrong one is named before anything runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "PORTAL_SECRET_KEY": "a-long-key-of-production-that-nobody-else-knows-0123456789",
    "PORTAL_SECRET_KEYS": "jWGdTUSLEBRwTKDN4KUoDlXoJeHyIxRMsbJ4ArUMt0Y=",
    "PORTAL_ALLOWED_HOSTS": "portal.example.com",
}


def manage(tmp_path, *arguments, **environment):
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env={"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path)} | environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def printed(tmp_path, name, **environment):
    code = f"from django.conf import settings; print(settings.{name})"
    return manage(tmp_path, "shell", "--no-imports", "-c", code, **(GOOD | environment)).stdout.strip()


@pytest.mark.parametrize("name", ["PORTAL_SECRET_KEY", "PORTAL_SECRET_KEYS"])
def test_a_missing_key_is_named(tmp_path, name):
    result = manage(tmp_path, "check", **{key: value for key, value in GOOD.items() if key != name})
    assert result.returncode != 0
    assert f'"{name}" not set' in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_DEBUG", "perhaps"),
        ("PORTAL_HTTPS", "sure"),
        ("PORTAL_SECRET_KEYS", "no-fernet-key"),
        ("PORTAL_SECRET_KEYS", ""),
        ("DATABASE_URL", "postgres//portal:hidden-word@db/portal"),
        ("PORTAL_TIME_ZONE", "Europe/Entenhausen"),
        ("PORTAL_LOG_LEVEL", "LOUD"),
        ("TOWER_URL", "tower.example.com"),
        ("TOWER_URL", "https://svc:hidden-word@tower.example.com"),
        ("TOWER_READ_TIMEOUT", "long"),
        ("TOWER_LAUNCH_TIMEOUT", "0"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(tmp_path, name, value):
    result = manage(tmp_path, "check", **(GOOD | {name: value}))
    assert result.returncode != 0
    last_line = result.stderr.strip().splitlines()[-1]
    assert name in last_line
    assert "hidden-word" not in last_line
    assert "docs/settings.md" in last_line


def test_every_setting_may_come_from_a_file(tmp_path):
    secret = tmp_path / "token"
    secret.write_text("from-a-file\n")
    assert printed(tmp_path, "TOWER_TOKEN", TOWER_TOKEN_FILE=str(secret)) == "from-a-file"


def test_a_file_that_is_not_there_is_named(tmp_path):
    result = manage(tmp_path, "check", **GOOD, TOWER_TOKEN_FILE="/nonexistent/token")
    assert result.returncode != 0
    assert "TOWER_TOKEN_FILE" in result.stderr.strip().splitlines()[-1]


def test_production_settings_pass_djangos_deployment_check(tmp_path):
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_a_key_can_be_made_before_there_are_settings(tmp_path):
    made = manage(tmp_path, "make_key")
    assert made.returncode == 0, made.stderr
    result = manage(tmp_path, "check", **(GOOD | {"PORTAL_SECRET_KEYS": made.stdout.strip()}))
    assert result.returncode == 0, result.stderr
