"""Migrations apply to an empty database, and back."""

from pathlib import Path

from tests.processes import PYTHON, base_environment, run
from tests.services.conftest import NewBacking

THERE_AND_BACK = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

def migrate(*target):
    call_command("migrate", *target, interactive=False, verbosity=0)
    done = {app for app, name in MigrationRecorder(connection).applied_migrations()}
    tables = set(connection.introspection.table_names())
    print("jobs" in done, "catalog" in done, "jobs_job" in tables, "catalog_tile" in tables)

migrate()
migrate("jobs", "zero")
migrate("catalog", "zero")
migrate()
"""


def test_they_apply_from_zero_and_back_and_again(new_backing: NewBacking, tmp_path: Path):
    env = base_environment(
        DJANGO_SETTINGS_MODULE="portal.settings",
        PORTAL_SECRET_KEY="a key",
        PORTAL_SECRET_KEYS="A" * 43 + "=",
        PORTAL_DATA_DIR=str(tmp_path),
        DATABASE_URL=new_backing().database_url,
    )

    steps = run([PYTHON, "-c", THERE_AND_BACK], env=env, seconds=120).split("\n")

    everything = "True True True True"
    assert steps[:4] == [everything, "False True False True", "False False False False", everything]
