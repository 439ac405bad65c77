"""The month: who acts, and in which order.

All agents of phases 5 to 7 see the market of last month's end, so their order does not matter.
Equation numbers are those of MODEL.md.
"""

from typing import TYPE_CHECKING

from simulation.phases.apps import apps
from simulation.phases.capital import capital
from simulation.phases.compute_market import compute_market
from simulation.phases.migrate import migrate
from simulation.phases.observe import observe
from simulation.phases.plan import plan
from simulation.phases.policy import policy
from simulation.phases.procure import procure
from simulation.phases.research import research
from simulation.phases.resolve import resolve
from simulation.phases.serve_bill import serve_bill
from simulation.phases.settle import settle

if TYPE_CHECKING:
    from simulation.market import Market


def month(market: "Market") -> None:
    """Run one month of the market."""
    policy(market)  # 1  dated events set parameters and do what they do
    compute_market(market)  # 2  capacity, cost and rent of compute; E1-E3
    plan(market)  # 3  budgets, contracts, markups, whom to serve; E5, E6, E8, E10
    research(market)  # 4  learning, training, releases, prices; E7, E9, E11-E17d
    migrate(market)  # 5  developers and consumers adopt, try, switch; E17-E21
    procure(market)  # 6  enterprises adopt, tender, renew; E23-E28
    apps(market)  # 7  application companies choose, grow, enter and leave; E29-E31
    serve_bill(market)  # 8  usage, rationing and bills; E4, E22, E27, E29, E32
    settle(market)  # 9  everybody pays; payment pressure; money is conserved; E33, E34
    capital(market)  # 10  values, rounds, listings and sentiment; E35-E41
    resolve(market)  # 11  distress, sales, exit, entry, runways; E42, E43
    observe(market)  # 12  records
