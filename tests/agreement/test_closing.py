"""The close is one transaction: whatever dies in the middle, nothing is half-closed."""

import time
from threading import Thread

import pytest
from django.db import OperationalError, connection, transaction

from apps.agreement import actions
from apps.agreement.models import Round
from apps.audit.models import AuditEvent
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'
"""


def close(cast: make.Cast, round: Round) -> Round:
    with acting_as(cast.pi.id):
        return actions.close(round=round, by=cast.pi, now=stage.NOW)


def test_a_close_that_dies_in_the_middle_has_not_happened(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    missed = stage.conferring(cast, round)["b1"]
    actions.settle(discrepancy=missed, outcome=stage.side_of(missed, cast.ruth), by=cast.pi, now=stage.NOW)
    ends: list[str] = []

    def closing() -> None:
        try:
            close(cast, round)
            ends.append("closed")
        except OperationalError:
            ends.append("died")
        finally:
            connection.close()

    thread = Thread(target=closing)
    with transaction.atomic(), connection.cursor() as cursor:
        # The close comes as far as the first coding of the consensus, its assignment is written already.
        cursor.execute("LOCK TABLE coding_coding IN SHARE MODE")
        thread.start()
        victim = None
        while victim is None:
            time.sleep(0.02)
            cursor.execute(WAITING)
            victim = cursor.fetchone()
        cursor.execute("SELECT pg_terminate_backend(%s)", victim)
    thread.join(timeout=30)
    assert ends == ["died"]
    round.refresh_from_db()
    consensus = CodingAssignment.objects.filter(kind=CodingAssignment.Kind.CONSENSUS)
    assert (round.state, consensus.count()) == (Round.State.CONFERRING, 0)
    assert round.transcripts.filter(is_round_open=True).count() == 1
    assert not AuditEvent.objects.filter(noun="round", verb="closed").exists()
    assert close(cast, round).state == Round.State.CLOSED
    with acting_as(cast.pi.id):
        assert Coding.objects.filter(assignment__kind="consensus").count() == 2
