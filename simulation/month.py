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
    policy(market)  # 1  events set parameters
    compute_market(market)  # 2  who offers, and what share of demand can be served
    plan(market)  # 3  list prices
    research(market)  # 4  releases, safety, brand, product terms; E17c, E17d
    migrate(market)  # 5  developers and consumers adopt, try, switch; E17-E21
    procure(market)  # 6  enterprises adopt, tender, renew; E23-E28
    apps(market)  # 7  application companies choose, grow, enter and leave; E29-E31
    serve_bill(market)  # 8  usage and bills; E22, E27, E29, E32
    settle(market)  # 9  bills are paid; money is conserved
    capital(market)  # 10  runway
    resolve(market)  # 11  entry and exit
    observe(market)  # 12  records
