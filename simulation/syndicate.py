"""Who joins a round: a lead, and others who follow those they know (E38)."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.draws import below, keys_of, uniform
from agents.equations.investment import joining
from simulation.contracts import exclusive_home
from simulation.own_terms import keyed

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
LEAST = 1e-6  # M$: with less there is nothing to invest


class Luck(NamedTuple):
    """Draws of a round for each investor, (V,): leads, its turn to be asked, whether it joins."""

    lead: Array
    turn: Array
    join: Array


def syndicate(market: "Market", code: int, kind: str) -> list[int]:
    """Investors who join, the lead first; nobody where nobody leads.

    Candidates for the lead are drawn in turn, by dry powder and by how connected they are, and the
    first who would join with nobody in yet leads.  Whoever was not asked yet is asked then, in
    random order.
    """
    equity, settings = market.equity, market.config.investment
    able = (equity.powder > LEAST) & ~bound_elsewhere(market, code)
    if not able.any():
        return []
    luck, ready = luck_of(market, code, kind), readiness(market, code).tolist()
    join: list[float] = luck.join.tolist()
    weight = np.where(able, equity.powder * (1.0 + equity.degree), 1.0)
    race = np.where(able, -np.log(luck.lead) / weight, np.inf)
    candidates = np.argsort(race)[: int(able.sum())].tolist()
    lead = next((one for one in candidates if join[one] < joining(ready[one])), None)
    if lead is None:
        return []
    later = candidates[candidates.index(lead) + 1 :]
    found, ties, degree = [lead], equity.ties.tolist(), equity.degree.tolist()
    turn = luck.turn.tolist()
    for investor in sorted(later, key=turn.__getitem__):
        known = sum(ties[investor][other] for other in found)
        herd = known / degree[investor] if degree[investor] else 0.0
        if join[investor] < joining(ready[investor] + settings.herding * herd):
            found.append(investor)
    return found


def luck_of(market: "Market", code: int, kind: str) -> Luck:
    """Draws of a round, keyed by its kind, provider, month and investor."""
    roots = np.array([keyed(market, f"{kind}.{name}")[code] for name in Luck._fields])
    return Luck(*uniform(below(roots[:, None], keys_of(market.equity.names))))


def readiness(market: "Market", code: int) -> Array:
    """E38 without herding, (V,), logit."""
    equity, settings = market.equity, market.config.investment
    size = len(equity.names)
    holds = equity.stakes[code, :size] > 0.0
    ready: Array = (
        settings.acceptance
        + settings.growth_weight * equity.growth[code]
        + settings.strategic_weight * sells_little(market, code)
        - settings.conflict_weight * conflicted(market, code)
        + settings.holder_weight * holds
    )
    return ready


def sells_little(market: "Market", code: int) -> NDArray[np.bool_]:
    """Who sells compute, or chips, and has few of the provider's contracts, (V,)."""
    equity, compute = market.equity, market.compute
    ahead = market.month + market.config.compute.contract_lead
    contracted = compute.contracted[ahead, code]
    whole = float(contracted.sum())
    part = equity.owned @ contracted / whole if whole > 0.0 else np.zeros(len(equity.names))
    little = part < market.config.investment.little_contracted
    found: NDArray[np.bool_] = (equity.owned.any(axis=1) & little) | equity.makes_chips
    return found


def conflicted(market: "Market", code: int) -> NDArray[np.bool_]:
    """Who holds a stake in a leading rival; chip makers and pools do not mind, (V,)."""
    equity, labs, settings = market.equity, market.labs, market.config.investment
    minds = ~(equity.makes_chips | equity.pool)
    revenue = np.where(labs.active, labs.revenue, -1.0)
    revenue[code] = -1.0
    leading = [row for row in np.argsort(-revenue, kind="stable") if revenue[row] >= 0.0]
    stakes = equity.stakes[leading[: settings.conflict_rivals], : len(equity.names)]
    found: NDArray[np.bool_] = minds & (stakes > settings.conflict_stake).any(axis=0)
    return found


def bound_elsewhere(market: "Market", code: int) -> NDArray[np.bool_]:
    """Owners of clouds with whom the provider may not sign: its home cloud is exclusive, (V,)."""
    equity, home = market.equity, exclusive_home(market, code)
    if home is None:
        return np.zeros(len(equity.names), np.bool_)
    bound: NDArray[np.bool_] = equity.owned.any(axis=1) & ~equity.owned[:, home]
    return bound
