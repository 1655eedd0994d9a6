"""A diagnosis for a person: plain text for a terminal, Markdown for everything else."""

from bot.incident import Diagnosis


def as_text(diagnosis: Diagnosis) -> str:
    """A diagnosis as plain text."""
    return "\n".join(finding.says for finding in diagnosis.findings) + "\n"


def as_markdown(diagnosis: Diagnosis) -> str:
    """A diagnosis as Markdown."""
    return as_text(diagnosis)
