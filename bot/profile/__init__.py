"""The aggregated scan: what a diagnosis knows of a model's traffic, in counts."""

from bot.profile.evidence import Evidence

__all__ = ["Evidence"]
