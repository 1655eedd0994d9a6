"""A Postgres of the bench's own, with a synthetic log in it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

SERVERS = Path("/usr/lib/postgresql")
KINDS = {
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "DOUBLE": "double precision",
    "BIGINT": "bigint",
    "VARCHAR": "text",
}
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where it answers, and the process that its workers are children of."""

    url: str
    process: int


@contextmanager
def running() -> Iterator[Server]:
    """An empty database on this machine, gone afterwards.

    Raises:
        ClickException: There is no Postgres on this machine.
    """
    programs = sorted(SERVERS.glob("*/bin/initdb"))
    if not programs:
        raise click.ClickException(f"no Postgres below {SERVERS}; install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="plummet-bench-"))
    owner = _as_owner(folder)
    bin_, data, port = programs[-1].parent, folder / "data", _free_port()
    _call([*owner, bin_ / "initdb", "-A", "trust", "-U", "bench", "-D", data, "--no-sync"])
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -F"
    control = [*owner, bin_ / "pg_ctl", "-D", data, "-w"]
    _call([*control, "-l", folder / "log", "-o", options, "start"])
    try:
        process = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        yield Server(url=f"postgres://bench@127.0.0.1:{port}/postgres", process=process)
    finally:
        _call([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def load(log: Path, *, url: str) -> None:
    """The synthetic log as the table `log`."""
    import psycopg  # noqa: PLC0415 - an extra, which only this mode wants

    file = log / "log.parquet"
    found = duckdb.read_parquet(str(file))
    kinds = zip(found.columns, found.types, strict=True)
    made = ", ".join(f'"{name}" {KINDS[str(kind)]}' for name, kind in kinds)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "log.csv"
        found.write_csv(str(text), header=False)
        with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE log ({made})")
            with cursor.copy("COPY log FROM STDIN (FORMAT csv)") as copy, text.open("rb") as lines:
                while chunk := lines.read(CHUNK):
                    copy.write(chunk)
            cursor.execute("VACUUM ANALYZE log")


def _as_owner(folder: Path) -> list[str]:
    """Postgres refuses to run as root: then the user `postgres` runs it."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _call(command: Sequence[object]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(f"{command[-1]}: {done.stderr}")
