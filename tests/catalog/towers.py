"""Controllers for tests, and a watch on what they are asked."""

from contextlib import contextmanager

import requests
from django.db import connection

from catalog.models import Controller


def controller_for(tower, **columns):
    columns = {"name": "Tower", "url": tower.url, "token": tower.token} | columns
    return Controller.objects.create(**columns)


@contextmanager
def watched_requests(monkeypatch):
    """Collects, for each request sent meanwhile, whether a database transaction was open."""
    in_transaction = []
    send = requests.Session.send

    def watching(self, request, **options):
        in_transaction.append(connection.in_atomic_block)
        return send(self, request, **options)

    with monkeypatch.context() as patch:
        patch.setattr(requests.Session, "send", watching)
        yield in_transaction
