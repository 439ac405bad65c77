"""V11: what decides a tender.

Buyers who weigh capability alone, without limit, all take the most capable offer.  Buyers to whom
scores mean nothing take each offer on their list with the same probability: with offer j on the
list with probability c_j = 1 − e^(−c b_j − base), independently,

    P(j) = Σ_{L ∋ j} P(L)/|L|,   and OPEN also takes the buyers with an empty list.

Regulated buyers list no offer below the safety minimum, and nobody one that is short of money.

Measured: 5,000 and 40,000 independent tenders of one month, the second by kind of buyer, with the
binomial error; P(L) is summed over all lists.

Keeney, R. and Raiffa, H. (1976), Decisions with Multiple Objectives; consideration sets: Manski, C.
(1977), Theory and Decision 8: 229-254, doi:10.1007/BF00133443.
"""

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.verification.case import Case, Row, same, shares_row
from experiments.verification.theory import Numbers, column

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config


def best_wins(config: "Config", trial: "Trial") -> list[Row]:
    """Tenders won by the most capable offer: all of them."""
    best = int(np.argmax(column(config, "capability", "enterprise")))
    wins = int(trial.counts("enterprises")[best])
    what = f"tenders won by {trial.names[best]}, the most capable"
    return [same(what, config.enterprises.count, wins)]


def chances(config: "Config", allowed: NDArray[np.bool_], fallback: int) -> Numbers:
    """P(j) of a buyer who may list the `allowed` offers; shape (offers,)."""
    firms, brand = config.enterprises, column(config, "brand", "enterprise")
    reach = np.where(
        allowed, 1.0 - np.exp(-firms.coverage_slope * brand - firms.coverage_base), 0.0
    )
    won = np.zeros(len(brand))
    for listed in product((False, True), repeat=len(brand)):
        chosen = np.array(listed)
        chance = np.prod(np.where(chosen, reach, 1.0 - reach))
        if chosen.any():
            won[chosen] += chance / chosen.sum()
        else:
            won[fallback] += chance
    return won


def allowed_offers(config: "Config") -> NDArray[np.bool_]:
    """Offers that buyers may list, unregulated buyers first; shape (2, offers)."""
    firms = config.enterprises
    lasting = column(config, "runway", "enterprise") >= firms.runway_minimum
    safe = column(config, "safety", "enterprise") >= firms.safety_minimum
    return np.stack([lasting, lasting & safe])


def wins_by_kind(trial: "Trial") -> Numbers:
    """Tenders won by each offer, unregulated buyers first; shape (2, offers)."""
    regulated, choice = trial.market.enterprises.get("regulated"), trial.choices["enterprises"][-1]
    kinds = (~regulated, regulated)
    return np.array([[np.sum(choice[kind] == code) for code in trial.codes] for kind in kinds])


def luck_wins(config: "Config", trial: "Trial") -> list[Row]:
    """Shares of tenders that mean nothing to their buyers."""
    fallback = trial.names.index("OPEN")
    theory = [chances(config, allowed, fallback) for allowed in allowed_offers(config)]
    kinds = ("unregulated", "regulated")
    labels = [f"won by {name}, {kind} buyers" for kind in kinds for name in trial.names]
    return [shares_row(labels, theory, wins_by_kind(trial))]


def none_dropped(config: "Config", trial: "Trial") -> list[Row]:
    """Tenders won by offers that no buyer of the kind may list: none."""
    wins = wins_by_kind(trial)[~allowed_offers(config)]
    return [same("tenders won by offers that a rule drops", 0, int(wins.sum()))]


CASES = (
    Case(
        name="V11",
        config="v11_best",
        law="buyers who weigh capability alone all take the most capable offer",
        source="Keeney and Raiffa 1976",
        check=best_wins,
        twin=("enterprises.score_weight=100",),
    ),
    Case(
        name="V11",
        config="v11_indifferent",
        law="indifferent buyers take each offer that reaches their list with the same chance",
        source="Manski 1977",
        check=luck_wins,
        twin=("enterprises.coverage_slope=3.5",),
    ),
    Case(
        name="V11",
        config="v11_indifferent",
        law="nobody takes an offer that is short of money, nor a regulated buyer an unsafe one",
        source="hard constraints of E24",
        check=none_dropped,
        twin=("enterprises.safety_minimum=0",),
    ),
)
