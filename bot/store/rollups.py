"""Rollups, an SQLite file beside the store: they can be counted again, what people did cannot."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.errors import StoreError

if TYPE_CHECKING:
    from bot.profile.rolling import Counted, Frame
    from bot.profile.rollup import Hour

_LATER = 30_000
"""Milliseconds that one process waits for another that writes."""


class Rollups:
    """The hours of one model; a reader sees an update whole or not at all.

    SQLite and not Parquet: an hour is replaced in place and with its print, in one transaction.
    """

    def __init__(self, path: Path, model: str) -> None:
        import sqlite3  # noqa: PLC0415 - beside sqlite_utils, which takes a while

        import sqlite_utils  # noqa: PLC0415 - likewise

        try:
            connection = sqlite3.connect(path, check_same_thread=False)
            connection.execute(f"PRAGMA busy_timeout = {_LATER}")
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be opened for rollups: {error}") from error
        self._database = sqlite_utils.Database(connection)
        self._model = model
        self._database["frame"].create(  # type: ignore[union-attr]  # a table, never a view
            {"model": str, "frame": str, "counted": str}, pk="model", if_not_exists=True
        )
        self._database["hour"].create(  # type: ignore[union-attr]  # likewise
            {
                "model": str, "hour": int, "print": str, "places": bytes, "rows": bytes,
                "sums": bytes, "arrivals": bytes, "ids": int,
            },
            pk=("model", "hour"), if_not_exists=True,
        )  # fmt: skip

    @classmethod
    def beside(cls, store: Path, model: str) -> Self:
        """The rollup of a model in the file beside the store."""
        return cls(store.with_name(f"{store.stem}.rollups{store.suffix}"), model)

    @staticmethod
    def there(store: Path) -> bool:
        """Whether there is such a file."""
        return store.with_name(f"{store.stem}.rollups{store.suffix}").is_file()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def frame(self) -> "Frame | None":
        """What is frozen; None before the first hour."""
        from bot.profile.rolling import Frame  # noqa: PLC0415 - brings ibis

        row = self._about()
        return None if row is None else Frame.from_json(str(row[0]))

    def counted(self) -> "Counted | None":
        """What the hours stand for; None while they are incomplete."""
        from bot.profile.rolling import Counted  # noqa: PLC0415 - brings ibis

        row = self._about()
        if row is None or not row[1]:
            return None
        raw = json.loads(str(row[1]))
        return Counted(**raw | {"at": datetime.fromisoformat(raw["at"])})

    def begin(self, frame: "Frame") -> None:
        """Forget all hours and freeze this."""
        with self._database.conn:
            self._execute("delete from hour where model = ?", self._model)
            self._execute(
                "insert or replace into frame(model, frame, counted) values (?, ?, '')",
                self._model, frame.to_json(),
            )  # fmt: skip

    def prints(self) -> Mapping[int, str]:
        """Hours with the print that each was counted at."""
        rows = self._database.conn.execute(
            "select hour, print from hour where model = ?", (self._model,)
        )
        return {int(hour): str(print_) for hour, print_ in rows}

    def put(self, hours: "Sequence[Hour]") -> None:
        """Keep these hours in place of what was kept of them, all or none."""
        with self._database.conn:
            for one in hours:
                self._execute(
                    "insert or replace into hour values (?, ?, ?, ?, ?, ?, ?, ?)", self._model,
                    one.hour, one.print, one.places.tobytes(), one.rows.tobytes(),
                    one.sums.tobytes(), one.arrivals.tobytes(), one.ids,
                )  # fmt: skip

    def drop(self, hours: Sequence[int]) -> None:
        """Forget hours that the log no longer has."""
        with self._database.conn:
            for hour in hours:
                self._execute("delete from hour where model = ? and hour = ?", self._model, hour)

    def close_with(self, counted: "Counted") -> None:
        """Note what the hours as a whole stand for."""
        words = json.dumps(asdict(replace(counted)) | {"at": counted.at.isoformat()})
        with self._database.conn:
            self._execute("update frame set counted = ? where model = ?", words, self._model)

    def hours(self) -> "Iterator[Hour]":
        """Every hour, the oldest first."""
        import numpy as np  # noqa: PLC0415 - wanted only by a diagnosis

        from bot.profile.coded_log import OUTCOMES  # noqa: PLC0415 - likewise
        from bot.profile.measures import SUMS  # noqa: PLC0415 - likewise
        from bot.profile.rollup import Hour  # noqa: PLC0415 - likewise

        found = self._database.conn.execute(
            "select hour, print, places, rows, sums, arrivals, ids from hour where model = ?"
            " order by hour",
            (self._model,),
        )
        for hour, print_, places, rows, sums, arrivals, ids in found:
            if np.frombuffer(sums).size != len(SUMS) * OUTCOMES:
                raise StoreError(
                    f"the rollup of {self._model} was counted by an earlier version of Plummet:"
                    f" count it again with `plummet rollup {self._model}`"
                )
            yield Hour(
                hour=int(hour), print=str(print_), places=np.frombuffer(places, dtype=np.uint32),
                rows=np.frombuffer(rows, dtype=np.uint32),
                sums=np.frombuffer(sums).reshape(len(SUMS), -1),
                arrivals=np.frombuffer(arrivals, dtype=np.uint32), ids=int(ids),
            )  # fmt: skip

    def _about(self) -> "tuple[object, object] | None":
        found = self._database.conn.execute(
            "select frame, counted from frame where model = ?", (self._model,)
        ).fetchone()
        return None if found is None else (found[0], found[1])

    def _execute(self, sql: str, *values: object) -> None:
        self._database.conn.execute(sql, values)
