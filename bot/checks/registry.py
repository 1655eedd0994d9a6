"""What the model registry says, held against what the log shows; for checks about the model."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.checks.words import listed, span, when
from bot.incident import Finding
from bot.profile.training import kind_of

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.registered import Registered, Version

RELOADED = timedelta(hours=6)
"""Within that time of a move in the registry, servers have loaded the version."""

SUBJECT = "registry"


def served_as_registered(evidence: "Evidence", column: "Column | None") -> Iterator[Finding]:
    """Whether the version that the registry calls live is the one served, and since when it is."""
    registered = evidence.registered
    if registered is None:
        return
    if registered.live is None:
        yield Finding(
            check="model.version", verdict="unknown", subject={"part": SUBJECT},
            says=f"{_place(registered)} pointed nowhere, or to a version that is not known",
        )  # fmt: skip
    elif column is None:
        yield _moved(evidence, registered, registered.live)
    else:
        yield from _other(evidence, registered, registered.live, column)


def _moved(evidence: "Evidence", registered: "Registered", live: "Version") -> Finding:
    """By the registry alone, for a log that does not name the version of each row."""
    onset, moved, place = evidence.onset_interval, registered.live_since, _place(registered)
    subject = {"part": SUBJECT, "version": live.version}
    if moved is not None and onset.low - RELOADED <= moved <= onset.high:
        former = registered.former.version if registered.former else "another"
        before = span(abs((onset.time - moved).total_seconds()))
        return Finding(
            check="model.version", verdict="suspect", strength=4.0, since=moved, subject=subject,
            rows=evidence.rows_during,
            says=f"{place} moved from version {former} to {live.version} at {when(moved)},"
            f" {before} from the onset",
            doubt="servers that had not loaded the new version by the onset",
        )  # fmt: skip
    watched = registered.watched_since
    if watched is None or watched > onset.low - RELOADED:
        return Finding(
            check="model.version", verdict="unknown", subject=subject,
            says=f"{place} means version {live.version}, since when is not known: nobody looked"
            " before the onset, and the registry keeps no history",
        )  # fmt: skip
    return Finding(
        check="model.version", verdict="clear", subject=subject, rows=evidence.rows_during,
        says=f"{place} did not move about the onset; it means version {live.version}",
    )  # fmt: skip


def _other(
    evidence: "Evidence", registered: "Registered", live: "Version", column: "Column"
) -> Iterator[Finding]:
    served = column.over(evidence.during).sum(axis=0)
    counts = {name: int(served[code]) for code, name in column.known() if served[code]}
    strange = [name for name in counts if registered.version(name) != live]
    # Some versions of the log may be named in a way that the registry does not know at all.
    if strange and any(registered.version(name) for name in counts):
        share = sum(counts[name] for name in strange) / sum(counts.values())
        yield Finding(
            check="model.version", verdict="suspect", subject={"part": SUBJECT},
            rows=evidence.rows_during, figures={"other": share},
            says=f"the log says that {listed(strange)} serves {share:.0%} of rows, but"
            f" {_place(registered)} means version {live.version}",
            doubt="servers that have not loaded it yet, or a second one on trial",
        )  # fmt: skip


def trained_as_registered(evidence: "Evidence") -> Iterator[Finding]:
    """Whether the live version was trained on the data set and the features it should have been."""
    registered = evidence.registered
    if registered is None or registered.live is None:
        return
    live, former = registered.live, registered.former
    yield _data(registered, live, former)
    if live.inputs is not None:
        yield _signature(evidence, registered, live, live.inputs)


def _data(registered: "Registered", live: "Version", former: "Version | None") -> Finding:
    now = _named(live)
    before = _named(former) if former else set()
    named = {name for name, _ in now}
    place = f"version {live.version} of {registered.name}"
    run = f" in run {live.run_name or live.run[:8]}" if live.run else ""
    if not now:
        return Finding(
            check="model.training", verdict="unknown", subject={"part": "dataset"},
            says=f"{place} does not say what data it was trained on{run}; log it as its input",
        )  # fmt: skip
    data = listed([f"{name} {digest}" for name, digest in sorted(now)])
    old = listed([f"{name} {digest}" for name, digest in sorted(before)])
    against = f"; version {former.version} on {old}" if former and before else ""
    other = bool(before) and named != {name for name, _ in before}
    return Finding(
        check="model.training", verdict="suspect" if other else "clear",
        strength=2.0 if other else 0.0, subject={"part": "dataset", "version": live.version},
        says=f"{place} was trained on {data}{run}{against}",
        doubt="a data set that was only renamed" if other else "",
    )  # fmt: skip


def _signature(
    evidence: "Evidence", registered: "Registered", live: "Version", inputs: Mapping[str, str]
) -> Finding:
    served = {column.name: evidence.schema[column.name] for column in evidence.features()}
    missing = sorted(name for name in inputs if name not in evidence.schema)
    retyped = sorted(
        name
        for name, kind in inputs.items()
        if name in served and kind_of(kind) != kind_of(served[name])
    )
    wrong = [f"{name} is not in the log" for name in missing]
    wrong += [f"{name} is {inputs[name]}, served as {served[name]}" for name in retyped]
    extra = sorted(name for name in served if name not in inputs)
    more = f"; {listed(extra)} served beside it" if extra else ""
    place = f"the signature of version {live.version} of {registered.name}"
    return Finding(
        check="model.training", verdict="suspect" if wrong else "clear",
        strength=3.0 if wrong else 0.0, rows=evidence.rows_during,
        subject={"part": "signature", "version": live.version},
        says=f"{place} has {len(inputs)} features; {listed(wrong) or 'all are served so'}{more}",
        doubt="a log that leaves out or rewrites what the model is given" if wrong else "",
    )  # fmt: skip


def _named(version: "Version") -> set[tuple[str, str]]:
    return {(each.name, each.digest) for each in version.trained_on}


def _place(registered: "Registered") -> str:
    return f"the registry's alias {registered.alias} of {registered.name}"
