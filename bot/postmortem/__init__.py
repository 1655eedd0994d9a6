"""Post-mortems, from the store and nothing else."""

from bot.postmortem.writing import Postmortem, compose, write_postmortem

__all__ = ["Postmortem", "compose", "write_postmortem"]
