"""The portal's own settings, with what a test must not need: a broker, a shared cache, HTTPS."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("PORTAL_SECRET_KEY", "a key that only tests use")
os.environ.setdefault("PORTAL_SECRET_KEYS", "jWGdTUSLEBRwTKDN4KUoDlXoJeHyIxRMsbJ4ArUMt0Y=")
os.environ.setdefault("PORTAL_HTTPS", "false")
_folder = tempfile.mkdtemp(prefix="portal-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.setdefault("PORTAL_DATA_DIR", _folder)
os.environ.setdefault("BROKER_URL", "memory://")
os.environ.setdefault("CACHE_URL", "redis://unused")

from portal.settings import *
from portal.settings import DATABASES, PORTAL_DATA_DIR, STORAGES

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # no collectstatic before tests
# A file, as in production: Django never closes a thread's connection to a database in memory.
DATABASES["default"]["TEST"] = {"NAME": str(PORTAL_DATA_DIR / "test.sqlite3")}
