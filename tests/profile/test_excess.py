"""The part of the traffic that holds an excess: found where it is planted, and no finer."""

import numpy as np
import numpy.typing as npt
import pytest

from bot.profile.bins import FIRST
from bot.profile.excess import Split, densest
from bot.profile.windows import HISTORY, INCIDENT

Counts = npt.NDArray[np.int64]
REGIONS, CLIENTS, TENANTS = 4, 3, 30
EVERYWHERE = np.ones((REGIONS, CLIENTS, TENANTS), dtype=np.bool_)


def traffic(
    seed: int,
    where: npt.NDArray[np.bool_] | npt.NDArray[np.float64],
    *,
    worse: tuple[float, float] = (0.25, 0.25),
    clients: tuple[int, int, int] = (25, 25, 25),
) -> list[Split]:
    """Of three columns each alone and in pairs; 12 % are hits, and `worse` more in each half."""
    random = np.random.default_rng(seed)
    many = np.broadcast_to(np.array(clients)[:, None], EVERYWHERE.shape)
    rows = random.poisson(many, (HISTORY + INCIDENT, *many.shape))
    share = np.full(rows.shape, 0.12)
    for half, more in enumerate(worse):
        share[HISTORY + half] += more * where
    hits = random.binomial(rows, share)
    names = ("region", "client", "tenant")
    return [
        Split(
            names=tuple(names[axis] for axis in kept),
            hits=_coded(hits, kept), rows=_coded(rows, kept),
        )
        for kept in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
    ]  # fmt: skip


def _coded(counts: Counts, kept: tuple[int, ...]) -> Counts:
    """The kept columns, with the codes that every column has before its own values."""
    summed = counts.sum(axis=tuple(1 + axis for axis in range(3) if axis not in kept))
    own: Counts = np.pad(summed, [(0, 0), *[(FIRST, 0)] * len(kept)])
    return own


def only(region: int | None = None, client: int | None = None) -> npt.NDArray[np.bool_]:
    found = np.zeros_like(EVERYWHERE)
    found[slice(None) if region is None else region, slice(None) if client is None else client] = (
        True
    )
    return found


def place(splits: list[Split]) -> tuple[tuple[str, ...], list[tuple[int, ...]]] | None:
    found = densest(splits)
    if found is None:
        return None
    codes = [np.unravel_index(cell, found.split.shape) for cell in found.cells]
    return found.split.names, [tuple(int(code) - FIRST for code in one) for one in codes]


@pytest.mark.parametrize("seed", range(10))
def test_one_value_is_named_alone_where_it_holds_the_excess(seed: int) -> None:
    assert place(traffic(seed, only(region=2))) == (("region",), [(2,)])


@pytest.mark.parametrize("seed", range(10))
def test_two_values_are_named_together_where_both_hold_it(seed: int) -> None:
    assert place(traffic(seed, only(region=2, client=1))) == (("region", "client"), [(2, 1)])


def test_a_second_value_is_not_named_because_the_few_other_rows_do_a_little_better() -> None:
    where = np.where(only(region=2, client=0), 1.0, 0.6 * only(region=2))

    found = [place(traffic(seed, where, clients=(25, 2, 2))) for seed in range(20)]

    assert found == [(("region",), [(2,)])] * 20


def test_what_is_everywhere_has_no_place_and_nothing_has_none_either() -> None:
    spread = [place(traffic(seed, EVERYWHERE, worse=(0.1, 0.1))) for seed in range(40)]
    quiet = [place(traffic(seed, EVERYWHERE, worse=(0.0, 0.0))) for seed in range(40)]

    assert sum(one is not None for one in spread) <= 1
    assert sum(one is not None for one in quiet) <= 1


def test_what_only_half_of_the_time_shows_is_not_believed() -> None:
    once = [place(traffic(seed, only(region=2), worse=(0.25, -0.02))) for seed in range(10)]

    assert once == [None] * 10
