"""`python -m bot` is `plummet`."""

from bot.cli import main

main()
