"""V18: compute, and the tokens that it serves, are neither made nor lost where it is short.

What a provider may use is served from its contracts first, or from its part of what is left of them
where a shock has left less than was signed for; what it wants beyond is served alike for all, from
what no contract holds; who is under export control may use a part of all compute and no more (E4).
Inference comes before research, and of all that a provider's users and companies demand the same
part is served and billed (E32).  Together nobody uses more than there is.

Measured in a market with little compute, in every month: capacity by the rule of growth, tokens
from agents and companies one by one, compute for them by the size and the efficiency of models,
compute for research by budget and rent.  In the twin serving takes a little less than the recount
says, and capacity, its part under export control and the use of tokens are a little larger.

Conservation as a check of code: Roache, P. (1998), Verification and Validation in Computational
Science and Engineering, Hermosa.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.verification.books import HOURS
from experiments.verification.case import IDENTITY, Case, Row, at_most, same
from experiments.verification.theory import Numbers
from experiments.verification.v14_rent import factors, installed
from experiments.verification.v18_quantities import PAYERS, POPULATIONS, TOO_MUCH, companies
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

OPEN, CODES = 14, 16
OPEN_MODEL = (0, 1, 1)  # that of anybody for developers, the admitted one for firms and consumers
MODEL_OF_APPS = [0, 1, 1]  # companies that build for consumers buy what enterprises are offered


class Use(NamedTuple):
    """A month of compute and tokens, in the books or counted anew.

    inference, research : (codes,), compute served.  spot : part of spot demand that was served.
    tokens, spend : (3, codes), billed, trillion and M$.
    """

    inference: Numbers
    research: Numbers
    spot: Numbers
    tokens: Numbers
    spend: Numbers


class Demand(NamedTuple):
    """What was wanted in a month, and what there was, counted anew.

    tokens, spend : (3, codes), and what would be paid for them, M$.
    inference, research : (codes,), compute for them and for research.
    held : (codes,), compute under contract.  allowed : (codes,), most that each may use.
    capacity : all compute, ().
    """

    tokens: Numbers
    spend: Numbers
    inference: Numbers
    research: Numbers
    held: Numbers
    allowed: Numbers
    capacity: Numbers


def counts(rules: "Config", config: "Config") -> tuple[Use, Use, Demand]:
    """Run `config`; what its books say in each month, the same by the `rules`, and the demand."""
    market, capacity = Market(config), installed(rules) * factors(rules)
    books, counted, demands = [], [], []
    while market.running:
        contracts = market.compute.contracts.copy()
        market.step()
        demand = demanded(market, rules, contracts)
        there = capacity[market.month - 1]
        demand = demand._replace(capacity=there, allowed=under_control(market, rules) * there)
        served, bills = market.compute.served, market.bills
        tokens = bills.tokens + bills.app_tokens
        share = np.array(market.compute.spot_share)
        spend = bills.spend + bills.app_spend
        books.append(Use(served.inference, served.research, share, tokens, spend))
        counted.append(served_by_rule(demand))
        demands.append(demand)
    return (
        Use(*(np.stack(column) for column in zip(*books, strict=True))),
        Use(*(np.stack(column) for column in zip(*counted, strict=True))),
        Demand(*(np.stack(column) for column in zip(*demands, strict=True))),
    )


def demanded(market: Market, rules: "Config", contracts: Numbers) -> Demand:
    """Tokens, compute for them and for research, and compute under contract.

    contracts : before the month; what is signed in it serves later.
    """
    month = market.month - 1
    parts = [PAYERS[name](market, rules) for name in POPULATIONS]
    direct, spend = (np.array(part) for part in zip(*parts, strict=True))
    apps, app_spend = companies(market, rules, direct.sum(axis=1))
    need = needs(market, rules)
    inference = (direct * need + apps * need[MODEL_OF_APPS]).sum(axis=0)
    research = market.labs.spending[0] / (HOURS * own_rent(market, rules))
    running = contracts[(contracts[:, 3] <= month) & (month < contracts[:, 4])]
    held = np.zeros(CODES)
    np.add.at(held, running[:, 0].astype(np.int64), running[:, 5])
    return Demand(direct + apps, spend + app_spend, inference, research, held, held, np.zeros(()))


def needs(market: Market, rules: "Config") -> Numbers:
    """Compute per trillion tokens, (3, codes): larger models take more, better algorithms less."""
    labs, opened, settings = market.labs, market.open_models, rules.research
    size, efficiency = (
        np.repeat(column[None], 3, axis=0) for column in (labs.size, labs.serving_efficiency)
    )
    size[:, OPEN] = opened.size[list(OPEN_MODEL)]
    efficiency[:, OPEN] = opened.serving_efficiency[list(OPEN_MODEL)]
    grown = 10.0 ** (settings.size_exponent * size - efficiency)
    need: Numbers = settings.serving_need * grown
    return need


def own_rent(market: Market, rules: "Config") -> Numbers:
    """Rent that each pays, (codes,): with chips of its own less, under export control more."""
    chips, extra = np.ones(CODES), np.zeros(CODES)
    for code, name in enumerate(market.supply.names):
        if name in rules.providers:
            own, control = rules.providers[name], market.config.compute
            chips[code] = own.own_chips
            extra[code] = control.export_surcharge * (own.origin == control.export_region)
    rent: Numbers = market.compute.rent * (1.0 + extra) * chips
    return rent


def under_control(market: Market, rules: "Config") -> Numbers:
    """Part of all compute that each may use, (codes,), by the events so far."""
    part = np.full(CODES, np.inf)
    for event in sorted(rules.events.values(), key=lambda event: event.month):
        if event.kind == "export_control" and event.month < market.month:
            for code, name in enumerate(market.supply.names):
                if name in rules.providers:
                    under = rules.providers[name].origin == event.action.region
                    part[code] = event.action.cap if under else np.inf
    return part


def served_by_rule(demand: Demand) -> Use:
    """E4 and E32: contracts first, the spot market alike, inference before research."""
    wanted = np.minimum(demand.inference + demand.research, demand.allowed)
    signed = float(demand.held.sum())
    held = demand.held * min(1.0, float(demand.capacity) / signed if signed > 0.0 else 1.0)
    first = np.minimum(wanted, held)
    more = float((wanted - first).sum())
    left = max(float(demand.capacity - held.sum()), 0.0)
    spot = min(1.0, left / more) if more > 0.0 else 1.0
    served = first + spot * (wanted - first)
    inference = np.minimum(demand.inference, served)
    used = demand.inference > 0.0
    part = np.where(used, inference / np.where(used, demand.inference, 1.0), 1.0)
    return Use(
        inference, served - inference, np.array(spot), part * demand.tokens, part * demand.spend
    )


def conserved(config: "Config", trial: "Trial") -> list[Row]:
    """Books against the recount, and what must not happen to either."""
    books, counted, demand = counts(config, trial.market.origin)
    used = books.inference + books.research
    wanted = demand.inference + demand.research
    short = books.inference < demand.inference * (1.0 - IDENTITY)
    covered = (demand.held >= wanted) & (demand.held.sum(axis=1) <= demand.capacity)[:, None]
    covered &= wanted <= demand.allowed
    missed = covered & (used < wanted * (1.0 - IDENTITY))
    over = books.tokens / np.where(demand.tokens > 0.0, demand.tokens, 1.0)
    most, capped = used.sum(axis=1) / demand.capacity, used / demand.allowed
    apart = np.abs(counted.spot - books.spot)
    return [
        close("compute for users", counted.inference, books.inference),
        close("compute for research", counted.research, books.research),
        at_most("part of spot: difference", IDENTITY, float(apart.max())),
        close("tokens billed", counted.tokens, books.tokens),
        close("bills of users", counted.spend, books.spend),
        at_most("tokens billed beyond demand", IDENTITY, float(over.max()) - 1.0),
        at_most("compute used beyond capacity", IDENTITY, float(most.max()) - 1.0),
        at_most("compute used beyond an export cap", IDENTITY, float(capped.max()) - 1.0),
        same("research while use was short", 0, int((short & (books.research > 0.0)).sum())),
        same("contracts that were not served", 0, int(missed.sum())),
    ]


def close(what: str, expected: Numbers, found: Numbers) -> Row:
    """Largest difference, over the whole of the month, to 1e-9; both (months, ...)."""
    whole = expected.reshape(len(expected), -1).sum(axis=1)
    apart = np.abs(found - expected).reshape(len(expected), -1).max(axis=1)
    return at_most(f"{what}: difference", IDENTITY, float((apart / whole).max()))


CASES = (
    Case(
        name="V18",
        config="v18_scarce",
        law="where compute is short, contracts come first, users before research, and all alike",
        source="Roache 1998",
        check=conserved,
        twin=(
            *("research.serving_need=1.49999", "compute.capacity=50.0001"),
            "events.tighter_export_rule.export_control.cap=.001001",
            *TOO_MUCH,
        ),
        twin_in_words="serving takes less; capacity, the cap and use of tokens are a bit larger",
    ),
)
