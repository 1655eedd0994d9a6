"""Causes at the source of the data: the offline recomputation carries them too."""

from bot.diagnosis.causes.shared import (
    MEND_SOURCE,
    NOT_A_FEW,
    NOT_MIXED_UP,
    NOT_NOISE,
    NOT_RENAMED,
    NOT_SELECTED,
    NOT_SWAPPED,
    NOT_THE_RULE,
    NOT_THE_SOURCE,
    QUARANTINE,
    SYSTEMS,
)
from bot.diagnosis.declared import Declared, Neighbour, Remedy, Sign

MISSING_VALUES = Declared(
    cause="missing_values", prior=0.0, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(
            check="data.missing", most=7.5, without={"kind": "host", "lost": "together"}, clear=2.0
        ),
        Sign(check="data.missing", most=3.0, subject={"kind": "host"}),
        Sign(check="data.missing", most=3.0, subject={"lost": "together"}),
        Sign(
            check="system.hosts", subject={"sign": "both"}, most=-5.0,
            why="what one ill host loses on its way is its own defect, not the feature's",
        ),
        Sign(
            check="system.hosts", subject={"sign": "failing"}, most=-3.0,
            why="what one ill host loses on its way is its own defect, not the feature's",
        ),
        Sign(
            check="data.schema", subject={"sign": "renamed"}, most=-6.0,
            why="the values are there, under another name",
        ),
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(cause="schema_change", by="a column that fills as this one empties"),
        Neighbour(cause="default_fill", by="nulls against one value that takes their place"),
        Neighbour(
            cause="regional_outage", by="whether the empty values come from one host only",
            needs=("host",), asks="Do the empty values come from one host or zone only?",
        ),
    ),
    kinds=("pipeline", "schema", "code", "config"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

DEFAULT_FILL = Declared(
    cause="default_fill", prior=0.0, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(check="data.constants", subject={"sign": "default"}, most=7.5, clear=2.0),
        NOT_SELECTED,
        NOT_SWAPPED,
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(cause="missing_values", by="one value in the place of others, not nulls"),
        Neighbour(cause="frozen_feature", by="a value that it hardly ever had, or a known default"),
        Neighbour(cause="unit_change", by="one value, not a scaled copy of all of them"),
    ),
    kinds=("pipeline", "code", "schema", "config"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

UNIT_CHANGE = Declared(
    cause="unit_change", prior=0.0, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(check="data.units", most=8.5),
        Sign(check="data.ranges", subject={"sign": "scaled"}, most=8.5, clear=1.5),
        Sign(check="data.ranges", subject={"sign": "outside"}, most=5.5),
        Sign(
            check="data.constants", subject={"sign": "default"}, most=-4.0,
            why="a single value is no other unit",
        ),
        Sign(
            check="drift.mix", most=-3.0, reads="harm",
            why="a segment that grew brings values of its own",
        ),
        Sign(
            check="drift.covariate", most=-5.0, reads="harm", elsewhere=True,
            why="harder cases, told by another feature, explain the fall",
        ),
        NOT_NOISE,
        NOT_SWAPPED,
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(cause="covariate_shift", by="a straight line from the old quantiles to the new"),
        Neighbour(
            cause="preprocessing_change", by="the features recomputed offline for the same ids",
            needs=("offline",), asks="Is the feature wrong at its source, or only as it is served?",
        ),
    ),
    kinds=("pipeline", "code", "schema", "dependency"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

SCHEMA_CHANGE = Declared(
    cause="schema_change", prior=0.0, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(check="data.schema", subject={"sign": "renamed"}, most=8.5, clear=2.0),
        Sign(check="data.schema", subject={"sign": "format"}, most=8.0),
        Sign(check="data.schema", subject={"sign": "gone"}, most=8.0, timed=False),
        Sign(check="data.schema", subject={"sign": "type"}, most=0.5, timed=False),
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(cause="missing_values", by="a column that fills as this one empties"),
        Neighbour(cause="category_recode", by="the form of the values, not their names"),
    ),
    kinds=("schema", "pipeline", "code"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

FROZEN_FEATURE = Declared(
    cause="frozen_feature", prior=0.0, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(check="data.constants", subject={"sign": "frozen"}, most=7.5, clear=2.0),
        Sign(check="data.clock", subject={"sign": "stale"}, most=7.5),
        NOT_SWAPPED,
        NOT_THE_SOURCE,
        NOT_THE_RULE,
        NOT_RENAMED,
        Sign(
            check="data.clock", subject={"sign": "shifted"}, most=-6.0,
            why="the hours moved with the clock, and did not stand still",
        ),
        Sign(
            check="drift.adversarial", most=-4.0,
            why="a few senders who ask again and again repeat themselves",
        ),
        Sign(
            check="drift.mix", most=-4.0, reads="harm",
            why="a segment that grew brings rows of its own, which are like one another",
        ),
    ),
    neighbours=(
        Neighbour(cause="default_fill", by="an ordinary value of it, not a default"),
        Neighbour(cause="covariate_shift", by="whether the value still says what it said"),
    ),
    kinds=("pipeline", "infrastructure", "code"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

JOIN_BREAK = Declared(
    cause="join_break", prior=-0.5, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        # A feature that the answers hardly hang on does no harm, whatever rows its values are of.
        Sign(check="data.joins", subject={"sign": "both"}, most=8.0, reads="relied", clear=2.0),
        Sign(check="data.joins", subject={"sign": "one"}, most=5.0, reads="relied"),
        Sign(
            check="data.clock", subject={"sign": "shifted"}, most=-5.0,
            why="the values were moved in time, not mixed up",
        ),
        Sign(
            check="metric.labels", subject={"part": "absent"}, most=-5.0,
            why="wrong labels loosen every feature from the label",
        ),
        Sign(
            check="metric.labels", subject={"part": "turned"}, most=-5.0,
            why="labels turned one way only; values of other rows would turn them both ways",
        ),
        Sign(
            check="drift.covariate", most=-3.0, reads="harm",
            why="harder cases alone explain the fall",
        ),
        Sign(
            check="drift.prior", most=-3.0,
            why="other frequencies of the classes change what each value says of them",
        ),
        NOT_RENAMED,
        Sign(
            check="data.ranges", most=-4.0, why="values of other rows lie within its range",
        ),
        Sign(
            check="model.skew", most=-4.0, elsewhere=True,
            why="another feature that is served otherwise than recomputed explains the fall",
        ),
        *NOT_MIXED_UP,
        Sign(
            check="data.rows", subject={"part": "labels"}, most=-5.0,
            why="labels came loose from every feature alike",
        ),
        NOT_NOISE,
        NOT_SELECTED,
        NOT_A_FEW,
        NOT_SWAPPED,
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(
            cause="concept_drift", by="the features recomputed offline for the same ids",
            needs=("offline",), asks="Do a few values of the feature, looked up by id, agree?",
        ),
        Neighbour(cause="clock_shift", by="hours that fit again when they are moved back"),
    ),
    kinds=("pipeline", "code", "schema"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

CATEGORY_RECODE = Declared(
    cause="category_recode", prior=0.0, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(check="data.categories", subject={"sign": "recoded"}, most=8.0, clear=2.0),
        Sign(check="data.categories", subject={"sign": "unseen"}, most=4.0),
        Sign(
            check="data.constants", subject={"sign": "default"}, most=-3.0,
            why="one value took the place of several",
        ),
        NOT_SELECTED,
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(cause="traffic_mix", by="a known value that lost as much as the new one gained"),
        Neighbour(cause="default_fill", by="whether the new value is one default for several"),
    ),
    kinds=("pipeline", "schema", "code"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

DUPLICATE_ROWS = Declared(
    cause="duplicate_rows", prior=0.0,
    first=Remedy(
        kind="quarantine_rows",
        says="leave out the repeated rows by their id, then look at the metric again",
    ),
    then=(Remedy(kind="ask", says="make the writer of the log keep one row an id"),),
    signs=(Sign(check="data.duplicates", most=8.0, clear=5.0, reads="most"),),
    neighbours=(
        Neighbour(
            cause="traffic_mix", by="an id of each request in the log", needs=("id",),
            asks="Are requests logged more than once?",
        ),
    ),
    kinds=("pipeline", "code", "infrastructure"), also=SYSTEMS,
)  # fmt: skip

PARTIAL_INGESTION = Declared(
    cause="partial_ingestion", prior=-0.3,
    first=Remedy(
        kind="backfill",
        says="load the rows that never reached the log, then look at the metric again",
    ),
    then=(
        Remedy(kind="ask", says="count the rows at the servers and at the log, and alert on a gap"),
    ),
    signs=(
        Sign(check="data.volume", subject={"part": "all", "way": "less"}, most=6.5, clear=1.5),
        Sign(
            check="data.volume", subject={"part": "selected"}, most=8.0,
            why="some kinds of rows are fewer, and none came in their place",
        ),
        Sign(
            check="data.volume", subject={"way": "less"},
            without={"part": "all", "kind": "moved"}, most=3.0, reads="",
        ),
        Sign(check="data.freshness", subject={"part": "newest"}, most=3.0),
        Sign(check="data.freshness", subject={"part": "delay"}, most=1.5),
    ),
    neighbours=(
        Neighbour(
            cause="traffic_mix", by="the requests that the servers counted", needs=("system",),
            asks="Did the servers count as few requests as the log has rows?",
        ),
    ),
    kinds=("pipeline", "infrastructure", "schema"), also=SYSTEMS,
)  # fmt: skip

CLOCK_SHIFT = Declared(
    cause="clock_shift", prior=-0.5, first=QUARANTINE, then=MEND_SOURCE,
    signs=(
        Sign(check="data.clock", subject={"sign": "shifted"}, most=8.5, clear=2.5),
        NOT_SWAPPED,
        NOT_THE_SOURCE,
        NOT_THE_RULE,
    ),
    neighbours=(
        Neighbour(cause="seasonality", by="hours that fit again when they are moved back"),
        Neighbour(cause="join_break", by="one shift for all rows, not values of other rows"),
    ),
    kinds=("config", "pipeline", "infrastructure", "code"), also=SYSTEMS, by_feature=True,
)  # fmt: skip

DATA = (
    MISSING_VALUES, DEFAULT_FILL, UNIT_CHANGE, SCHEMA_CHANGE, FROZEN_FEATURE, JOIN_BREAK,
    CATEGORY_RECODE, DUPLICATE_ROWS, PARTIAL_INGESTION, CLOCK_SHIFT,
)  # fmt: skip
