"""The questions that can be put to the evidence, one a file, in the order of a good responder."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.checks.changes_recent import changes_recent
from bot.checks.counterfactual_restore import counterfactual_restore
from bot.checks.data_categories import data_categories
from bot.checks.data_clock import data_clock
from bot.checks.data_constants import data_constants
from bot.checks.data_distribution import data_distribution
from bot.checks.data_duplicates import data_duplicates
from bot.checks.data_freshness import data_freshness
from bot.checks.data_joins import data_joins
from bot.checks.data_missing import data_missing
from bot.checks.data_noise import data_noise
from bot.checks.data_ranges import data_ranges
from bot.checks.data_rows import data_rows
from bot.checks.data_schema import data_schema
from bot.checks.data_units import data_units
from bot.checks.data_volume import data_volume
from bot.checks.drift_adversarial import drift_adversarial
from bot.checks.drift_concept import drift_concept
from bot.checks.drift_covariate import drift_covariate
from bot.checks.drift_mix import drift_mix
from bot.checks.drift_prior import drift_prior
from bot.checks.errors_confusion import errors_confusion
from bot.checks.errors_examples import errors_examples
from bot.checks.errors_slices import errors_slices
from bot.checks.installed import with_plugins
from bot.checks.metric_extent import metric_extent
from bot.checks.metric_labels import metric_labels
from bot.checks.metric_onset import metric_onset
from bot.checks.metric_recompute import metric_recompute
from bot.checks.metric_season import metric_season
from bot.checks.model_fallback import model_fallback
from bot.checks.model_score import model_score
from bot.checks.model_skew import model_skew
from bot.checks.model_threshold import model_threshold
from bot.checks.model_training import model_training
from bot.checks.model_version import model_version
from bot.checks.system_hosts import system_hosts
from bot.checks.system_metrics import system_metrics
from bot.sockets import Check

CHECKS: Mapping[str, Check] = MappingProxyType({
    check.name: check
    for check in (
        metric_recompute, metric_onset, metric_season, metric_labels, metric_extent,
        data_volume, data_freshness, data_duplicates, data_schema, data_missing, data_constants,
        data_ranges, data_units, data_categories, data_clock, data_joins, data_noise,
        data_rows, data_distribution,
        model_version, model_score, model_threshold, model_fallback, model_skew,
        model_training,
        changes_recent, system_metrics, system_hosts,
        drift_covariate, drift_prior, drift_concept, drift_mix, drift_adversarial,
        errors_slices, errors_confusion, errors_examples,
        counterfactual_restore,
    )
})  # fmt: skip
"""Every check that Plummet brings along, by name."""


def all_checks() -> Mapping[str, Check]:
    """The checks that Plummet brings along, and those of other packages.

    Raises:
        SettingsError: A package's check cannot be loaded; names the package.
    """
    return with_plugins(CHECKS)


__all__ = ["CHECKS", "all_checks"]
