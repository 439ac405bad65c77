"""What everybody uses and pays in a month as far as it is served (E22, E27, E29)."""

from agents.compiled import kernel
from agents.kernels.app_bills import ask, scale
from agents.kernels.firm_bills import bill_firms
from agents.kernels.people_bills import bill_coding, bill_subscribers


@kernel
def bill_demand(totals, firms, apps, uses, swing, offers, bills):
    """Fill the bills of all that is demanded.

    totals : of developers and of consumers.  apps, with their usage share : as in `ask`.  uses :
    of developers, firms and consumers.  swing : (3,), factors of demand shocks.  offers : which are
    live, their price, $/Mtok, and growth of use by capability (E22); (3, codes) each.
    """
    bill_coding(totals[0], uses[0], offers, bills)
    bill_firms(firms, uses[1], offers, bills)
    bill_subscribers(totals[1], uses[2], offers, bills)
    scale(bills, swing, bills.served_share)
    companies, usage_share = apps
    ask(companies, usage_share, bills)
