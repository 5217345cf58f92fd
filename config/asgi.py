"""The ASGI application that granian serves."""

import os

from django.core.asgi import get_asgi_application

from config.bodies import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = limited(get_asgi_application())
