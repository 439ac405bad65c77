"""V15: how long money lasts, and how what is owed presses.

Without income and contracts a provider spends a part 1/T_run of what it has each month (E5), so
that cash falls as (1 − 1/T_run)^t.

A provider that signed in month 1 all the compute that its leverage ℓ allows (E10) owes
ℓ c/12 a month of the cash c that it has then, and burns nothing else as long as its contract covers
what it orders.  It pays for 12/ℓ months; liquid means are below 0 at the end of month ⌈12/ℓ⌉, and
after three such months it gives up: the first month without an offer is ⌈cash/burn⌉ + 3.  Until
then payment pressure is ℓ/(1 − tℓ/12) after t payments (E34), and what is spent is
1 − 0.5 clip((PPR − ppr1)/(ppr2 − ppr1), 0, 1) of c (1 − tℓ/12)/T_run (E5).

Measured: months, pressure and budgets of six providers; cash of two more over ten years.

Runway as cash over burn: any textbook of corporate finance, as Brealey, R. and Myers, S. (2019).
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import Books
from experiments.verification.case import EXACT, Case, Row, identity, worst
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

YEAR = 12
LEAST_MEANS = 1.0  # M$


def spent_down(config: "Config", trial: "Trial") -> list[Row]:
    """Cash that is spent by the month."""
    books = Books(config, trial.market.records)
    month = np.arange(1, books.months + 1)[:, None]
    left = (1.0 - 1.0 / config.planning.spending_months) ** month
    return [identity("cash", books.own("cash") * left, books.held("cash"))]


def burn(config: "Config", books: Books) -> tuple[Numbers, Numbers]:
    """Cash after month 0, and dues of each month from month 1 on, (providers,), M$."""
    cash = books.own("cash") * (1.0 - 1.0 / config.planning.spending_months)
    dues: Numbers = books.own("leverage") * cash / YEAR
    return cash, dues


def ends(config: "Config", trial: "Trial") -> list[Row]:
    """Exits, pressure and budgets."""
    books = Books(config, trial.market.records)
    cash, dues = burn(config, books)
    month = np.arange(books.months)[:, None]
    liquid = cash - month * dues
    lasts = np.ceil(cash / dues)
    gone = {place: when for when, place, *_ in reversed(books.events("exit"))}
    first = np.array([gone.get(place, -1) for place in range(len(books.names))])
    theory = lasts + config.finance.grace
    signed = month[:, 0] >= 1
    there = signed[:, None] & (month < books.failed)
    pressure = YEAR * dues / np.maximum(LEAST_MEANS, np.maximum(liquid, 0.0))
    labels = [f"first month without {name}" for name in books.names]
    rules = config.finance
    over = np.clip((pressure - rules.stressed) / (rules.distressed - rules.stressed), 0.0, 1.0)
    cut = 1.0 - rules.deepest_cut * over
    budget = cut[:-1] * np.maximum(liquid[:-1], 0.0) / config.planning.spending_months
    decided = there[:-1] & there[1:]
    found, spent = books.held("payment_pressure"), books.held("budget")[1:]
    soon = there & (liquid > LEAST_MEANS)
    return [
        worst(labels, theory, first, 0.0)._replace(basis=EXACT),
        identity("cash", liquid[soon], books.held("cash")[soon]),
        identity("payment pressure", pressure[there], found[there]),
        identity("budget", budget[decided], spent[decided]),
        identity("deepest cut", 1.0 - rules.deepest_cut, lowest(config, liquid, spent)),
    ]


def lowest(config: "Config", liquid: Numbers, spent: Numbers) -> float:
    """Least part of 1/T_run of its liquid means that a provider spends."""
    share = spent[1:] * config.planning.spending_months / np.maximum(liquid[1:-1], LEAST_MEANS)
    return float(share[(liquid[1:-1] > LEAST_MEANS) & (spent[1:] > 0.0)].min())


CASES = (
    Case(
        name="V15",
        config="v15_spending",
        law="who spends 1/T_run of its cash a month has (1 − 1/T_run)^t of it left",
        source="model specification, E5",
        check=spent_down,
        twin=("planning.spending_months=24.001",),
    ),
    Case(
        name="V15",
        config="v15_runway",
        law="without an offer from ⌈cash/burn⌉ + 3 on; until then dues press and budgets are cut",
        source="model specification, E5, E10, E34, E42",
        check=ends,
        twin=("finance.grace=4", "planning.spending_months=24.01", "finance.deepest_cut=0.51"),
    ),
)
