"""Fills an empty portal for a test: `python -m tests.services.seed`, with the portal's own environment."""

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402  # models need the apps
from django.utils.text import slugify  # noqa: E402

from catalog.models import Template, Tile  # noqa: E402

NETWORK = "New_Customer_L2_Setup"


def people() -> None:
    sales = Group.objects.create(name="Sales")
    alice = User.objects.create_user("alice", password="demo", first_name="Alice")
    alice.groups.add(sales)
    User.objects.create_user("bert", password="demo").groups.add(sales)
    User.objects.create_superuser("oscar", password="demo")


def tiles() -> None:
    """One tile for everyone from every template that was synced; its slug is the template's name in lower case."""
    for template in Template.objects.all():
        slug = slugify(template.name.replace("_", "-"))
        Tile.objects.create(template=template, title=template.name, slug=slug, for_everyone=True, published=True)


if __name__ == "__main__":
    people()
    tiles()
