"""The drift part alone, on local Parquet."""

import sys
from pathlib import Path

from tests.bench.contenders.drift import report_drift

report_drift([Path(sys.argv[1]) / "log.parquet"], fast=True)
