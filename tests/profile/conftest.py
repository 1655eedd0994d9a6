"""A Postgres of the tests' own."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.profile.trying import Every, tried

SERVERS = Path("/usr/lib/postgresql")


@pytest.fixture
def every(request: pytest.FixtureRequest) -> Every:
    """Try a claim on generated cases."""
    return tried(full=bool(request.config.getoption("--full")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty database on this machine, gone after the tests."""
    pytest.importorskip("psycopg", reason="the postgres extra is not installed")
    found = sorted(SERVERS.glob("*/bin/initdb"))
    if not found:
        pytest.skip(f"no Postgres below {SERVERS}: the scan is NOT held to Postgres here")
    # Not below pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="plummet-postgres-"))
    as_owner = _as_owner(folder)
    bin_, data, port = found[-1].parent, folder / "data", _free_port()
    run([*as_owner, bin_ / "initdb", "-A", "trust", "-U", "tests", "-D", data, "--no-sync"])
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -F"
    control = [*as_owner, bin_ / "pg_ctl", "-D", data, "-w"]
    run([*control, "-l", folder / "log", "-o", options, "start"])
    try:
        yield f"postgres://tests@127.0.0.1:{port}/postgres"
    finally:
        run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[object]) -> None:
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert done.returncode == 0, done.stderr.decode()


def _as_owner(folder: Path) -> list[str]:
    """Postgres refuses to run as root: then the user `postgres` runs it, where there is one."""
    if os.geteuid() != 0:
        return []
    try:
        shutil.chown(folder, "postgres")
    except LookupError:
        pytest.skip("root, and no user postgres: the scan is NOT held to Postgres here")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
