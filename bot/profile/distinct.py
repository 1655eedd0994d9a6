"""How many different ids each bucket of time holds."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.kept import MOST_BYTES, Kept

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Counts = npt.NDArray[np.int64]

PARTS = 32


class Distinct:
    """Ids by bucket as 64-bit hashes, counted a part of the time after the other.

    Two ids of one bucket of 200,000 rows share a hash in one of 10^9 such buckets.
    """

    def __init__(self, buckets: int) -> None:
        self._buckets = buckets
        self._width = buckets // PARTS + 1
        self._parts: dict[int, Kept] = {}

    def add(self, bucket: "Array", hashes: "Array") -> None:
        """Note some rows; hashes are unsigned whole numbers."""
        part = bucket // self._width
        for place in np.unique(part).tolist():
            kept = self._parts.setdefault(place, Kept(most=MOST_BYTES // PARTS))
            inside = part == place
            kept.add({"bucket": bucket[inside] - place * self._width, "hash": hashes[inside]})

    def counts(self) -> "Counts":
        """Different ids in each bucket; to be asked once, what was noted is let go."""
        found = np.zeros(self._width * PARTS, dtype=np.int64)
        while self._parts:
            place, part = self._parts.popitem()
            with part as kept:
                chunks = list(kept.chunks(("bucket", "hash")))
            bucket = np.concatenate([chunk["bucket"] for chunk in chunks]).astype(np.uint16)
            hashes = np.concatenate([chunk["hash"] for chunk in chunks])
            ordered = hashes[np.argsort(bucket, kind="stable")]
            ends = np.cumsum(np.bincount(bucket, minlength=self._width))
            for i, ids in enumerate(np.split(ordered, ends[:-1])):
                found[place * self._width + i] = len(np.unique(ids))
        return found[: self._buckets]
