"""People at the administration pages."""

import pytest
from django.contrib.auth.models import User

from tests.catalog.people import staff


@pytest.fixture
def operator(client, db):
    client.force_login(User.objects.create_superuser("oscar"))
    return client


@pytest.fixture
def curator(client, db):
    client.force_login(
        staff("bob", "add_tile", "change_tile", "view_tile", "view_template", "add_category", "change_category")
    )
    return client
