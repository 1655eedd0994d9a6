"""What became of the answers: how scores, predictions and labels hang together."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.profile.belonging import Belonging, belonging_of
from bot.profile.bins import NULL
from bot.profile.classes_turned import class_turned, contradicted_since
from bot.profile.confusions import Confusion, confusions_of
from bot.profile.decisions import Prior, Relation, Rule, prior_of, relation_of, rule_of
from bot.profile.delays import (
    Delay,
    OneSided,
    Prompt,
    arrival_of,
    one_sided,
    prompt_of,
)
from bot.profile.flips import Flips, flips_of
from bot.profile.given import (
    Local,
    Moved,
    local_rise,
    said_given,
    said_given_one,
    score_given_true,
    true_given,
    true_given_one,
    true_given_others,
    true_given_score,
)
from bot.profile.labels import Labels, labels_of
from bot.profile.rejection import Rejection, rejection_of
from bot.profile.traffic import Traffic
from bot.profile.training import Training, training_of

if TYPE_CHECKING:
    from bot.profile.columns import Column


class Outcomes(Traffic):
    """The traffic with its answers and labels, each part worked out when first asked."""

    @cached_property
    def labels(self) -> Labels:
        """Whether labels come as they used to."""
        return labels_of(self)

    @cached_property
    def rule(self) -> Rule | None:
        """How predictions follow from the score, before and during."""
        return rule_of(self)

    @cached_property
    def rejection(self) -> Rejection | None:
        """Which class took over the answers of low score, where there are several."""
        return rejection_of(self)

    @cached_property
    def prior(self) -> Prior | None:
        """How the frequencies of the classes moved."""
        return prior_of(self)

    @cached_property
    def relation(self) -> Relation | None:
        """Errors at equal score, before and during."""
        return relation_of(self)

    @cached_property
    def said_since(self) -> tuple[datetime, bool]:
        """When answers began to be of another class, and whether slowly."""
        return class_turned(self, self.tallies.confusion.sum(axis=1))

    @cached_property
    def rule_since(self) -> tuple[datetime, bool]:
        """When answers began to contradict what their score used to say, and whether slowly."""
        return contradicted_since(self) or self.said_since

    @cached_property
    def true_since(self) -> tuple[datetime, bool]:
        """When labels began to be of another class, and whether slowly."""
        return class_turned(self, self.tallies.confusion[:, NULL + 1 :].sum(axis=2))

    @cached_property
    def training(self) -> Training | None:
        """The training data held against the baseline; None without a reference."""
        return training_of(self)

    @cached_property
    def said(self) -> Moved | None:
        """How far the predictions moved at equal features."""
        return said_given(self)

    @cached_property
    def true(self) -> Moved | None:
        """How far the labels moved at equal features."""
        return true_given(self)

    def said_at(self, column: "Column") -> Moved | None:
        """How far the predictions moved at equal values of one feature."""
        return said_given_one(column)

    def true_beside(self, feature: str | None) -> Moved | None:
        """How far the labels moved at equal values of each feature but this one."""
        return true_given_others(self, feature)

    def true_at(self, column: "Column") -> Moved | None:
        """How far the labels moved at equal values of one feature."""
        return true_given_one(column)

    @cached_property
    def true_at_score(self) -> Moved | None:
        """How far the labels moved at equal score."""
        return true_given_score(self)

    @cached_property
    def score_at_true(self) -> Moved | None:
        """How far the scores of each class moved."""
        return score_given_true(self)

    @cached_property
    def local(self) -> Local | None:
        """The feature whose bins tell best where the errors rose."""
        return local_rise(self)

    @cached_property
    def flips(self) -> Flips | None:
        """By what chance labels turned round, the same at every score."""
        return flips_of(self)

    @cached_property
    def prompt(self) -> Prompt | None:
        """How many labels come as soon as most used to; None where no label has a time."""
        return prompt_of(self)

    @cached_property
    def confusions(self) -> list[Confusion]:
        """Which class is taken for which more often, the most grown first."""
        return confusions_of(self)

    @cached_property
    def belonging(self) -> Belonging:
        """Whether answers, labels and features of a row still go with each other."""
        return belonging_of(self)

    @cached_property
    def arrival(self) -> Delay:
        """How late rows reach the log, before and during."""
        return arrival_of(self)

    @cached_property
    def one_sided(self) -> OneSided | None:
        """Labels of one class only that came in another way than labels used to."""
        return one_sided(self)
