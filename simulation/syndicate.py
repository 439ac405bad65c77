"""Who joins a round: a lead, and others who follow those they know (E38)."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.draws import Keys, keys_of, named_monthly
from agents.kernels.syndicate import Backers, JoinRules, Sought, joined
from simulation.contracts import exclusive_home

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
LEAST = 1e-6  # M$: with less there is nothing to invest
LUCK = ("lead", "turn", "join")  # draws of a round for each investor


def syndicate(market: "Market", code: int, kind: str) -> list[int]:
    """Investors who join, the lead first; nobody where nobody leads."""
    found: list[int] = asked(market, code, kind)[0].tolist()
    return found


def readiness(market: "Market", code: int) -> Array:
    """E38 without herding, (V,), logit."""
    return asked(market, code, "round")[1]


def asked(market: "Market", code: int, kind: str) -> tuple[NDArray[np.int64], Array]:
    """Who joins a round of a kind, and how ready each of all investors is."""
    equity, labs, compute = market.equity, market.labs, market.compute
    settings, home = market.config.investment, exclusive_home(market, code)
    of_rounds = roots(market.config.seed, kind, market.origin.months, market.entrants.labels)
    backers = Backers(
        equity.powder,
        equity.makes_chips,
        equity.pool,
        equity.owned,
        equity.ties,
        keys_of(equity.names),
    )
    sought = Sought(
        code,
        float(equity.growth[code]),
        -1 if home is None else home,
        compute.contracted[market.month + market.config.compute.contract_lead, code],
        equity.stakes,
        labs.active,
        labs.revenue,
    )
    rules = JoinRules(
        settings.acceptance,
        settings.growth_weight,
        settings.strategic_weight,
        settings.conflict_weight,
        settings.holder_weight,
        settings.herding,
        settings.little_contracted,
        settings.conflict_stake,
        settings.conflict_rivals,
    )
    found: tuple[NDArray[np.int64], Array] = joined(
        backers, sought, of_rounds[market.month, code], LEAST, rules
    )
    return found


@lru_cache(maxsize=16)
def roots(seed: int, kind: str, months: int, labels: tuple[str, ...]) -> Keys:
    """Keys of the draws of a round of a kind, by month and provider, (months, 16, 3)."""
    keys = [named_monthly(seed, f"{kind}.{name}", months, labels) for name in LUCK]
    found = np.stack(keys, axis=-1)
    found.flags.writeable = False
    return found
