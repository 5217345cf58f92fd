"""The ASGI application that granian serves."""

import gc
import os

from django.core.asgi import get_asgi_application

from config.bodies import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = limited(get_asgi_application())

# What was loaded so far stays for ever: the collector need not walk it again while a large page is drawn.
gc.freeze()
gc.set_threshold(20_000, 20, 50)
