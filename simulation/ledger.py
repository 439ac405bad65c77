"""Double-entry cash: every payment has a payer and a payee; a month is one array.

Accounts are the providers by code, the clouds and then the investors by place after them, and those
of OTHERS; `investors` among these are the ones whom the config does not name.  Claims
that are not cash (credits, arrears, debt) stand in the columns of the providers, and
`simulation.identities` ties both together.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.accounts import KINDS, OTHERS
from agents.codes import CODES
from agents.kernels.payments import forget, listed

Array = NDArray[np.float64]

PROVIDERS = slice(CODES)  # accounts
PLACE = {kind: place for place, kind in enumerate(KINDS)}


class Payments(NamedTuple):
    """Payments of one month: accounts, kinds and M$, each (payments,)."""

    payer: NDArray[np.int64]
    payee: NDArray[np.int64]
    kind: NDArray[np.int64]
    amount: Array


class Ledger:
    """Cash that moved this month, and what every account has.

    clouds, suppliers : accounts of the clouds, as numbers and as a slice.
    funds : accounts of the investors.  owners : (clouds,), account that redeems credits of each.
    moved : (payers, payees, kinds), M$ of this month, never negative.  paths : (payers, payees),
    one bit for each kind that was posted; of all pairs few ever pay each other.
    payments : the same as a list, at the month's end.
    balance : (accounts,), M$ since the start, cash at entry included; they sum to 0.
    turnover : (accounts,), M$ since the start, paid and received: the scale of rounding.
    """

    def __init__(self, suppliers: int, investors: int = 0) -> None:
        """Nothing has moved."""
        self.clouds = np.arange(CODES, CODES + suppliers)
        self.funds = np.arange(CODES + suppliers, CODES + suppliers + investors)
        size = CODES + suppliers + investors + len(OTHERS)
        self.owners = np.full(suppliers, self.account("investors"))
        self.moved = np.zeros((size, size, len(KINDS)))
        self.paths = np.zeros((size, size), np.int64)
        self.balance, self.turnover = np.zeros((2, size))
        nobody = np.zeros(0, np.int64)
        self.payments = Payments(nobody, nobody, nobody, np.zeros(0))

    @property
    def suppliers(self) -> slice:
        """Accounts of the clouds; reading and posting by a slice is faster than by numbers."""
        return slice(CODES, CODES + len(self.clouds))

    @property
    def investors(self) -> slice:
        """Accounts of the investors, those of `funds`."""
        return slice(CODES + len(self.clouds), self.others)

    @property
    def others(self) -> int:
        """Number of the first of OTHERS."""
        return CODES + len(self.clouds) + len(self.funds)

    def account(self, name: str) -> int:
        """Number of one of OTHERS."""
        return self.others + OTHERS.index(name)

    def bring(self, account: int, amount: float) -> None:
        """Cash that an account comes with, M$: its investors gave it before."""
        self.balance[account] += amount
        self.balance[self.account("investors")] -= amount

    def open(self) -> None:
        """Begin a month: nothing has moved in it."""
        forget(self.moved, self.paths)

    def post(self, payer: Any, payee: Any, kind: str, amount: Any) -> None:
        """Move cash, M$, never negative; accounts are numbers, arrays of them or slices.

        Each pair of payer and payee stands once, as in any assignment to places of an array.
        """
        place = PLACE[kind]
        self.moved[payer, payee, place] += amount
        self.paths[payer, payee] |= 1 << place

    def close(self) -> None:
        """End a month: list what moved, and put it into the balances."""
        places, amounts = listed(self.moved, self.paths, self.balance, self.turnover)
        self.payments = Payments(places[0], places[1], places[2], amounts)

    def received(self, payee: Any, kind: str | None = None) -> Array:
        """What accounts received this month so far, M$, of one kind or of all."""
        kinds = slice(None) if kind is None else [KINDS.index(kind)]
        amount: Array = self.moved[:, payee][..., kinds].sum(axis=(0, -1))
        return amount
