"""For tools that only read the code, such as mypy: no server is needed."""

import os

for name, value in {
    "SECRET_KEY": "only to read the code",
    "DATABASE_URL": "postgresql:///concord",
    "REDIS_URL": "redis://localhost",
    "CONCORD_STUDY_KEY": "A" * 43 + "=",
}.items():
    os.environ.setdefault(name, value)

from config.settings.test import *
