"""The whole of it: every check, and what follows."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.checks import all_checks
from bot.diagnosis.ask import ask
from bot.diagnosis.conclude import conclude
from bot.diagnosis.examine import examine
from bot.incident import Diagnosis, Finding
from bot.settings import Settings
from bot.sources import Sources

if TYPE_CHECKING:
    from bot.profile import Evidence


def diagnose(
    settings: Settings,
    model: str,
    *,
    sources: Sources,
    at: datetime | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Diagnosis:
    """Examine a model at a moment, ask every check, and rank the causes.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read.
    """
    progress("reading the prediction log")
    evidence = examine(settings, model, sources=sources, at=at, since=since, until=until)
    findings = every_finding(evidence, progress=progress)
    progress("ranking causes")
    return conclude(evidence, findings)


def every_finding(
    evidence: "Evidence", *, progress: Callable[[str], None] = lambda _: None,
    cannot: Mapping[str, str] = MappingProxyType({}),
) -> list[Finding]:  # fmt: skip
    """What every check says about the evidence, in the order of the checks.

    `cannot` holds the reason of each that is not asked: its answer is unknown.
    """
    findings: list[Finding] = []
    checks = all_checks()
    for name in checks:
        progress(name)
        if name in cannot:
            findings.append(Finding(check=name, verdict="unknown", says=cannot[name]))
        else:
            findings += ask(evidence, name, checks=checks)
    return findings
