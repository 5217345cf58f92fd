from datetime import datetime, timedelta

from django.conf import settings

from apps.contacts import queries
from apps.contacts.engine.sealing import rewrap as rewrapped
from apps.core import keys

# A key is written before its row is stored; one that is younger than this may still get its row.
SETTLED = timedelta(hours=1)


def destroy_orphaned(*, now: datetime) -> int:
    """Destroys the keys of people whose row is gone, also where a server died between the two."""
    orphaned = [owner for owner in keys.owners(before=now - SETTLED) if not queries.is_kept(owner)]
    for owner in orphaned:
        keys.destroy(owner)
    return len(orphaned)


def rewrap(*, now: datetime) -> int:
    """Wraps every key anew under the first study key, so that the others can be taken away. Idempotent."""
    owners = list(keys.owners(before=now + SETTLED))
    for owner in owners:
        wrapped = keys.find(owner)
        if wrapped is not None:
            keys.keep(owner, rewrapped(wrapped, study_keys=settings.STUDY_KEYS))
    return len(owners)
