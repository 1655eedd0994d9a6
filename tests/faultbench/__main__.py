"""The fault bench on the command line: `python -m tests.faultbench --help` lists its commands."""

import argparse
import sys
from pathlib import Path

from tests.bench.logs import DEFAULT_CACHE


def arguments() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m tests.faultbench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("generate", help="write case folders")
    making.add_argument("folder", type=Path)
    making.add_argument("--cases", type=int)
    making.add_argument("--small", action="store_true", help="a case of each kind, small data")
    making.add_argument("--part", choices=["development", "held-out", "small"])
    making.add_argument("--seed", type=int, default=1)
    making.add_argument("--workers", type=int, default=2)
    running = commands.add_parser("run", help="diagnose every case of a folder")
    running.add_argument("folder", type=Path)
    running.add_argument("--workers", type=int, default=2)
    running.add_argument("--again", action="store_true", help="also those that have an answer")
    scoring = commands.add_parser("score", help="score the answers of one or more folders")
    scoring.add_argument("folders", type=Path, nargs="+")
    scoring.add_argument("--json", type=Path, help="write the figures here too")
    scoring.add_argument("--wrong", action="store_true", help="list the cases that went wrong")
    ranking = commands.add_parser(
        "rank", help="have Evidently and NannyML rank the columns; see python -m tests.bench set-up"
    )
    ranking.add_argument("folder", type=Path)
    ranking.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    varying = commands.add_parser("vary", help="tell cases otherwise, and compare the answers")
    varying.add_argument("folder", type=Path)
    varying.add_argument("target", type=Path)
    varying.add_argument("--every", type=int, default=8, help="every n-th case")
    varying.add_argument("--workers", type=int, default=2)
    _quiet(commands.add_parser("quiet", help="count false alarms where nothing was broken"))
    return parser


def main() -> None:
    """Generate cases, diagnose them, score the answers."""
    given = arguments().parse_args()
    # Each command needs other packages: generating scikit-learn, running the bot.
    if given.command == "generate":
        from tests.faultbench.generate import KINDS_ONCE, generate  # noqa: PLC0415 - see above

        small = given.small
        made = generate(
            given.folder, cases=given.cases or (KINDS_ONCE if small else 308),
            among=given.part or ("small" if small else "development"),
            seed=given.seed, workers=given.workers,
        )  # fmt: skip
        sys.stdout.write(
            ", ".join(f"{name} {count}" for name, count in sorted(made.items())) + "\n"
        )
    elif given.command == "run":
        from tests.faultbench.run import run  # noqa: PLC0415 - see above

        sys.stdout.write(run(given.folder, workers=given.workers, again=given.again) + "\n")
    elif given.command == "rank":
        from tests.faultbench.packages.ranked import rank  # noqa: PLC0415 - see above

        rank(given.folder, cache=given.cache)
    elif given.command == "vary":
        from tests.faultbench.run import run  # noqa: PLC0415 - see above
        from tests.faultbench.variants import compared, vary  # noqa: PLC0415 - see above

        run(given.folder, workers=given.workers)
        vary(given.folder, given.target, every=given.every)
        for variant in sorted(given.target.iterdir()):
            run(variant, workers=given.workers)
        sys.stdout.write(compared(given.folder, given.target) + "\n")
    elif given.command == "quiet":
        from tests.faultbench.quiet import looks, table  # noqa: PLC0415 - see above

        found = looks(
            given.folder, logs=given.logs, among=given.part, seed=given.seed,
            workers=given.workers, again=given.again,
        )  # fmt: skip
        sys.stdout.write(table(list(found)) + "\n")
    else:
        from tests.faultbench.report import report  # noqa: PLC0415 - see above

        sys.stdout.write(report(given.folders, figures=given.json, wrong=given.wrong) + "\n")


def _quiet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)
    parser.add_argument("--logs", type=int, default=100)
    parser.add_argument(
        "--part", choices=["development", "held-out", "small"], default="development"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="also those looked at already")


if __name__ == "__main__":
    main()
