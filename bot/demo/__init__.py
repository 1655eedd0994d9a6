"""One incident, played on a machine with nothing else: real flights, a real model, real faults."""

from bot.demo.story import play

__all__ = ["play"]
