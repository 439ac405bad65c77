"""What a month brings that is no row of numbers: rounds, new owners, and who left which cohort."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.watch.metrics import cohort_sizes

if TYPE_CHECKING:
    from simulation.market import Market

News = dict[str, Any]


class Reporter:
    """Keeps the news of each month; providers stand in it by their places on the page.

    Of a cap table there is news only in the months in which it has changed, so that the latest
    before a month is the one of that month.
    """

    def __init__(self, market: "Market") -> None:
        """Nobody owns anything yet."""
        self.market = market
        self.places = {code: place for place, code in enumerate(market.supply.codes)}
        self.owned: NDArray[np.float64] | None = None
        self.months: list[News] = []

    def report(self) -> None:
        """Keep the news of the month that the market has just done."""
        decides = self.market.endogenous
        self.months.append(
            {
                "owners": self.owners() if decides else [],
                "rounds": self.rounds() if decides else [],
                "cohorts": cohort_sizes(self.market),
            }
        )

    def between(self, first: int, last: int) -> News:
        """News of the months from `first` up to, not including, `last`; cohorts are by month."""
        months = self.months[first:last]
        return {
            "owners": [entry for month in months for entry in month["owners"]],
            "rounds": [entry for month in months for entry in month["rounds"]],
            "cohorts": [month["cohorts"] for month in months],
        }

    def owners(self) -> list[News]:
        """Cap tables that are not those of the month before: holders and their shares."""
        equity, labs = self.market.equity, self.market.labs
        stakes = np.where(labs.active[:, None], equity.stakes, 0.0)
        before = np.zeros_like(stakes) if self.owned is None else self.owned
        self.owned = stakes
        changed = np.flatnonzero((stakes != before).any(axis=1)).tolist()
        return [
            {
                "month": self.market.month - 1,
                "provider": self.places[code],
                "stakes": [
                    [int(at), float(stakes[code, at])] for at in np.flatnonzero(stakes[code])
                ],
            }
            for code in changed
            if code in self.places
        ]

    def rounds(self) -> list[News]:
        """Rounds that closed; a round has a ticket of each investor, and one of them leads."""
        equity = self.market.equity
        return [
            {
                "month": self.market.month - 1,
                "provider": self.places[ticket.code],
                "kind": ticket.kind,
                "lead": int(ticket.investor) % equity.stakes.shape[1],
                "amount": float(ticket.amount),
                "post_money": float(ticket.pre_money + ticket.amount),
            }
            for ticket in equity.tickets
            if ticket.lead
        ]
