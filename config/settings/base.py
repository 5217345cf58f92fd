"""Settings common to every machine. What differs between machines comes from the environment."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config.settings.environment import ROOT, database, flag, required, study_keys, words

SECRET_KEY = required("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

# Each process has one database role, decided by its DATABASE_URL (docs/adr/0006-blinding-in-depth.md).
DATABASES = {"default": database(required("DATABASE_URL"))}
DATABASE_OWNER_ROLE = os.environ.get("DATABASE_OWNER_ROLE", "concord_owner")
DATABASE_APP_ROLE = os.environ.get("DATABASE_APP_ROLE", "concord_app")
DATABASE_WORKER_ROLE = os.environ.get("DATABASE_WORKER_ROLE", "concord_worker")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "apps.core",
    "apps.audit",
    "apps.accounts",
    "apps.studies",
    "apps.jobs",
    "apps.notices",
    "apps.participants",
    "apps.contacts",
    "apps.transcripts",
    "apps.codebooks",
    "apps.coding",
    "apps.agreement",
    "apps.analysis",
    "apps.exports",
    "apps.web",
    "apps.api",
    "apps.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "drf_spectacular",
    "heroicons",
    "knox",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.web.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.web.middleware.origin_of_request",
    "apps.web.middleware.begin_with_nobody",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "config.templates.Templates",
        "NAME": "django",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.web.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "apps.web.templatetags.fixed",
                "apps.web.templatetags.icons",
            ],
        },
    }
]

# Contact details are sealed with a key per person, which lies here, wrapped by the study key; never in the
# database or its dumps (docs/adr/0008-vault.md).
STUDY_KEYS = study_keys("CONCORD_STUDY_KEY")
KEYS_DIRECTORY = os.environ.get("CONCORD_KEYS") or str(
    Path(os.environ.get("CONCORD_VAR") or ROOT / "var") / "keys"
)

# Sign-in: e-mail and password, TOTP and passkeys at choice; accounts are made by invitation only.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.web.signed_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "apps.accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation link has proved the address
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # so nobody puts another, which nothing has proved, in its place
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
USERSESSIONS_TRACK_ACTIVITY = False  # it would write a row with every request
# Reverse proxies before us: rate limits and the audit trail need the address of the person behind them.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))

# No web request needs Redis: sessions, cache and rate limits live in PostgreSQL.
SESSION_ENGINE = "apps.web.signed_in"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

# Redis only wakes the workers; PostgreSQL holds the truth about every run (docs/adr/0007-runs.md).
CELERY_BROKER_URL = required("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"agreement.*": {"queue": "agreement"}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "jobs.sweep", "schedule": 15.0},
    "forget": {"task": "contacts.destroy_orphaned", "schedule": 3600.0},
    "sessions": {"task": "accounts.forget_sessions", "schedule": 3600.0},
    "files": {"task": "exports.forget_files", "schedule": 3600.0},
    "release": {"task": "rounds.release_due", "schedule": 15.0},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS says nothing; the description of the API says it all
    "DEFAULT_PAGINATION_CLASS": "apps.api.pagination.Pages",
    "EXCEPTION_HANDLER": "apps.api.problems.as_problem",
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 100,
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "VERSION": "v1",
    "DESCRIPTION": "Collaborative coding of interviews: people, transcripts, codings, rounds and agreement.",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "RoundStratum": "apps.agreement.models.Round.Stratum",
        "RoundKind": "apps.agreement.models.Round.Kind",
        "RoundState": "apps.agreement.models.Round.State",
        "DiscrepancyKind": "apps.agreement.models.Discrepancy.Kind",
        "DecisionOutcome": "apps.agreement.models.Decision.Outcome",
        "SecondLookOutcome": "apps.coding.models.SecondLook.Outcome",
        "QuotationOutcome": "apps.transcripts.models.QuotationCheck.Outcome",
        "DecisionInfluence": "apps.agreement.models.Decision.Influence",
        "CodingInfluence": "apps.coding.models.Coding.Influence",
        "AssignmentKind": "apps.coding.models.CodingAssignment.Kind",
        "AssignmentState": "apps.coding.models.CodingAssignment.State",
        "CharacteristicKind": "apps.participants.models.Characteristic.Kind",
        "CharacteristicState": "apps.participants.models.CharacteristicValue.State",
        "ListRunState": ["queued", "running", "done", "refused", "failed"],
        "ConsentAnswerState": "apps.participants.models.ConsentAnswer.Answer",
        "ConsentAnswerGiven": "apps.api.v1.consent.ANSWERS",
        "ContactAnswer": "apps.participants.models.ContactPermission.Answer",
        "ConsentScope": "apps.participants.models.ConsentScope",
        "ImportKind": "apps.exports.models.Import.Kind",
        "TieKind": "apps.participants.models.Tie.Kind",
        "TieRule": "apps.participants.models.ties.Rule",
        "TurnRole": "apps.transcripts.models.Turn.Role",
        "LabelRole": "apps.api.v1.uploads.ROLES",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("British English"))]
# With one language nothing is looked up; a second one above turns translation on.
USE_I18N = len(LANGUAGES) > 1
TIME_ZONE = os.environ.get("TIME_ZONE", "Europe/London")
USE_TZ = True
LOCALE_PATHS = [ROOT / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticFiles"},
}
# What a browser may keep for ever: the names of Django's, and the folder of our scripts (config/static.py).
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.|/js/[0-9a-f]{12}/"
LIVE_SECONDS = 300  # after which a stream of live events ends, and the browser opens another
UPLOAD_LIMIT = 20 * 1024 * 1024  # bytes of one uploaded file
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["apps.core.uploads.LimitedUploadHandler"]

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
BEHIND_TLS = flag("BEHIND_TLS")

EMAIL_HOST = os.environ.get("SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("SMTP_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("SMTP_FROM", "concord@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
