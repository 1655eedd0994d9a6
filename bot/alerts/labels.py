"""What a sender's labels mean in our words."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from bot.errors import SettingsError
from bot.incident import Alert, Segment, Severity, segment_of
from bot.settings import SenderSettings, nearest

SEVERITY_WORDS: Mapping[str, Severity] = {
    **dict.fromkeys(("sev1", "p1", "critical", "emergency", "fatal", "disaster"), "sev1"),
    **dict.fromkeys(("sev2", "p2", "page", "error", "high", "major"), "sev2"),
    **dict.fromkeys(("sev3", "p3", "warning", "warn", "medium", "moderate", "average"), "sev3"),
    **dict.fromkeys(("sev4", "p4", "info", "information", "low", "minor", "none"), "sev4"),
}
TITLE_LENGTH = 200
_PREFIX = "segment_"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMap:
    """Which label names the model, the metric, the severity, the value and the segments."""

    model: str = "model"
    metric: str = "metric"
    severity: str = "severity"
    value: str = "value"
    title: str = "summary"
    segments: tuple[str, ...] = ("segment",)
    severities: Mapping[str, Severity] = field(default_factory=lambda: SEVERITY_WORDS)

    @classmethod
    def of(cls, sender: str, settings: SenderSettings) -> Self:
        """The mapping a sender is configured with.

        Raises:
            SettingsError: It maps something that is not ours; names the nearest.
        """
        known = ("model", "metric", "severity", "value", "title")
        for key in settings.labels:
            if key not in known:
                raise SettingsError(
                    f"unknown key alerts.{sender}.labels.{key}{nearest(key, known)}"
                )
        own = {word.casefold(): level for word, level in settings.severities.items()}
        return cls(
            **settings.labels,
            segments=settings.segments,
            severities={**SEVERITY_WORDS, **own},
        )

    def segment(self, labels: Mapping[str, str]) -> Segment:
        """The segment: the labels that were listed, and every `segment_COLUMN`."""
        columns = {
            name.removeprefix(_PREFIX): value
            for name, value in labels.items()
            if name.startswith(_PREFIX) and name != _PREFIX and value
        }
        listed = {name: labels[name] for name in self.segments if labels.get(name)}
        return segment_of({**columns, **listed})

    def level(self, word: str | None) -> Severity | None:
        """The severity that a sender's word stands for; None for a word we do not know."""
        return self.severities.get((word or "").strip().casefold())


def identity(*parts: str) -> str:
    """An id of fixed length, equal for equal parts and for no others."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


def one_line(text: str) -> str:
    """A title: white space folded, and cut where nobody would read on."""
    folded = " ".join(text.split())
    return folded if len(folded) <= TITLE_LENGTH else folded[: TITLE_LENGTH - 1] + "…"


def web_link(text: str | None) -> str | None:
    """The text, if it is an address that a browser may open."""
    return text if text and re.match(r"https?://[^\s<>|]+\Z", text) else None


def number(value: object) -> float | None:
    """A finite number, from a number or from text that is nothing else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def known(alert: Alert, models: frozenset[str]) -> Alert:
    """The alert, its model None if it is none of ours; the title then keeps what was said."""
    if alert.model is None or alert.model in models:
        return alert
    said = one_line(alert.model)
    title = alert.title if said in alert.title else f"{alert.title} (model {said})"
    return replace(alert, model=None, title=title)
