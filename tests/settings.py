"""The portal's own settings, with what a test must not need: a broker, a shared cache, HTTPS."""

import os
import tempfile

os.environ.setdefault("PORTAL_SECRET_KEY", "a key that only tests use")
os.environ.setdefault("PORTAL_SECRET_KEYS", "jWGdTUSLEBRwTKDN4KUoDlXoJeHyIxRMsbJ4ArUMt0Y=")
os.environ.setdefault("PORTAL_HTTPS", "false")
os.environ.setdefault("PORTAL_DATA_DIR", tempfile.mkdtemp(prefix="portal-tests-"))
os.environ.setdefault("BROKER_URL", "memory://")
os.environ.setdefault("CACHE_URL", "redis://unused")

from portal.settings import *
from portal.settings import STORAGES

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # no collectstatic before tests
