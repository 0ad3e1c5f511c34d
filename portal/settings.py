"""Settings, from the environment only. Every NAME may instead be given as NAME_FILE, a file that holds the value."""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, FileAwareEnv

from portal import validation
from portal.brokers import cache_location

env = FileAwareEnv(eager=True, strip_whitespace=True)

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    DEBUG = env.bool("PORTAL_DEBUG", default=False)
    SECRET_KEY = env.str("PORTAL_SECRET_KEY")
    # Fernet keys, newest first: the first encrypts, all of them decrypt.
    PORTAL_SECRET_KEYS: list[str] = env.list("PORTAL_SECRET_KEYS", validate=validation.fernet_keys)

    PORTAL_NAME = env.str("PORTAL_NAME", default="Tower Portal")
    PORTAL_NOTICE = env.str("PORTAL_NOTICE", default="")  # shown on the sign-in page, line by line
    PORTAL_HELP_URL = env.str("PORTAL_HELP_URL", default="")  # "Ask for help" on the sign-in page

    PORTAL_DATA_DIR = env.path("PORTAL_DATA_DIR", default=BASE_DIR / "var")
    _database_url = env.str(
        "DATABASE_URL", default=f"sqlite:///{PORTAL_DATA_DIR / 'portal.sqlite3'}", validate=validation.database_url
    )
    BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")
    CACHE_URL = env.str("CACHE_URL", default=cache_location(BROKER_URL))

    # The loopback names are for probes on the same machine; no other site can be reached by them.
    ALLOWED_HOSTS = [*env.list("PORTAL_ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"]
    CSRF_TRUSTED_ORIGINS: list[str] = env.list("PORTAL_TRUSTED_ORIGINS", default=[])
    PORTAL_HTTPS = env.bool("PORTAL_HTTPS", default=True)
    PORTAL_BEHIND_PROXY = env.bool("PORTAL_BEHIND_PROXY", default=False)
    PORTAL_PATH_PREFIX = env.str("PORTAL_PATH_PREFIX", default="")
    STATIC_ROOT = env.path("PORTAL_STATIC_ROOT", default=BASE_DIR / "var" / "static")
    TIME_ZONE = env.str("PORTAL_TIME_ZONE", default="UTC", validate=validation.time_zone)
    LOG_LEVEL = env.str("PORTAL_LOG_LEVEL", default="INFO", validate=validation.log_level)

    TOWER_URL = env.str("TOWER_URL", default="", validate=validation.tower_url)
    TOWER_TOKEN = env.str("TOWER_TOKEN", default="")
    TOWER_USERNAME = env.str("TOWER_USERNAME", default="")
    TOWER_PASSWORD = env.str("TOWER_PASSWORD", default="")
    TOWER_CLIENT_ID = env.str("TOWER_CLIENT_ID", default="")
    TOWER_CLIENT_SECRET = env.str("TOWER_CLIENT_SECRET", default="")
    validation.tower_sign_in(
        token=TOWER_TOKEN,
        username=TOWER_USERNAME,
        password=TOWER_PASSWORD,
        client_id=TOWER_CLIENT_ID,
        client_secret=TOWER_CLIENT_SECRET,
    )
    TOWER_NAME = env.str("TOWER_NAME", default="Tower")
    TOWER_CA_BUNDLE = env.str("TOWER_CA_BUNDLE", default="")

    # How Tower is spoken to; all in seconds.
    TOWER_CONNECT_TIMEOUT = env.float("TOWER_CONNECT_TIMEOUT", default=5.0, validate=validation.positive)
    TOWER_READ_TIMEOUT = env.float("TOWER_READ_TIMEOUT", default=15.0, validate=validation.positive)
    TOWER_LAUNCH_TIMEOUT = env.float("TOWER_LAUNCH_TIMEOUT", default=60.0, validate=validation.positive)
    TOWER_SETTLE_SECONDS = env.float("TOWER_SETTLE_SECONDS", default=130.0, validate=validation.positive)
    JOBS_TICK_SECONDS = env.float("JOBS_TICK_SECONDS", default=2.0, validate=validation.positive)
    TEMPLATES_SYNC_SECONDS = env.float("TEMPLATES_SYNC_SECONDS", default=300.0, validate=validation.positive)
except (EnvError, ValueError) as error:
    raise ImproperlyConfigured(f"{error}. See docs/settings.md for what each variable means.") from error

INSTALLED_APPS = [
    "portal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "portal",
    "catalog",
    "jobs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.SignInAgainMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
            "builtins": ["portal.templatetags.look"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(dj_database_url.parse(_database_url, conn_max_age=60, conn_health_checks=True))
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at the start: a transaction waits its turn instead of failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A server that swallows packets must not hold a page for the minutes that TCP waits.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

STATIC_URL = f"/{PORTAL_PATH_PREFIX.strip('/')}/static/".replace("//", "/")
WHITENOISE_STATIC_PREFIX = "/static/"  # the proxy has taken the path prefix off
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "catalog"
LOGOUT_REDIRECT_URL = "login"

USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"

# Security -------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its chevrons and ticks from data: URLs
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PORTAL_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_REDIRECT_EXEMPT = [r"^(.+/)?healthz$"]  # probes speak plain HTTP; with or without the path prefix
SECURE_HSTS_SECONDS = 31_536_000 if PORTAL_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PORTAL_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
if PORTAL_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
if PORTAL_PATH_PREFIX:
    FORCE_SCRIPT_NAME = "/" + PORTAL_PATH_PREFIX.strip("/")
    SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = FORCE_SCRIPT_NAME  # other applications on this host do not get them

# Tasks ----------------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # of connecting for a publish: a page must not wait six seconds for a nudge
}
# A nudge that cannot be sent is not tried again: the sweep finds the order seconds later.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_TASK_ROUTES = {
    "jobs.tasks.launch_job": {"queue": "launch"},
    "jobs.tasks.send_decision": {"queue": "launch"},
    "catalog.tasks.*": {"queue": "sync"},
}
CELERY_BEAT_SCHEDULE = {
    "launch due orders": {
        "task": "jobs.tasks.launch_due",
        "schedule": JOBS_TICK_SECONDS,
        "options": {"expires": JOBS_TICK_SECONDS * 2},
    },
    "follow jobs": {
        "task": "jobs.tasks.follow_jobs",
        "schedule": JOBS_TICK_SECONDS,
        "options": {"expires": JOBS_TICK_SECONDS * 2},
    },
    "sync templates": {
        "task": "catalog.tasks.sync_all",
        "schedule": TEMPLATES_SYNC_SECONDS,
        "options": {"expires": TEMPLATES_SYNC_SECONDS},
    },
    "tidy up": {"task": "jobs.tasks.tidy", "schedule": 600.0, "options": {"expires": 600}},
}

# Logs -----------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # At DEBUG it prints each statement with its parameters: of use to nobody in operation.
        "django.db.backends": {"level": "INFO"},
    },
}
