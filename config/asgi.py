"""The ASGI application that granian serves."""

import gc
import os
import sys
from importlib import import_module

import django
from django.conf import settings

from config.bodies import limited
from config.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
# A request takes a connection that is open: to open one, and to plan everything anew
# on it, costs PostgreSQL several times what a page asks of it.
os.environ.setdefault("DATABASE_POOL_SIZE", "10")

django.setup(set_prefix=False)
application = limited(Handler())

# What is loaded here stays for ever: the collector need not walk it while somebody waits. The rest, too, is
# left until more was made than the largest page holds at once, or each of them would be walked half drawn.
import_module(settings.ROOT_URLCONF)  # and all views, which Django would load with the first request
gc.freeze()
gc.set_threshold(50_000, 20, 50)

# While one request draws a large page, whatever another waits for must wait for Python as well, each time for
# as long as this, in seconds; a save waits some thirty times.
sys.setswitchinterval(0.00002)
