"""V21: what must not change a run at all.

An event that sets parameters to the values that they have leaves every table but that of the
events as it was, to the last bit; and it makes no difference whether anybody keeps records.

Measured, on the recorded market with fewer agents: entries of all tables but `events` that differ
from the run without the event; and, without records, columns of the populations at the end that
differ.  In the twins the event changes one of the parameters by a hundredth, and the run
with records has another peer weight.

Differential testing: McKeeman, W. M. (1998), Digital Technical Journal 10: 100-107.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.verification.case import Case, Row, same
from experiments.verification.trial import trial_of
from simulation.market import POPULATIONS, Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config


def event(peer_weight: float) -> str:
    """Setting of an event in the twelfth month that names the values of seven parameters."""
    values = (
        f"developers.peer_weight: {peer_weight}, developers.reconsideration_base: 0.015, "
        "consumers.brand_weight: 0.7, choice.nest_dissimilarity: 0.6, "
        "enterprises.score_weight: 6, enterprises.incumbent_base: 3, enterprises.dual_share: 0.3"
    )
    return f"events.restated={{month: 11, set: {{{values}}}}}"


def differing(one: NDArray[Any], other: NDArray[Any]) -> int:
    """Entries in which two arrays differ; all of them if they are not of one length and type."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return max(one.size, other.size, 1)
    if one.dtype.kind == "f":
        return int(np.count_nonzero(one.view(np.uint64) != other.view(np.uint64)))
    return int(np.count_nonzero(one != other))


def event_neutral(config: "Config", trial: "Trial") -> list[Row]:
    """Entries of the tables that an event changes, and rows that it adds to `events`."""
    before, after = trial_of(config).market.records, trial.market.records
    pairs = [
        (columns[name], after.table(table)[name])
        for table, columns in before.tables.items()
        if table != "events"
        for name in columns
    ]
    entries = sum(one.size for one, _ in pairs)
    changed = sum(differing(one, other) for one, other in pairs)
    return [same(f"entries that differ, of {entries:,}", 0, changed)]


def observer_neutral(config: "Config", trial: "Trial") -> list[Row]:
    """Entries of the populations' columns that differ where nobody keeps records."""
    unseen = Market(config, observe=False)
    while unseen.running:
        unseen.step()
    pairs = [
        (column, getattr(trial.market, name).columns[key])
        for name in POPULATIONS
        for key, column in getattr(unseen, name).columns.items()
    ]
    entries = sum(one.size for one, _ in pairs)
    changed = sum(differing(one, other) for one, other in pairs)
    return [same(f"states that differ, of {entries:,}", 0, changed)]


CASES = (
    Case(
        name="V21",
        config="v21_recorded",
        law="an event that sets parameters to their values changes no other table",
        source="McKeeman 1998",
        check=event_neutral,
        sets=(event(1.5),),
        twin=(event(1.515),),
        twin_in_words="the event raises developers.peer_weight by 1 %",
    ),
    Case(
        name="V21",
        config="v21_recorded",
        law="whether records are kept changes nothing",
        source="McKeeman 1998",
        check=observer_neutral,
        twin=("developers.peer_weight=3",),
    ),
)
