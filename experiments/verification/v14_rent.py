"""V14: rent and the cost of hardware.

Where demand is r times capacity, ln w grows by ξ ln r a month, r held in [1/3, 3], until w meets
its upper limit or 1.1 times the cost of hardware; r = 1 leaves it where it is.  Demand is what
consumers use, N q ι_0, which depends on no price.  Wright's law: capacity grows by 1 + γ 2^(−t/h) a
month, and hardware costs c_0 (K/K_0)^(−b), a fifth less with each doubling.

Measured: rent in every month of six years in which capacity jumps four times; capacity and cost in
ten years of growth.  A shock to capacity moves the rent and not the cost.

Wright, T. (1936), J. Aeronautical Sciences 3(4), 122-128.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.verification.books import Books
from experiments.verification.case import EXACT, Case, Row, identity
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

FIFTH, ROUNDING = 0.8, 0.002  # 2^(−0.32) is 0.801


def factors(config: "Config") -> Numbers:
    """Factor of the shocks on capacity in each month."""
    factor = np.ones(config.months)
    for event in config.events.values():
        shock = event.supply_shock
        if shock is not None:
            factor[event.month : event.month + shock.months] *= shock.factor
    return factor


def tightness(config: "Config") -> Numbers:
    """Demand over capacity in each month."""
    people = config.consumers
    wanted = people.real_users * people.tokens_per_user * config.research.serving_need
    ratio: Numbers = wanted / (config.compute.capacity * factors(config))
    return ratio


def rents(config: "Config") -> tuple[Numbers, Numbers, Numbers]:
    """Rent of each month, its lower limit and its upper one; each stretch in closed form."""
    rules = config.compute
    ratio = np.clip(tightness(config), rules.slack_limit, rules.tightness_limit)
    low, high = rules.rent_floor * rules.hardware_cost, rules.rent_limit
    rent = np.empty(config.months)
    rent[0], start, first = rules.rent, rules.rent, 0
    for month in range(1, config.months):
        if ratio[month - 1] != ratio[first]:
            first, start = month - 1, rent[month - 1]
        grown = start * ratio[first] ** (rules.rent_response * (month - first))
        rent[month] = min(max(grown, low), high)
    return rent, np.full(config.months, low), np.full(config.months, high)


def posted(config: "Config", trial: "Trial") -> list[Row]:
    """Rent, by what held it."""
    books = Books(config, trial.market.records)
    found, ratio = books.market("rent")[:, 0], tightness(config)
    rent, low, high = rents(config)
    demand = books.market("compute_demand") / books.market("compute_capacity")
    step, before = np.diff(np.log(found)), ratio[:-1]
    free = (rent[1:] > low[1:]) & (rent[1:] < high[1:])
    rules = config.compute

    def growth(what: str, here: NDArray[np.bool_], expected: Numbers | float) -> Row:
        """Monthly growth of ln w in some months; e to it, so that 0 can be compared."""
        return identity(f"growth {what}", np.exp(expected), np.exp(step[here]))

    bent = rules.rent_response * np.log(before)
    inside = free & (before > rules.slack_limit) & (before < rules.tightness_limit)
    above = free & (before >= rules.tightness_limit)
    below = free & (before <= rules.slack_limit)
    return [
        identity("r", ratio[:, None], demand),
        identity("rent at r = 1", rules.rent, found[: np.argmax(ratio != 1.0)]),
        growth("in the clips", inside, bent[inside]),
        growth("above them", above, rules.rent_response * np.log(rules.tightness_limit)),
        growth("below them", below, rules.rent_response * np.log(rules.slack_limit)),
        identity("highest rent", high[0], found.max()),
        identity("lowest rent", low[0], found.min()),
        identity("rent in every month", rent, found),
    ]


def installed(config: "Config") -> Numbers:
    """Capacity of each month without shocks (E1)."""
    rules, month = config.compute, np.arange(config.months - 1)
    growth = 1.0 + rules.capacity_growth * 2.0 ** (-month / rules.growth_half_life)
    built: Numbers = rules.capacity * np.concatenate([[1.0], np.cumprod(growth)])
    return built


def learning(config: "Config", trial: "Trial") -> list[Row]:
    """Capacity and cost."""
    books, rules = Books(config, trial.market.records), config.compute
    built = installed(config)
    cost = books.market("hardware_cost")[:, 0]
    theory = rules.hardware_cost * (built / rules.capacity) ** -rules.learning
    doublings = np.log2(built[-1] / built[0])
    fall = float((cost[-1] / cost[0]) ** (1.0 / doublings))
    found = books.market("compute_capacity")[:, 0] / factors(config)
    return [
        identity("capacity installed", built, found),
        identity("cost of hardware", theory, cost),
        Row("cost after a doubling over that before", FIFTH, fall, ROUNDING, EXACT),
    ]


CASES = (
    Case(
        name="V14",
        config="v14_rent",
        law="ln w grows by ξ ln(D/K) a month, within clips and between its limits",
        source="model specification, E3",
        check=posted,
        twin=(
            "consumers.tokens_per_user=0.020001",
            "compute.rent_response=0.3501",
            "compute.rent_limit=12.001",
            "compute.rent_floor=1.101",
        ),
    ),
    Case(
        name="V14",
        config="v14_wright",
        law="hardware costs a fifth less with each doubling of what was ever installed",
        source="Wright 1936",
        check=learning,
        twin=("compute.learning=0.33", "compute.capacity_growth=0.11501"),
    ),
)
