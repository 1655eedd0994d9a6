"""The bot's HTTP door: alerts in, health and metrics out, Slack where it comes by HTTP."""

from bot.web.app import build_web
from bot.web.health import Probe
from bot.web.metrics import Metrics
from bot.web.server import WebServer, serve_web
from bot.web.slack import SlackDispatch

__all__ = ["Metrics", "Probe", "SlackDispatch", "WebServer", "build_web", "serve_web"]
