"""`manage.py health`: what /healthz tells operators, on the command line and for container health checks."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from portal import health

PARTS = ["database", "broker", "beat"]


class Command(BaseCommand):
    help = "Print how the database, the broker, beat and each Tower fare; exit with 1 if a named part is not well."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", choices=PARTS, metavar="part", help=f"of {', '.join(PARTS)}")

    def handle(self, *args: Any, parts: list[str], **options: Any) -> None:
        found = health.report()
        self.stdout.write(json.dumps(found, indent=2, cls=DjangoJSONEncoder))
        unwell = [part for part in parts or PARTS if not found[part]["well"]]
        if unwell:
            raise CommandError(f"Not well: {', '.join(unwell)}", returncode=1)
