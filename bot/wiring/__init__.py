"""The only place that builds real things and hands them in."""

from bot.wiring.bot import Bot
from bot.wiring.doctor import Symptom, examine_all
from bot.wiring.reading import postmortem_of
from bot.wiring.running import run_until_stopped

__all__ = ["Bot", "Symptom", "examine_all", "postmortem_of", "run_until_stopped"]
