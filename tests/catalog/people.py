"""Those who work in the administration pages, and what they are told there."""

from django.contrib.auth.models import Permission, User


def staff(name, *permissions):
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set([Permission.objects.get(codename=codename) for codename in permissions])
    return user


def told(response):
    return [str(message) for message in response.context["messages"]]
