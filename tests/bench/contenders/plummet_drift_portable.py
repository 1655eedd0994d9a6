"""The drift part alone, by what ibis can say to any engine, here with DuckDB."""

from tests.bench.contenders.drift import report_drift

report_drift(None, fast=False)
