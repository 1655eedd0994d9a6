"""The two windows as pandas frames, for those who want them in memory."""

import sys
from datetime import datetime
from pathlib import Path

import pandas as pd

ROLES = ("event_time", "prediction", "label", "score")


def read_windows() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows before and during the incident that the command line names."""
    log = pd.read_parquet(Path(sys.argv[1]) / "log.parquet")
    during = log["event_time"] >= datetime.fromisoformat(sys.argv[2])
    return log[~during], log[during]


def features(log: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The names of the numbers and of the words."""
    numbers = [name for name in log.columns if name.startswith("number_")]
    words = [name for name in log.columns if name.startswith("word_")]
    return numbers, words
