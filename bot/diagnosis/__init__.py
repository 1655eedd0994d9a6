"""From a model and a moment to a diagnosis: examine, ask, conclude, and write it down."""

from bot.diagnosis.ask import ask
from bot.diagnosis.conclude import conclude
from bot.diagnosis.diagnose import diagnose, every_finding
from bot.diagnosis.document import document
from bot.diagnosis.examine import examine
from bot.diagnosis.explanation import explain
from bot.diagnosis.page import page
from bot.diagnosis.reading import read_metric
from bot.diagnosis.recovery import Verified, verify
from bot.diagnosis.warming import warm
from bot.diagnosis.writing import as_markdown, as_text

__all__ = [
    "Verified",
    "as_markdown",
    "as_text",
    "ask",
    "conclude",
    "diagnose",
    "document",
    "every_finding",
    "examine",
    "explain",
    "page",
    "read_metric",
    "verify",
    "warm",
]
