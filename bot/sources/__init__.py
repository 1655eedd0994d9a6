"""Where a diagnosis reads: tables, change events and system metrics, opened when first asked."""

from bot.sources.aliases import AliasWatch
from bot.sources.health import ahead, look_at_source
from bot.sources.named import KINDS
from bot.sources.rows import LogRows
from bot.sources.sources import Sources, open_sources

__all__ = [
    "KINDS",
    "AliasWatch",
    "LogRows",
    "Sources",
    "ahead",
    "look_at_source",
    "open_sources",
]
