"""The embedded servers, with real processes: what they refuse, and what survives a kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.embedded import AlreadyRunningError, Postgres, Services, Valkey, throw_away
from config.embedded.place import open_temporary_directory, postgres_programs
from config.roles import ROLE_NAMES, Role

ROOT = Path(__file__).resolve().parents[2]

LAUNCHER = """
import sys, time
from pathlib import Path
from config.embedded import Services
services = Services(Path(sys.argv[1]))
services.start()
print(services.postgres.pid, services.valkey.pid, flush=True)
time.sleep(600)
"""

# They start and kill servers of their own.
pytestmark = pytest.mark.slow


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that the servers' account can reach, unlike pytest's own."""
    made = open_temporary_directory()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with throw_away() as running:
        yield running


@pytest.fixture
def launcher(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has started the servers of `directory`."""
    command = [sys.executable, "-c", LAUNCHER, str(directory)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def pids_of(launcher: subprocess.Popen[str]) -> list[int]:
    assert launcher.stdout is not None
    return [int(word) for word in launcher.stdout.readline().split()]


def wait_until_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    _gone, alive = psutil.wait_procs(processes, timeout=20)
    return list(alive)


@pytest.mark.parametrize(
    ("role", "attributes"),
    [
        ("owner", ("concord_owner", False, True, False, False, False)),
        ("app", ("concord_app", False, False, False, False, False)),
        ("worker", ("concord_worker", False, False, False, False, False)),
        ("backup", ("concord_backup", False, False, False, False, True)),
    ],
)
def test_a_role_connects_over_the_socket_and_is_no_more_than_it_claims(
    services: Services, role: Role, attributes: tuple[str, bool, bool, bool, bool, bool]
) -> None:
    with psycopg.connect(services.postgres.url(role)) as connection:
        found = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert found == attributes


def test_the_owner_owns_the_database_and_nobody_else_may_make_tables_in_it(services: Services) -> None:
    with psycopg.connect(services.postgres.url("app")) as connection:
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert owner == ("concord_owner",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (number int)")


def test_the_backup_role_cannot_write_even_its_own_tables(services: Services) -> None:
    with (
        psycopg.connect(services.postgres.url("backup")) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("CREATE TEMPORARY TABLE mine AS SELECT 1")


def test_a_dump_by_the_backup_role_holds_the_rows_that_policies_hide(services: Services) -> None:
    with psycopg.connect(services.postgres.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE hidden AS SELECT 'hidden row' AS text")
        connection.execute("ALTER TABLE hidden ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE hidden FORCE ROW LEVEL SECURITY")
        assert connection.execute("SELECT count(*) FROM hidden").fetchone() == (0,)
    program = postgres_programs(None) / "pg_dump"
    dump = subprocess.run(
        [program, services.postgres.url("backup")], capture_output=True, text=True, check=True
    )
    assert dump.stdout.splitlines().count("hidden row") == 1


def test_the_extensions_are_there(services: Services) -> None:
    with psycopg.connect(services.postgres.url("app")) as connection:
        found = connection.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
    assert [name for (name,) in found] == ["btree_gist", "citext", "pg_trgm", "plpgsql", "unaccent"]


def test_provisioning_again_changes_nothing(services: Services) -> None:
    services.postgres.provision()
    with psycopg.connect(services.postgres.url("app")) as connection:
        found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'concord%'").fetchall()
    assert sorted(name for (name,) in found) == sorted(ROLE_NAMES.values())


def test_no_server_listens_on_the_network(services: Services) -> None:
    for pid in (services.postgres.pid, services.valkey.pid):
        assert psutil.Process(pid).net_connections(kind="inet") == []


def test_only_our_own_users_can_enter_the_socket_directory(services: Services) -> None:
    assert services.postgres.place.sockets.stat().st_mode & 0o777 == 0o700


def test_a_thrown_away_directory_is_gone() -> None:
    with throw_away() as running:
        directory = running.directory
    assert not directory.exists()


def test_what_a_killed_run_left_behind_is_swept_away() -> None:
    left = open_temporary_directory()
    (left / "postgres.lock").touch()
    os.utime(left / "postgres.lock", (0, 0))
    with throw_away():
        assert not left.exists()


def test_a_second_start_of_the_same_directory_is_refused(services: Services) -> None:
    with pytest.raises(AlreadyRunningError) as refusal:
        Postgres(services.directory).start()
    assert (
        str(refusal.value)
        == f"The database in {services.directory} is running already (process {os.getpid()})."
    )
    with pytest.raises(AlreadyRunningError):
        Valkey(services.directory).start()
    assert redis.from_url(services.valkey.url).ping() is True


@pytest.mark.slow
def test_a_killed_postgres_comes_back_with_every_committed_row(directory: Path) -> None:
    postgres = Postgres(directory)
    postgres.start()
    try:
        postgres.provision()
        with psycopg.connect(postgres.url("owner"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (number int)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
            os.kill(postgres.pid or 0, signal.SIGKILL)
        postgres.start()
        with psycopg.connect(postgres.url("owner")) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    finally:
        postgres.stop()


@pytest.mark.slow
def test_a_killed_valkey_comes_back_with_its_queue(directory: Path) -> None:
    valkey = Valkey(directory)
    valkey.start()
    try:
        redis.from_url(valkey.url).rpush("queue", *range(50))
        time.sleep(1.2)  # the log is written down every second
        os.kill(valkey.pid or 0, signal.SIGKILL)
        valkey.start()
        assert redis.from_url(valkey.url).llen("queue") == 50
    finally:
        valkey.stop()


@pytest.mark.slow
def test_the_servers_do_not_outlive_a_killed_launcher(launcher: subprocess.Popen[str]) -> None:
    servers = [psutil.Process(pid) for pid in pids_of(launcher)]
    servers += servers[0].children()
    launcher.kill()
    assert wait_until_gone(servers) == []


@pytest.mark.slow
def test_after_a_killed_launcher_the_next_start_works_at_once(
    launcher: subprocess.Popen[str], directory: Path
) -> None:
    pids_of(launcher)
    with pytest.raises(AlreadyRunningError):
        Postgres(directory).start()
    launcher.kill()
    launcher.wait()
    services = Services(directory)
    services.start()
    try:
        with psycopg.connect(services.postgres.url("app")) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("concord_app",)
        assert redis.from_url(services.valkey.url).ping() is True
    finally:
        services.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(directory: Path) -> None:
    deep = directory / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    valkey = Valkey(deep)
    valkey.start()
    try:
        assert len(os.fsencode(valkey.socket)) <= 107
        assert valkey.place.sockets.parent == Path(tempfile.gettempdir())
        assert valkey.place.sockets.stat().st_mode & 0o777 == 0o700
        assert redis.from_url(valkey.url).ping() is True
    finally:
        valkey.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another user")
def test_root_keeps_the_data_outside_a_closed_checkout() -> None:
    closed = Path(tempfile.mkdtemp())
    services = Services(closed / "var")
    home = services.postgres.place.home
    try:
        assert home.parent == Path("/var/lib/concord")
        assert Services(closed / "var").postgres.place.home == home
        services.start()
        with psycopg.connect(services.postgres.url("app")) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("concord_app",)
        assert psutil.Process(services.postgres.pid).username() != "root"
        assert psutil.Process(services.valkey.pid).username() != "root"
    finally:
        services.stop()
        shutil.rmtree(closed)
        shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another user")
def test_a_copy_of_a_closed_checkout_does_not_share_its_database() -> None:
    closed = Path(tempfile.mkdtemp())
    first = Services(closed / "var").postgres.place.home
    shutil.copytree(closed / "var", closed / "copy", symlinks=True)
    second = Services(closed / "copy").postgres.place.home
    shutil.move(closed / "copy", closed / "moved")
    moved = Services(closed / "moved").postgres.place.home
    shutil.rmtree(closed)
    for home in {first, second, moved}:
        shutil.rmtree(home)
    assert (first == second, second == moved) == (False, True)
