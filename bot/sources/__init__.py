"""Where a diagnosis reads: tables, change events and system metrics, opened when first asked."""

from bot.sources.rows import LogRows
from bot.sources.sources import KINDS, Sources, open_sources

__all__ = ["KINDS", "LogRows", "Sources", "open_sources"]
