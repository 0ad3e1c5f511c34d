"""Mirror the templates of all Towers now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Controller
from catalog.sync import sync


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        results = {controller: sync(controller) for controller in Controller.objects.without_secrets()}
        if not results:
            raise CommandError("No Tower is connected yet; set TOWER_URL and TOWER_TOKEN and run: manage.py connect")
        for controller, synced in results.items():
            self.stdout.write(f"{controller}: {synced}")
        if any(synced.trouble for synced in results.values()):
            raise CommandError("Not every Tower could be read; its templates are as they were.")
