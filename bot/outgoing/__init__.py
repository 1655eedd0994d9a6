"""The one door for calls to other machines: only addresses of the configuration, nothing else."""

from bot.outgoing.endpoint import Answer, Endpoint
from bot.outgoing.proof import Access, access

__all__ = ["Access", "Answer", "Endpoint", "access"]
