"""Measure, print the table, write bench.json. Exit code 1 if something is not reached."""

import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["PORTAL_LOG_LEVEL"] = "ERROR"
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ROOT_URLCONF = "bench.pages"
        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        from bench import hanging, pages, table, tower
        from catalog import examination, sync
        from catalog.models import Controller
        from demo.tower.harness import TowerHarness

        with TowerHarness() as demo:
            controller = Controller.objects.create(name="Bench", url=demo.url, token=demo.token)
            examination.examine(controller)
            sync.sync(controller)
            controller.refresh_from_db()
            figures = pages.figures(controller) + tower.figures(controller, demo)
        figures += hanging.figures()
        return 0 if table.show(figures, Path("bench.json")) else 1


if __name__ == "__main__":
    sys.exit(main())
