"""Settings, read once from the environment.

LIANJIE_DATA        folder for the database, keys and files     default: var/ beside the package
LIANJIE_DATABASE    postgresql://user:password@host:port/name, or a path   default: SQLite in LIANJIE_DATA
LIANJIE_SECRET_KEY  signing key      default: made once and kept in LIANJIE_DATA/secret.key
LIANJIE_BACKUP_FOLDER      where a backup is put each night while the server runs    default: none
LIANJIE_BACKUP_PASSPHRASE  what backups are encrypted with                           default: asked
LIANJIE_HOSTS       host names served, comma-separated           default: loopback only
LIANJIE_HTTPS       1 when people reach it by https, as they must from other machines
LIANJIE_PROXIES     how many proxies of your own stand in front        default: 0
LIANJIE_DEBUG       1 to show tracebacks; never with real people's data
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from time import sleep
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lianjie"


def _flag(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def _count(name: str) -> int:
    value = os.environ.get(name, "0")
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _kept_key(folder: Path, name: str) -> str:
    """A key made once, kept readable by its owner only; of programs that begin at once the first makes it."""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
    for _wait in range(100):
        if key := path.read_text().strip():
            return key
        sleep(0.05)
    raise ImproperlyConfigured(f"{path} is empty: put the kept copy back, or delete it for a new key")


def _database(address: str) -> dict[str, object]:
    if address.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(address)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    if "://" in address:
        raise ImproperlyConfigured("LIANJIE_DATABASE must be a postgresql:// address or a file path")
    path = Path(address)
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            # The write lock is taken at BEGIN: with deferred transactions SQLite loses writes under load.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
                "PRAGMA journal_size_limit=27103364; PRAGMA temp_store=MEMORY"
            ),
        },
        # A file, so that threads, the live server of the tests and bulk readers share it.
        "TEST": {"NAME": str(path.with_name(f"test-{os.getpid()}.sqlite3"))},
    }


DATA = Path(os.environ.get("LIANJIE_DATA") or ROOT / "var")
DEBUG = _flag("LIANJIE_DEBUG")
PROXIES = _count("LIANJIE_PROXIES")
SECRET_KEY = os.environ.get("LIANJIE_SECRET_KEY") or _kept_key(DATA, "secret.key")
# Personal data are encrypted with the keys of this ring (facts/keyring.py); losing it loses the data.
# The file is read anew when `lianjie keys` changed it.
FIELD_KEY = os.environ.get("LIANJIE_FIELD_KEY", "").strip()
FIELD_KEY_FILE = DATA / "field.key"
if not FIELD_KEY:
    _kept_key(DATA, "field.key")
BACKUP_FOLDER = os.environ.get("LIANJIE_BACKUP_FOLDER", "")
BACKUP_PASSPHRASE = os.environ.get("LIANJIE_BACKUP_PASSPHRASE", "")
ALLOWED_HOSTS = [h for h in os.environ.get("LIANJIE_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
DATABASES = {"default": _database(os.environ.get("LIANJIE_DATABASE") or str(DATA / "lianjie.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
    "lianjie.facts",
    "lianjie.ledger",
    "lianjie.oversight",
    "lianjie.pages",
    "lianjie.project.apps.ProjectConfig",
]
MIDDLEWARE = [
    "lianjie.pages.sessions.Proxies",
    "lianjie.pages.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lianjie.pages.api.door.Door",
    "lianjie.pages.acting.ActingMiddleware",
    "lianjie.pages.sessions.Sessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "lianjie.pages.access.Guard",
    "lianjie.pages.taken.Taken",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "lianjie.project.urls"
WSGI_APPLICATION = "lianjie.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "pages" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["lianjie.pages.format"],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "pages" / "static"]
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
HTTPS = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _flag("LIANJIE_HTTPS")
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_IDLE = 60 * 60
SESSION_LONGEST = SESSION_COOKIE_AGE = 12 * 60 * 60
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# The proxy that speaks HTTPS also sends on from http, and may serve other names beside ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
