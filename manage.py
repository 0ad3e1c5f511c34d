#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["make_key"]:  # needed before there are settings
        settings.configure(INSTALLED_APPS=["portal"])
    execute_from_command_line(sys.argv)
