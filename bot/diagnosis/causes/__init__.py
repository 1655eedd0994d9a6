"""The causes of the contract, one file a family, each with the evidence that it predicts.

A sign is a kind of finding. It adds up to `most` to the log-odds of its cause when the finding is
`suspect`, and takes `clear` away when the same check says that there is nothing. Findings about
features make one hypothesis a feature. The order is the contract's.

Priors are log-odds beside one another. Of the SRE Workbook's triggers (2010-17) two thirds are
somebody's change, 6 % the pipeline's, 9 % users' behaviour, and gaming is rare; of incidents of
learned systems most are no matter of learning (Papasian and Underwood, OpML 2020). They are kept
small, since the evidence has to decide: at most half a unit apart, one for gaming.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.diagnosis.causes.data import DATA
from bot.diagnosis.causes.label import LABEL
from bot.diagnosis.causes.outside import UNKNOWN
from bot.diagnosis.causes.serving import SERVING
from bot.diagnosis.causes.system import SYSTEM
from bot.diagnosis.causes.world import WORLD
from bot.diagnosis.declared import Declared

CAUSES: tuple[Declared, ...] = (*DATA, *SERVING, *LABEL, *WORLD, *SYSTEM)
"""Every cause that the evidence can speak for; `healthy`, `seasonality` and `unknown` follow from
the verdict."""

BY_NAME: Mapping[str, Declared] = MappingProxyType({found.cause: found for found in CAUSES})

__all__ = ["BY_NAME", "CAUSES", "UNKNOWN"]
