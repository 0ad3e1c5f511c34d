"""Make or update the controller that TOWER_URL and TOWER_TOKEN describe, and say what answers there.

May run at every start. A Tower that is down is told and is no failure: the portal takes orders meanwhile.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from catalog import connections


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            controller = connections.first_controller()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if controller is None:
            raise CommandError("TOWER_URL must be set, such as https://tower.example.com, and TOWER_TOKEN.")
        finding = connections.examine(controller)
        if finding.ok:
            self.stdout.write(finding.words)
        else:
            self.stdout.write(f"{controller} at {controller.url} cannot be used right now: {finding.words}")
