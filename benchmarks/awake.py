"""Measures on a machine that does not sleep.

A processor that sleeps until an answer comes takes its time to wake, on a virtual machine as long as a small
question to the database, and that is counted as the work of whoever waited. So speed is measured as the
machine is, and once more while something of the lowest rank keeps it awake.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Ends by itself where whoever measured was killed.
SPIN = """
import os, sys
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
began_by = int(sys.argv[1])
while os.getppid() == began_by:
    for _ in range(10**6):
        pass
"""


@contextmanager
def awake() -> Iterator[None]:
    """No processor sleeps inside; whoever has work goes before what keeps it awake, except under a quota."""
    spin = [sys.executable, "-c", SPIN, str(os.getpid())]
    spinning = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()
