"""Who owns providers and what investors have, written anew from what happened: E37 to E42.

A round sells new shares to those who pay, and dilutes all others alike.  At a listing venture funds
sell what they hold at the value after money.  Who buys a company pays each holder its part of the
price; an investor then owns all of it, and pays what is overdue and a ticket into it, as far as its
money goes.  Who is absorbed or gives up belongs to nobody.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.happenings import (
    ENTRY,
    FAILURE,
    FOUNDING,
    LISTING,
    MERGER,
    ROUND,
    TAKEOVER,
    Happening,
)
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.books import Books

OTHERS, FOUNDERS, PUBLIC = "other investors", "founders", "public"


class Holders:
    """Shares and money by month; holders are the investors of the config, and three others.

    stakes : (months, providers, holders), parts at each month's end.
    powder : (months, investors), money to invest, M$, at each month's end.
    fresh, invested, spent : (months, investors), new money, what is put into providers, credits
    included, and what is paid to other holders for theirs.
    proceeds : (months, holders), what they got for shares.  listed : (months,), of it at listings.
    into : (months, providers), what companies got from an investor that bought them.
    """

    def __init__(self, books: "Books", returned: Numbers) -> None:
        """Write down all that happened.

        returned : (months, investors), credits that they need not redeem since somebody gave up.
        """
        self.books, self.config = books, books.config
        self.investors = list(books.config.investors)
        self.names = [*self.investors, OTHERS, FOUNDERS, PUBLIC]
        months, funds = books.months, len(self.investors)
        self.stakes = np.zeros((months, len(books.names), len(self.names)))
        self.powder, self.invested, self.fresh, self.spent = np.zeros((4, months, funds))
        self.proceeds, self.listed = np.zeros((months, len(self.names))), np.zeros(months)
        self.into = np.zeros((months, len(books.names)))
        self.now = np.zeros((len(books.names), len(self.names)))
        start = [investor.dry_powder for investor in books.config.investors.values()]
        self.money, self.rounds = np.array(start, np.float64), 0
        for one in books.happened(-1):
            self.write(one)
        for month in range(months):
            self.receive(month)
            for one in books.happened(month):
                self.write(one)
            self.money += returned[month]
            self.stakes[month], self.powder[month] = self.now, self.money

    def receive(self, month: int) -> None:
        """E40: the inflow of a month, in the mood of the one before."""
        mood = self.books.market("sentiment")[month - 1, 0] if month else 1.0
        inflow = mood * np.array([one.inflow for one in self.config.investors.values()])
        self.fresh[month] += inflow
        self.money += inflow

    def write(self, one: Happening) -> None:
        """Write down one thing that happened."""
        if one.kind in (ENTRY, FOUNDING):
            self.found(one)
        elif one.kind == ROUND:
            self.close(one)
        elif one.kind == LISTING:
            self.go_public(one)
        elif one.kind in (MERGER, TAKEOVER):
            self.sell(one)
        elif one.kind == FAILURE:
            self.now[one.place] = 0.0

    def found(self, one: Happening) -> None:
        """Who enters belongs to the holders that the config names, and else to its founders."""
        own = self.config.providers.get(self.books.names[one.place])
        holders = {} if own is None else dict(own.holders)
        whole = max(sum(holders.values()), 1.0)
        self.now[one.place] = 0.0
        for name, part in holders.items():
            self.now[one.place, self.names.index(name)] = part / whole
        self.now[one.place, self.names.index(FOUNDERS)] = 1.0 - self.now[one.place].sum()

    def close(self, one: Happening) -> None:
        """One round: the rows of its number."""
        table = self.books.records.table("rounds")
        rows = np.flatnonzero(table["round"] == self.rounds)
        self.rounds += 1
        tickets, before = table["ticket"][rows], float(table["pre_money"][rows[0]])
        sold = self.sold(str(table["kind"][rows[0]]), tickets.sum() / (before + tickets.sum()))
        self.now[one.place] *= 1.0 - sold
        for name, ticket in zip(table["investor"][rows], tickets.tolist(), strict=True):
            holder = self.names.index(name)
            self.now[one.place, holder] += sold * ticket / tickets.sum()
            if holder < len(self.investors):
                self.pay_in(one.month, holder, ticket)

    def sold(self, kind: str, part: float) -> float:
        """Part of a company that a round sells: what is paid of its value, or what is fixed."""
        fixed = {"ipo": self.config.investment.listing_share, "seed": self.config.entry.seed_share}
        return fixed.get(kind, part)

    def pay_in(self, month: int, investor: int, ticket: float) -> None:
        """A ticket; what an investor lacks for it, it gets."""
        lacking = max(ticket - self.money[investor], 0.0)
        self.fresh[month, investor] += lacking
        self.money[investor] += lacking - ticket
        self.invested[month, investor] += ticket

    def go_public(self, one: Happening) -> None:
        """E41: venture funds sell to the public."""
        for place, investor in enumerate(self.config.investors.values()):
            if investor.kind == "venture":
                part = float(self.now[one.place, place])
                self.now[one.place, self.names.index(PUBLIC)] += part
                self.now[one.place, place] = 0.0
                self.get(one.month, place, part * one.after)
                self.listed[one.month] += part * one.after

    def get(self, month: int, holder: int, price: float) -> None:
        """What a holder gets for shares."""
        self.proceeds[month, holder] += price
        if holder < len(self.investors):
            self.money[holder] += price

    def sell(self, one: Happening) -> None:
        """E42: holders are paid by who buys, which pays nothing for what it has already."""
        buyer = self.investors.index(one.other) if one.kind == TAKEOVER else None
        due = one.after * self.now[one.place]
        for holder, price in enumerate(due.tolist()):
            if holder != buyer:
                self.get(one.month, holder, price)
        self.now[one.place] = 0.0
        if buyer is not None:
            self.take_over(one, buyer, float(due.sum() - due[buyer]))

    def take_over(self, one: Happening, buyer: int, price: float) -> None:
        """Pay the others, what is overdue, and a ticket out of the rest; no more than there is."""
        self.now[one.place, buyer] = 1.0
        self.spent[one.month, buyer] += price
        self.money[buyer] -= price
        overdue = self.overdue(one)
        rest = max(self.money[buyer] - overdue, 0.0)
        paid = min(overdue + self.config.investment.ticket_share * rest, self.money[buyer])
        self.into[one.month, one.place] += paid
        self.money[buyer] -= paid
        self.invested[one.month, buyer] += paid

    def overdue(self, one: Happening) -> float:
        """What a company owes when it is bought; who gives up all the same owes nothing later."""
        for later in self.books.happened(one.month):
            if later.kind == FAILURE and later.place == one.place:
                return later.before
        return float(self.books.held("arrears")[one.month, one.place])
