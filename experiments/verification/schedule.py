"""The schedule of dues, written anew from what happened: E10, E39 and E42.

A contract asks the rent of the day on which it was signed, less its discount, for every month of
its term.  New terms put a part of the dues of the next months off: each cloud has its part back
with a fee, in equal amounts in the months after those, up to the last one in which it has dues of
the provider, and in no fewer months.  Contracts of who is absorbed are the buyer's from the next
month on; those of who gives up are struck off.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import HOURS
from experiments.verification.happenings import CONTRACT, FAILURE, MERGER, TERMS, Happening
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.books import Books

YEAR = 12


class Schedule:
    """Dues and compute under contract.

    contracts : as they were signed, in their order.
    due, held : (months and later ones, providers, clouds), M$ and thousand H100-equivalents.
    signed, struck_off : (months, providers), M$, fees included, and what is not paid any more.
    to_come : (months, providers), M$ of all later months, at a month's end.
    ahead : (months, providers), of the year after a month, before its rounds close.
    put_off : (new terms, 2), what is put off and what is asked for it, M$.
    taken : (contracts,), thousand H100-equivalents that were signed away at the cloud of each, for
    its first month, when it was signed.
    """

    def __init__(self, books: "Books") -> None:
        """Write down all that happened."""
        self.books, self.clouds = books, list(books.config.suppliers)
        self.contracts = [one for one in books.happenings if one.kind == CONTRACT]
        terms = books.config.distress.moved_months
        ends = [one.first + one.term for one in self.contracts]
        shape = (max([books.months, *ends]) + 1 + 2 * terms, len(books.names), len(self.clouds))
        self.due, self.held = np.zeros((2, *shape))
        small = (books.months, len(books.names))
        self.signed, self.struck_off, self.to_come, self.ahead = np.zeros((4, *small))
        self.put_off: list[tuple[float, float]] = []
        self.taken: list[float] = []
        for month in range(books.months):
            self.write(month)

    def write(self, month: int) -> None:
        """Write down a month: what was planned comes before its bills, all else after them."""
        happened = self.books.happened(month)
        planned = [one for one in happened if one.kind == CONTRACT and not one.with_ticket]
        for one in planned:
            self.sign(one)
        self.ahead[month] = self.due[month + 1 : month + 1 + YEAR].sum(axis=(0, 2))
        for one in happened:
            if one.kind == CONTRACT and one.with_ticket:
                self.sign(one)
            elif one.kind == TERMS:
                self.renegotiate(one)
            elif one.kind == MERGER:
                self.pass_on(one)
            elif one.kind == FAILURE:
                self.strike_off(one)
        self.to_come[month] = self.due[month + 1 :].sum(axis=(0, 2))

    def sign(self, deal: Happening) -> None:
        """Dues and compute of every month of a contract."""
        cloud, last = self.clouds.index(deal.other), deal.first + deal.term
        price = self.price(deal)
        self.taken.append(float(self.held[deal.first, :, cloud].sum()))
        self.held[deal.first : last, deal.place, cloud] += deal.after
        self.due[deal.first : last, deal.place, cloud] += price
        self.signed[deal.month, deal.place] += price * deal.term

    def price(self, deal: Happening) -> float:
        """M$ a month: the discounted rent of the day on which a contract was signed (E10)."""
        books = self.books
        rent = books.market("rent")[deal.month, 0]
        rent *= 1.0 - books.config.compute.contract_discount
        rent *= 1.0 + books.surcharge[deal.month, deal.place]
        return float(HOURS * rent * deal.after)

    def renegotiate(self, one: Happening) -> None:
        """Put dues off, cloud by cloud, and ask for them with the fee (E42, stage i)."""
        terms = self.books.config.distress
        begin = one.month + 1
        end = begin + terms.moved_months
        whole = 0.0
        for cloud in range(len(self.clouds)):
            due = self.due[:, one.place, cloud]
            last = max(np.flatnonzero(due > 0.0), default=0)
            part = terms.moved_share * due[begin:end].sum()
            due[begin:end] *= 1.0 - terms.moved_share
            back = slice(end, max(int(last) + 1, end + terms.moved_months))
            due[back] += (1.0 + terms.moved_fee) * part / (back.stop - back.start)
            whole += part
        self.signed[one.month, one.place] += terms.moved_fee * whole
        self.put_off.append((whole, (1.0 + terms.moved_fee) * whole))

    def pass_on(self, one: Happening) -> None:
        """Contracts are those of who absorbs the provider."""
        buyer, later = self.books.names.index(one.other), slice(one.month + 1, None)
        for table in (self.due, self.held):
            table[later, buyer] += table[later, one.place]
            table[later, one.place] = 0.0

    def strike_off(self, one: Happening) -> None:
        """Dues that were to come are lost by the clouds."""
        later = slice(one.month + 1, None)
        self.struck_off[one.month, one.place] = self.due[later, one.place].sum()
        self.due[later, one.place] = self.held[later, one.place] = 0.0

    @property
    def bills(self) -> Numbers:
        """Dues that fall due in each month of the run, (months, providers, clouds), M$."""
        return self.due[: self.books.months]

    @property
    def compute(self) -> Numbers:
        """Compute under contract in each month, (months, providers), thousand H100-equivalents."""
        held: Numbers = self.held[: self.books.months].sum(axis=2)
        return held

    def room(self, capacity: Numbers) -> Numbers:
        """What the cloud of each contract had free for its first month, (contracts,).

        capacity : (months,), of all clouds, thousand H100-equivalents.
        """
        shares = [cloud.capacity_share for cloud in self.books.config.suppliers.values()]
        whole = [
            shares[self.clouds.index(deal.other)] * capacity[deal.month] for deal in self.contracts
        ]
        return np.array(whole) - self.taken
