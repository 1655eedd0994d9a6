"""The store: inbox, incidents with their timeline, journal and jobs, in one SQLite file."""

from bot.store.history import Archive
from bot.store.inbox import DeadLetter, Receipt
from bot.store.incidents import Storm
from bot.store.jobs import Clock, Job
from bot.store.journal import Journal
from bot.store.rows import Json
from bot.store.store import Store, utcnow

__all__ = [
    "Archive",
    "Clock",
    "DeadLetter",
    "Job",
    "Journal",
    "Json",
    "Receipt",
    "Store",
    "Storm",
    "utcnow",
]
