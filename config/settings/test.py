"""Tests: as on one machine, with quick password hashing and files kept nowhere."""

import os

from config.settings.local import *

# A database that was migrated already (tests/template.py); without one each test database is migrated.
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("TEST_TEMPLATE") or None}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
LIVE_SECONDS = 0  # each stream says what there is and ends: the tests' server cannot hold one open
# Tests ask for what is refused all the time; a traceback for each is what takes longest.
LOGGING = {**LOGGING, "loggers": {"django.request": {"level": "ERROR"}}}
