"""The questions that can be put to the evidence, one a file, in the order of a good responder."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.checks.data_missing import data_missing
from bot.checks.metric_onset import metric_onset
from bot.checks.metric_recompute import metric_recompute
from bot.sockets import Check

CHECKS: Mapping[str, Check] = MappingProxyType({
    check.name: check
    for check in (metric_recompute, metric_onset, data_missing)
})  # fmt: skip
"""Every check that Plummet brings along, by name."""

__all__ = ["CHECKS"]
