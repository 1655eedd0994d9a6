"""A copy of the store while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.store.connections import connect


def back_up(source: Path, target: Path) -> None:
    """Write a whole, compact copy; `target` appears only when it is complete and on the disk.

    Raises:
        StoreError: `target` exists, or cannot be written.
    """
    if target.exists():
        raise StoreError(f"{target} exists; name a new file for the backup")
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with closing(connect(source)) as connection:
            connection.execute("vacuum into ?", (str(part),))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"no backup of {source} to {target}: {error}") from error
