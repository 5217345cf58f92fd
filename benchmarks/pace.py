"""How quick the machine is just now: one that is shared can be twice as slow a minute later."""

import time


def million_additions(number: int = 10**5) -> float:
    """Processor time in ms, from so many that are made: nothing of ours changes it."""
    before, total = time.process_time(), 0
    for each in range(number):
        total += each
    return (time.process_time() - before) * 10**9 / number
