"""The aggregated scan: what a diagnosis knows of a model's traffic, in counts."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.profile.evidence import Evidence

__all__ = ["Evidence"]


def __getattr__(name: str) -> Any:
    """`Evidence`, when it is first asked for: whoever only counts need not wait for all it says."""
    if name != "Evidence":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot.profile.evidence import Evidence  # noqa: PLC0415 - half of the room comes with it

    return Evidence
