"""What speaks for a fault that is none of the contract's causes."""

from bot.diagnosis.causes.shared import NOT_A_FEW, NOT_ON_HOSTS, SYSTEMS
from bot.diagnosis.declared import Declared, Remedy, Sign

UNKNOWN = Declared(
    cause="unknown", prior=0.0, also=(*SYSTEMS, "model"),
    first=Remedy(kind="ask", says="ask the experts what else happened about the onset"), then=(),
    signs=(
        Sign(
            check="data.rows", subject={"part": "answers"}, without={"kind": "host"}, most=6.0
        ),
        Sign(check="data.rows", subject={"part": "rows"}, most=6.0),
        Sign(check="data.noise", without={"sign": "bent"}, most=6.0),
        Sign(check="data.ranges", subject={"sign": "scattered"}, most=4.0),
        # What no other check knows by name, though it is seen that a number is another one.
        Sign(check="data.noise", subject={"sign": "bent"}, most=2.5),
        Sign(check="model.threshold", subject={"sign": "mixed"}, most=4.0),
        Sign(check="data.schema", subject={"sign": "swapped"}, most=9.0),
        Sign(check="data.constants", subject={"sign": "limit"}, most=8.0),
        *(
            Sign(
                check=check, without={"sign": "limit"}, most=-6.0, reads="explained",
                why="a defect holds the extra errors",
            )
            for check in ("data.missing", "data.constants", "data.categories")
        ),
        Sign(check="data.schema", subject={"sign": "renamed"}, most=-6.0, why="a column moved"),
        Sign(
            check="drift.mix", most=-6.0, reads="harm",
            why="a segment that grew brings values of its own",
        ),
        Sign(
            check="model.threshold", subject={"sign": "moved"}, most=-6.0,
            why="a rule that moved turns answers whatever the features are",
        ),
        Sign(
            check="data.clock", subject={"sign": "shifted"}, most=-5.0,
            why="answers to hours off the clock go with no other feature",
        ),
        Sign(
            check="model.fallback", subject={"part": "score"}, most=-6.0, reads="explained",
            why="one and the same answer to many goes with no feature: a default",
        ),
        NOT_ON_HOSTS,
        Sign(check="model.version", most=-5.0, why="another version of the model serves"),
        Sign(check="model.skew", most=-5.0, why="features differ from their recomputation"),
        Sign(
            check="model.fallback", subject={"part": "flag"}, most=-5.0,
            why="defaults were answered in the model's place",
        ),
        NOT_A_FEW,
    ),
)  # fmt: skip
"""Its log-odds are those of the calibration and what these add, which is never less than nothing:
such things as answers of other rows, made-up requests and noise have no name in the contract."""
