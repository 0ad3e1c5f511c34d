"""Which AdminSite serves /admin/; takes the place of django.contrib.admin among the installed apps."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default = False
    default_site = "portal.admin_site.PortalAdminSite"
