"""Signs and remedies that several causes share."""

from bot.diagnosis.declared import Remedy, Sign

QUARANTINE = Remedy(
    kind="quarantine_feature",
    says="stop serving {what} from the live feed: fall back to its last good values, or to the"
    " model without it, and tell the owner of the source",
)
MEND_SOURCE = (
    Remedy(
        kind="backfill",
        says="have the source of {what} mended, and fill its values in again since the onset",
    ),
    Remedy(
        kind="ask",
        says="agree with the owner of {what} on a check of it before it is served; do not retrain"
        " on rows since the onset",
    ),
)
ROLLBACK = Remedy(kind="rollback", says="roll back {what}")
RELEASE_AGAIN = (
    Remedy(
        kind="ask",
        says="find out what {what} changed, and release it again to a small part of the traffic"
        " first, its answers held against the old ones",
    ),
)

SYSTEMS = ("config", "code", "pipeline", "infrastructure", "schema", "dependency")
"""Kinds of changes to what brings and serves values: any of them may break what it touches."""

NOT_OTHER_ANSWERS = Sign(
    check="data.rows", subject={"part": "answers"}, without={"kind": "host"}, most=-5.0,
    why="answers came loose from every feature alike, as if they were those of other rows",
)  # fmt: skip

NOT_OTHER_ROWS = Sign(
    check="data.rows", subject={"part": "rows"}, most=-5.0,
    why="features, labels and answers all came loose from each other alike",
)  # fmt: skip

NOT_MIXED_UP = (NOT_OTHER_ANSWERS, NOT_OTHER_ROWS)
"""What speaks against the model, the labels or one feature alone."""

NOT_NOISE = Sign(
    check="data.noise", without={"sign": "bent"}, most=-5.0,
    why="numbers scatter to both sides of what they were: no unit, and no value of another row",
)  # fmt: skip

NOT_BENT = Sign(
    check="data.noise", subject={"sign": "bent"}, most=-4.0,
    why="a number is no longer what it was: answers and errors moved with it",
)  # fmt: skip

NOT_THE_RULE = Sign(
    check="model.threshold", most=-6.0, reads="holds",
    why="answers that break the rule over the score are wrong, which nothing before the score does",
)  # fmt: skip
"""Features make the score, and the score the answer: what goes before keeps to the rule."""

NOT_ON_HOSTS = Sign(
    check="system.hosts", subject={"sign": "wrong"}, most=-4.0,
    why="only some hosts answer wrong, and nothing before a request knows which host it goes to",
)  # fmt: skip

NOT_SELECTED = Sign(
    check="data.volume", subject={"part": "selected"}, most=-4.0,
    why="what is left is of another kind because rows are missing",
)  # fmt: skip
"""What speaks against other rows, or another fault of them: none came more often than usual."""

NOT_A_FEW = Sign(
    check="drift.adversarial", most=-5.0, reads="explained",
    why="rows that a few senders make up go with nothing that rows used to go with",
)  # fmt: skip

NOT_REPEATED = Sign(
    check="data.duplicates", most=-5.0, reads="during",
    why="rows that are logged again and again grow, and count their errors again",
)  # fmt: skip
"""What speaks against more rows of some kind, or against what looks sure by the number of rows."""

NOT_THE_LABELS = (
    NOT_ON_HOSTS,
    Sign(check="model.score", most=-4.0, why="the model answers otherwise at equal features"),
    Sign(
        check="model.fallback", subject={"part": "flag"}, most=-5.0,
        why="answers are defaults: the labels are not to blame",
    ),
    Sign(check="model.threshold", most=-3.0, why="the decision rule changed"),
    Sign(check="drift.prior", most=-2.0, why="only the frequency of the classes moved"),
    Sign(
        check="data.joins", most=-3.0, reads="relied",
        why="a feature no longer goes with the others",
    ),
    Sign(check="data.clock", most=-3.0, why="hours do not agree with the clock"),
    Sign(
        check="metric.labels", subject={"part": "absent"}, most=-5.0,
        why="absent labels are written down as one class",
    ),
    *NOT_MIXED_UP,
    NOT_NOISE,
    NOT_SELECTED,
    NOT_A_FEW,
)  # fmt: skip
"""What speaks for the model or its features, and so against the labels having changed."""

NOT_THE_SOURCE = Sign(
    check="model.skew", most=-18.0,
    why="a fault at the source is in the offline recomputation as well",
)  # fmt: skip

NOT_RENAMED = Sign(
    check="data.categories", subject={"sign": "recoded"}, most=-5.0,
    why="its values are those of the row, under other names",
)  # fmt: skip

NOT_SWAPPED = Sign(
    check="data.schema", subject={"sign": "swapped"}, most=-18.0,
    why="it has the values of another feature, which has its values",
)  # fmt: skip
