"""The narrator: what happens to an incident, told from the alert to the post-mortem."""

from bot.response.address import is_address_of
from bot.response.asking import accept
from bot.response.closing import write
from bot.response.desk import Desk
from bot.response.polling import begin_polls
from bot.response.rolling import begin_rollups
from bot.response.shown import Shown
from bot.response.worker import Worker

__all__ = [
    "Desk",
    "Shown",
    "Worker",
    "accept",
    "begin_polls",
    "begin_rollups",
    "is_address_of",
    "write",
]
