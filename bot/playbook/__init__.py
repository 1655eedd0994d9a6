"""Playbooks: readable checklists, validated when they are read."""

from bot.playbook.library import find_playbook, playbook_names
from bot.playbook.progress import condition_words, has_ended, holds, is_due, next_step, words
from bot.playbook.reading import outcomes, parse_playbook, read_playbook
from bot.playbook.shelf import Shelf

__all__ = [
    "Shelf",
    "condition_words",
    "find_playbook",
    "has_ended",
    "holds",
    "is_due",
    "next_step",
    "outcomes",
    "parse_playbook",
    "playbook_names",
    "read_playbook",
    "words",
]
