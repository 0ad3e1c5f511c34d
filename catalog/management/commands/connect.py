"""Make or update the controller that TOWER_URL and what belongs to it describe, and say what answers there.

May run at every start. A Tower that is down is told and is no failure: the portal takes orders meanwhile.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from catalog import environment, examination


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            controller = environment.first_controller()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if controller is None:
            raise CommandError("TOWER_URL must be set, such as https://tower.example.com, and TOWER_TOKEN.")
        finding = examination.examine(controller, fit_way=True)
        if not finding.ok:
            self.stdout.write(f"{controller} at {controller.url} cannot be used right now: {finding}")
            return
        self.stdout.write(finding.words)
        for what in finding.missing:
            self.stdout.write(f"Missing: {what}")
