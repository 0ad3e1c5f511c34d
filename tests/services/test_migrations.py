"""Migrations apply to an empty database, and back."""

import re
from pathlib import Path

from tests.services.stack import Backing, portal


def test_they_apply_from_zero_and_back_and_again(backing: Backing, tmp_path: Path):
    with portal(backing, tmp_path) as stack:  # has migrated
        plan = stack.manage("showmigrations", "--plan")
        assert re.findall(r"^\[( |X)\]", plan, re.MULTILINE).count(" ") == 0

        stack.manage("migrate", "jobs", "zero", "--verbosity=0")
        stack.manage("migrate", "catalog", "zero", "--verbosity=0")
        assert "[ ]  jobs.0001_initial" in stack.manage("showmigrations", "--plan")

        stack.manage("migrate", "--verbosity=0")
        assert stack.value("SELECT count(*) FROM jobs_job") == 0
