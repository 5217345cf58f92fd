"""Who asks, as the database is told: with the beginning of a transaction, and no longer than that."""

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection
from psycopg.pq import TransactionStatus

from apps.accounts.models import User
from apps.core.identity import SETTING, acting_as
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def asks() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return str(cursor.fetchone()[0])


def test_a_transaction_begins_once_and_knows_who_asks() -> None:
    ruth, jin, warned = make.person().id, make.person().id, []
    connection.connection.add_notice_handler(lambda notice: warned.append(notice.message_primary))
    with acting_as(ruth):
        assert asks() == str(ruth)
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        with acting_as(jin):
            assert asks() == str(jin)
        assert asks() == str(ruth)
    assert asks() == ""
    assert warned == []


def test_what_is_done_in_a_name_is_done_as_a_whole() -> None:
    ruth = make.person()

    def two_of_one_address() -> None:
        with acting_as(ruth.id):
            make.person(email="a@example.org")
            make.person(email="a@example.org")

    with pytest.raises(IntegrityError):
        two_of_one_address()
    assert list(User.objects.values_list("id", flat=True)) == [ruth.id]


def test_a_connection_that_has_broken_is_one_error_and_then_another_connection() -> None:
    ruth = make.person().id
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    with psycopg.connect(**connection.get_connection_params() | {"context": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with pytest.raises(OperationalError), acting_as(ruth):
        raise AssertionError("nothing is done without the database")
    with acting_as(ruth):
        assert asks() == str(ruth)
