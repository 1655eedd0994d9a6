"""Importing what a diagnosis needs before anybody waits for one."""


def warm() -> None:
    """Import the engines, which takes more than a second; for a thread at the bot's start."""
    import bot.profile.scan  # noqa: F401, PLC0415 - for what it brings along, off the start's path
