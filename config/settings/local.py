"""`make run`: one machine, loopback only, no TLS."""

from config.settings.base import *

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = None  # served from where they lie, without collecting them first
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
