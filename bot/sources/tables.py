"""Tables through ibis: DuckDB or Spark over files, a database file, Postgres, and the rest."""

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import SettingsError, SourceError
from bot.settings import Settings, SourceSettings, closest, hidden, nearest, resolve
from bot.sources import spark

if TYPE_CHECKING:
    import ibis.expr.types as ir

READERS = {
    ".parquet": "read_parquet", ".pq": "read_parquet",
    ".csv": "read_csv", ".tsv": "read_csv", ".gz": "read_csv",
    ".jsonl": "read_json", ".ndjson": "read_json", ".json": "read_json",
}  # fmt: skip

EXTRAS = {
    "postgres": "postgres", "postgresql": "postgres", "pyspark": "spark", "trino": "trino",
    "snowflake": "snowflake", "bigquery": "bigquery", "clickhouse": "clickhouse",
    "databricks": "databricks",
}  # fmt: skip
"""Our extra for the first part of an address; for others, ibis has one of that name."""


class TableSource:
    """One connection; `table` finds its tables by name, or files below `path`."""

    def __init__(
        self, name: str, source: SourceSettings, settings: Settings, *, lock: threading.RLock
    ) -> None:
        self._name = name
        self._source = source
        self._settings = settings
        self._folder = settings.path(source.path) if source.path else settings.folder
        self._lock = lock
        self._connection: Any = None

    @property
    def where(self) -> str:
        """What an error calls this source."""
        return f"sources.{self._name}"

    @property
    def single_name(self) -> str:
        """The one table of a source that has no `table` beside it: its file, or an option."""
        named = self._source.options.get("table")
        if named is None and not self._source.path:
            raise SourceError(f"{self.where} needs `path` (a file), or `options.table`")
        if named is None and self._folder.is_dir():
            raise SourceError(
                f"{self.where}: {self._folder} is a folder; name a file in `path`, or the table in"
                " `options.table`"
            )
        return str(named or self._folder.name)

    @property
    def connection(self) -> Any:
        """The ibis connection, made when first asked for."""
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    def table(self, name: str) -> "ir.Table":
        """The table, or the file, of that name."""
        with self._lock:  # asking for the schema is a query, and a connection takes one at a time
            files = self._files(name)
            if files is not None:
                return self._read(files, name)
            connection = self.connection
            try:
                schema, _, table = name.rpartition(".")
                return connection.table(table, database=schema or None)
            except Exception as error:
                # Every engine raises its own class for a table that is not there.
                raise SourceError(self._no_table(name, error)) from error

    def parquet(self, name: str) -> list[Path] | None:
        """The local Parquet files that a name stands for; None where it is anything else."""
        files = self._files(name)
        if files and all(READERS.get(file.suffix) == "read_parquet" for file in files):
            return files
        return None

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connection is not None and self._connection.name != spark.NAME:
                self._connection.disconnect()
            # Spark's session is the process's: stopping it would end every other reader's too.
            self._connection = None

    @property
    def _url(self) -> str:
        try:
            return resolve(self._source.url or "duckdb://", where=f"{self.where}.url")
        except SettingsError as error:  # of a table that may be optional
            raise SourceError(str(error)) from error

    def _connect(self) -> Any:
        import ibis  # noqa: PLC0415 - a second to import, wanted only once data is read

        url = self._url
        scheme, _, place = url.partition("://")
        if scheme in {"duckdb", "sqlite"}:
            return self._embedded(ibis, scheme, place)
        options = {key: value for key, value in self._source.options.items() if key != "table"}
        try:
            if scheme == spark.NAME:
                return spark.connect_spark(place, options)
            return ibis.connect(url, **options)
        except ImportError as error:
            name = error.name or getattr(error.__cause__, "name", None) or "its driver"
            ours = EXTRAS.get(scheme)
            wanted = f"plummet-bot[{ours}]" if ours else f"ibis-framework[{scheme}]"
            raise SourceError(
                f"{self.where}: {scheme}:// needs {name}, which is not installed:"
                f" pip install '{wanted}'"
            ) from error
        except Exception as error:  # noqa: BLE001 - every driver raises its own class; all mean the same to a person
            raise SourceError(
                f"{self.where}: cannot connect to {scheme}://… ({self._line(error)});"
                " check the address, the credentials and that the server answers",
                permanent=False,
            ) from self._cause(error)

    def _embedded(self, ibis: Any, scheme: str, place: str) -> Any:
        file = self._settings.path(place) if place else None
        if file is not None and not file.is_file():
            said = hidden(str(file), self._source.url or "")
            raise SourceError(f"{self.where}: there is no database file {said}")
        try:
            if scheme == "sqlite":
                # One at a time uses it, under the lock, but not always from the same thread.
                driver = sqlite3.connect(file or ":memory:", check_same_thread=False)
                return ibis.sqlite.from_connection(driver)
            read_only = {"read_only": True} if file else {}
            connection = ibis.duckdb.connect(file or ":memory:", **read_only)
            connection.raw_sql("SET TimeZone = 'UTC'")
        except Exception as error:  # noqa: BLE001 - a file that is no database, or one that another process holds
            raise SourceError(
                f"{self.where}: cannot open {file} ({self._line(error)})"
            ) from self._cause(error)
        return connection

    def _files(self, name: str) -> list[Path] | None:
        """The files a name stands for; None where it can only be a table of a database."""
        if not self._url.startswith(("duckdb://", f"{spark.NAME}://")):
            return None
        if Path(name).suffix not in READERS and "*" not in name:
            return None
        if "*" in name:
            found = sorted(self._folder.glob(name))
            if not found:
                raise SourceError(
                    f"{self.where}: no file below {self._folder} matches {name!r};"
                    " check `path` of the source and `table` of the model"
                )
            return found
        path = self._folder if self._folder.suffix in READERS else self._folder / name
        if not path.is_file():
            raise SourceError(self._no_file(path))
        return [path]

    def _read(self, files: list[Path], name: str) -> "ir.Table":
        suffix = files[0].suffix
        if suffix not in READERS:
            raise SourceError(f"{self.where}: cannot read {files[0].name}: unknown kind of file")
        connection = self.connection
        reader = getattr(connection, READERS[suffix])
        options = {} if len(files) == 1 else {"union_by_name": True}
        try:
            if connection.name == spark.NAME:
                path = files[0] if len(files) == 1 else self._folder / name
                return spark.read_with_spark(connection, READERS[suffix], path)
            return reader([str(file) for file in files], **options)
        except Exception as error:
            # The engine names the byte or the line; the class differs by format.
            raise SourceError(
                f"{self.where}: cannot read {name!r} below {self._folder}: {self._line(error)}"
            ) from error

    def _no_file(self, path: Path) -> str:
        if not path.parent.exists():
            return f"{self.where}.path: there is no folder {path.parent}"
        beside = [p.name for p in path.parent.glob("*") if p.suffix in READERS]
        return f"{self.where}: there is no file {path}{nearest(path.name, beside)}"

    def _no_table(self, name: str, error: Exception) -> str:
        try:
            known = self.connection.list_tables()
        except Exception:  # noqa: BLE001 - the list only improves the error's sentence
            known = []
        near = closest(name, known)
        hint = f"; did you mean {near!r}?" if near else f" ({self._line(error)})"
        return f"{self.where}: there is no table {name!r}{hint}"

    def _line(self, error: Exception) -> str:
        """The first line of what a driver says, without the secrets of the address."""
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return hidden(said, self._source.url or "")[:200]

    def _cause(self, error: Exception) -> Exception | None:
        """What a log shows below ours; nothing where it repeats a secret."""
        said = str(error)
        return error if hidden(said, self._source.url or "") == said else None
