"""What people say in an incident, by the fault they meet."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """An action item: what, who, and in how many days."""

    says: str
    owner: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What a person found when they looked, what they did, and what it was in the end."""

    finding: str
    mitigation: str
    cause: str
    todos: tuple[Todo, Todo]


_ALERT = Todo(says="Alert on the input, not only on the accuracy", owner="maria", days=7)

LINES: Mapping[str, Lines] = {
    "missing-delays": Lines(
        finding="departures-feed 4.7.0 reads the new message format with the old field name; "
        "dep_delay comes out empty",
        mitigation="departures-feed rolled back to 4.6.2",
        cause="departures-feed 4.7.0 lost dep_delay; the model took every flight for punctual",
        todos=(
            Todo(says="Refuse to release the feed when a feature is empty", owner="jonas", days=7),
            _ALERT,
        ),
    ),
    "delays-in-hours": Lines(
        finding="departures-feed 4.7.0 writes 0.5 where it wrote 30: hours instead of minutes",
        mitigation="departures-feed rolled back to 4.6.2",
        cause="departures-feed 4.7.0 changed the unit of dep_delay from minutes to hours",
        todos=(
            Todo(says="Write the unit into the feed's contract test", owner="jonas", days=5),
            _ALERT,
        ),
    ),
    "renamed-carriers": Lines(
        finding="flights.carrier now holds “United” where it held “UA”; the model knows only codes",
        mitigation="flights.carrier holds codes again",
        cause="warehouse#88 replaced carrier codes by display names",
        todos=(
            Todo(says="Put display names into a column of their own", owner="jonas", days=10),
            _ALERT,
        ),
    ),
    "swapped-delays": Lines(
        finding="feature-join 2.3.0 joins by position: the delays of two flights next to each "
        "other are exchanged",
        mitigation="feature-join rolled back to 2.2.4",
        cause="feature-join 2.3.0 gave every flight the departure delay of another",
        todos=(
            Todo(says="Test the join with rows out of order", owner="jonas", days=5),
            _ALERT,
        ),
    ),
    "clipped-delays": Lines(
        finding="the feature server cuts dep_delay at 10 since 1.9.0; the warehouse has the full "
        "values",
        mitigation="feature-server rolled back to 1.8.3",
        cause="feature-server 1.9.0 clipped departure delays at ten minutes before scoring",
        todos=(
            Todo(says="Compare served with offline features on release", owner="jonas", days=9),
            _ALERT,
        ),
    ),
    "old-model": Lines(
        finding="the registry says v11 is in production; it was trained before the departures feed",
        mitigation="promoted v12 again",
        cause="v11 was promoted by mistake",
        todos=(
            Todo(says="Ask for a reason when an older version is promoted", owner="jonas", days=12),
            Todo(says="Alert when the version in production changes", owner="maria", days=7),
        ),
    ),
    "low-threshold": Lines(
        finding="config#731 lowered the threshold to 0.1; the scores are what they were",
        mitigation="threshold back to 0.5",
        cause="config#731 lowered the decision threshold from 0.5 to 0.1",
        todos=(
            Todo(says="Replay a day before a threshold changes", owner="maria", days=10),
            Todo(says="Agree with operations on the rate of warnings", owner="aisha", days=14),
        ),
    ),
    "timeouts": Lines(
        finding="three replicas serve what twelve did; four of five requests time out",
        mitigation="delays-server is back at 12 replicas",
        cause="infra#1290 took nine of twelve replicas away; requests timed out into the default",
        todos=(
            Todo(says="Alert on the share of fallback answers", owner="maria", days=5),
            Todo(says="Load-test before replicas are taken away", owner="jonas", days=12),
        ),
    ),
    "early-labels": Lines(
        finding="label-join 3.1.0 writes labels 75 minutes after the prediction; whatever has not "
        "been reported in by then counts as on time",
        mitigation="label-join rolled back to 3.0.5; retraining is frozen until the backfill",
        cause="label-join 3.1.0 labelled flights before they were reported in; the model was fine",
        todos=(
            Todo(says="Label the flights of these hours again", owner="jonas", days=2),
            Todo(says="Leave the label empty while the outcome is open", owner="jonas", days=8),
        ),
    ),
    "swapped-labels": Lines(
        finding="arrivals in the new table are sorted differently; the join takes them by position",
        mitigation="label-join rolled back to 3.0.5; retraining is frozen until the backfill",
        cause="label-join 3.1.1 gave every flight the outcome of another; the model was fine",
        todos=(
            Todo(says="Label the flights of these hours again", owner="jonas", days=2),
            Todo(says="Join arrivals by flight and day", owner="jonas", days=8),
        ),
    ),
}  # fmt: skip
