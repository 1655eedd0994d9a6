"""What Prometheus may know of the intake."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.web.inbox import Inbox

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The counters of one process, in the registry it is given."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.deliveries = Counter(
            "plummet_deliveries",
            "Requests to /alerts, by what became of them.",
            ("sender", "outcome"),
            registry=registry,
        )
        self.alerts = Counter(
            "plummet_alerts",
            "Alerts in the deliveries that were accepted, new or seen before.",
            ("sender", "kind"),
            registry=registry,
        )
        self.dead_letters = Counter(
            "plummet_dead_letters",
            "Deliveries kept because they could not be taken, by the status answered.",
            ("sender", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "plummet_delivery_seconds",
            "From the request's headers to the answer.",
            buckets=_SECONDS,
            registry=registry,
        )

    def watch(self, store: Inbox) -> None:
        """Ask the store at each scrape for what only it knows."""
        Gauge(
            "plummet_jobs_waiting",
            "Alerts taken and not worked on yet.",
            registry=self._registry,
        ).set_function(store.waiting)
        Gauge(
            "plummet_incidents_open",
            "Incidents that are not resolved.",
            registry=self._registry,
        ).set_function(lambda: len(store.incidents(open_only=True, limit=_ALL)))

    def page(self) -> bytes:
        """The exposition; asks the store, so it may block."""
        return generate_latest(self._registry)


_ALL = 10_000
