"""Run one command with throw-away servers: `python -m config.embedded python manage.py ...`."""

import os
import subprocess
import sys

from config.embedded import throw_away

with throw_away() as services:
    secrets = {"SECRET_KEY": "only for one command", "CONCORD_STUDY_KEY": "A" * 43 + "="}
    environment = {**secrets, **os.environ, **services.environment()}
    sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
