"""Settings shared by all: safe by default, and enough for `./run` on one machine."""

import datetime
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import embedded, home
from config.addresses import broker_location, database_settings, mail_settings, redis_location
from config.client import networks
from config.database.addresses import database_url
from config.database.pool import forget_scope
from config.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent
AMPARO_HOME = home.home_folder()


def fixed_day(text: str) -> datetime.date | None:
    """The day of AMPARO_TODAY, or None when it is empty; refuses anything but YYYY-MM-DD."""
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ImproperlyConfigured(f"AMPARO_TODAY must be a day such as 2018-12-10, not {text!r}") from None


# --- The place and the day ---
DEBUG = False
SECRET_KEY = os.environ.get("AMPARO_SECRET_KEY") or home.secret(AMPARO_HOME, "secret-key")
# Earlier keys, separated by spaces: what was signed or encrypted with them can still be read.
SECRET_KEY_FALLBACKS = os.environ.get("AMPARO_OLD_SECRET_KEYS", "").split()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
TIME_ZONE = os.environ.get("AMPARO_TIME_ZONE") or "America/New_York"
ZoneInfo(TIME_ZONE)
USE_TZ = True
AMPARO_TODAY = fixed_day(os.environ.get("AMPARO_TODAY", ""))

# --- Language ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True

# --- Rooms ---
INSTALLED_APPS = [
    "config",
    "accounts",
    "families",
    "screenings",
    "settlement",
    "deadlines",
    "documents",
    "desks",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    # Last: what it does after a migration sees the tables of all the others.
    "audit",
]
MIDDLEWARE = [
    # The first two also see what the ones below answer by themselves: redirects, static files, refusals.
    "csp.middleware.CSPMiddleware",
    "config.middleware.PrivateResponses",
    "config.middleware.RequestLog",
    # For a bad line. Each page has another length by chance, so that its size tells nobody what stands in it.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.RefuseBadText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.entrance.middleware.SessionLimits",
    # Before anything asks who is signed in: without an organization the database shows nobody.
    "accounts.middleware.OrganizationScope",
    "accounts.entrance.middleware.PendingSignIn",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audit.middleware.NoteRefusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.entrance.middleware.KeepTyped",
    "accounts.entrance.middleware.SecondFactor",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- PostgreSQL and Valkey ---
_patience = os.environ.get("AMPARO_PATIENCE") or "0"  # how long PostgreSQL may take over one thing; 0 is no limit
# As the owner in commands, else as the application role, which sees only the organization that is set for it.
DATABASES = {"default": database_settings(database_url(AMPARO_HOME))}
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"]["OPTIONS"],
    # After an outage the pool tries again each second instead of waiting ever longer, and no request waits for long.
    "pool": {"min_size": 1, "max_size": 8, "timeout": 6, "reconnect_timeout": 2, "reset": forget_scope},
    "options": "-c lock_timeout=10s "
    f"-c statement_timeout={_patience} -c idle_in_transaction_session_timeout={_patience}",
    # A server that went without a word: found out in seconds, not after TCP's quarter of an hour.
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# A connection that a restart of PostgreSQL broke is found out, and made again, before a request gets it.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The role that each request and task takes on; the tests, whose connection is the owner's, set it.
AMPARO_DATABASE_ROLE: str | None = None
REDIS_URL = os.environ.get("REDIS_URL") or embedded.addresses(AMPARO_HOME).redis
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_location(REDIS_URL, 1)}
}

# --- Work in the background ---
CELERY_BROKER_URL = broker_location(REDIS_URL, 0)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 30,
    "socket_keepalive": not REDIS_URL.startswith("unix"),
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = TIME_ZONE
# Reminders wait behind nothing else, however much of it there is.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "deadlines.tasks.bring_rules": {"queue": "celery"},
    "deadlines.tasks.*": {"queue": "reminders"},
}
CELERY_BEAT_SCHEDULE = {
    # Time alone changes answers: the task does nothing while the day is that of the stored determinations.
    "renew-day": {"task": "settlement.tasks.renew_day", "schedule": 60.0, "options": {"expires": 55}},
    # Rules of an office that have changed, where the families were too many for the request.
    "bring-rules": {"task": "deadlines.tasks.bring_rules", "schedule": 60.0, "options": {"expires": 55}},
    # The heads of the trace's chains go where the owner of the database does not reach.
    "anchor": {"task": "audit.tasks.anchor", "schedule": 60.0, "options": {"expires": 55}},
    "mail-anchors": {"task": "audit.tasks.mail_anchors", "schedule": 24 * 60 * 60.0, "options": {"expires": 3600}},
    # Sheets that wait because the queue was away when they were brought, or whose worker is gone.
    "sweep-entrance": {"task": "accounts.tasks.sweep_entrance", "schedule": 3600.0, "options": {"expires": 3000}},
    # Whoever is to be told of a date: deadlines/reminders/sweep.py. What falls due waits for the next ring, so twice a
    # minute; one that finds nothing costs some 50 ms.
    "sweep-reminders": {"task": "deadlines.tasks.sweep", "schedule": 30.0, "options": {"expires": 25}},
    "sweep-intake-drafts": {
        "task": "families.tasks.sweep_intake_drafts",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "sweep-import-jobs": {"task": "families.tasks.sweep_import_jobs", "schedule": 60.0, "options": {"expires": 55}},
}

# --- Files received ---
FILE_UPLOAD_HANDLERS = [
    "families.intake.uploading.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Files served ---
STATIC_URL = "/static/"
STATIC_ROOT = AMPARO_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has a use for our files
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- People and sessions ---
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.entrance.validators.NotTooPlain"},
]
AUTHENTICATION_BACKENDS = ["accounts.entrance.finding.PasswordBackend"]
PASSWORD_RESET_TIMEOUT = 60 * 60
# The launcher alone says "optional", and only of a home with the demonstration.
SECOND_FACTOR_REQUIRED = os.environ.get("AMPARO_SECOND_FACTOR") != "optional"
SESSION_COOKIE_AGE = 10 * 60 * 60  # from signing in, however busy
SESSION_IDLE_AGE = 60 * 60
FRESH_SIGN_IN_AGE = 10 * 60
# Whose X-Forwarded-For is believed (config/client.py): nobody's, unless a proxy stands before the application.
TRUSTED_PROXIES = networks(os.environ.get("AMPARO_PROXIES", ""))
CSRF_FAILURE_VIEW = "accounts.entrance.kept.csrf_failure"
DEVICE_COOKIE_NAME = "device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# What is said after a save may name somebody: it is kept here, not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- allauth: what it is asked for, and what is our own (accounts/entrance/) ---
ACCOUNT_ADAPTER = "accounts.entrance.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # who gives an account out knows the address
ACCOUNT_RATE_LIMITS = False  # accounts/entrance/throttling.py counts
ACCOUNT_REAUTHENTICATION_TIMEOUT = FRESH_SIGN_IN_AGE
ACCOUNT_FORMS = {"change_password": "accounts.entrance.forms.ChangePasswordForm"}
MFA_ADAPTER = "accounts.entrance.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost; production has TLS, and says False
MFA_FORMS = {
    "authenticate": "accounts.entrance.forms.AuthenticateForm",
    "reauthenticate": "accounts.entrance.forms.ReauthenticateForm",
    "activate_totp": "accounts.entrance.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.entrance.forms.AddWebAuthnForm",
}

# --- Mail ---
# Without an address of a server each mail is a file, which who runs the demonstration can open.
_mail = mail_settings(os.environ.get("AMPARO_MAIL", ""), AMPARO_HOME / "mail")
EMAIL_BACKEND = _mail.pop("BACKEND")
EMAIL_FILE_PATH = _mail.get("FILE_PATH")
EMAIL_HOST = _mail.get("HOST", "")
EMAIL_PORT = _mail.get("PORT", 25)
EMAIL_HOST_USER = _mail.get("USER", "")
EMAIL_HOST_PASSWORD = _mail.get("PASSWORD", "")
EMAIL_USE_TLS = _mail.get("STARTTLS", False)
EMAIL_USE_SSL = _mail.get("TLS", False)
EMAIL_TIMEOUT = 20
ANYMAIL = _mail.get("ANYMAIL", {})
# Where people reach this installation: what the links in mails begin with.
AMPARO_SITE = os.environ.get("AMPARO_SITE") or "http://localhost:8000"

# --- Reminders ---
# The private key of messages on devices (VAPID); without one, one that follows from the secret key.
AMPARO_PUSH_KEY = os.environ.get("AMPARO_PUSH_KEY", "")
# Who gives this token (Authorization: Bearer ...) is shown the numbers at /metrics/; without one nobody is.
AMPARO_METRICS_TOKEN = os.environ.get("AMPARO_METRICS_TOKEN", "")
# Above so many due at once after the clock has jumped, the sweep holds (deadlines/reminders/guard.py).
AMPARO_HOLD_ABOVE = int(os.environ.get("AMPARO_HOLD_ABOVE") or 100)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("AMPARO_MAIL_FROM") or "amparo@localhost"

# --- What the browser may do ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- The API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.CarefulJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.errors.refusal",
    "NON_FIELD_ERRORS_KEY": "record",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Amparo",
    "DESCRIPTION": "Families, persons, screenings and determinations of one organization; recording an outcome.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Lists of choices stand where they are used: naming each would only rename the contract's words.
    "POSTPROCESSING_HOOKS": [],
    # What a PATCH needs (the version that was read) it needs: no second shape with all of it optional.
    "COMPONENT_SPLIT_PATCH": False,
}

# --- The trace ---
# The heads of its chains are written there.
AMPARO_ANCHORS = Path(os.environ.get("AMPARO_ANCHORS") or AMPARO_HOME / "anchors")
# Once a day the heads of its chains are sent to this address, if there is one.
AMPARO_ANCHOR_MAIL = os.environ.get("AMPARO_ANCHOR_MAIL", "")

LOGGING = logging_settings(os.environ.get("AMPARO_LOG_LEVEL") or "INFO")
