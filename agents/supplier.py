"""Compute suppliers: clouds and the maker of their chips, and the contracts they hold."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compute_parameters import LONGEST_LEAD, LONGEST_TERM, SupplierParameters
from agents.kernels.clouds import free_capacity
from agents.kernels.money_checks import dues_to_come
from agents.provider import Numbers

Array = NDArray[np.float64]
LONGEST_AHEAD = LONGEST_LEAD + LONGEST_TERM + 1  # months, which new terms do not exceed either


class Contract(NamedTuple):
    """A take-or-pay contract: capacity (thousand H100-equivalents) at a fixed price.

    signed, first, last : months, the last one not included.  price : M$ a month for the whole.
    """

    provider: int
    supplier: int
    signed: int
    first: int
    last: int
    capacity: float
    price: float


class Terms(NamedTuple):
    """New terms of contracts: the part of the dues of so many months that is put off, and the fee.

    fee : over what is put off.
    """

    share: float
    months: int
    fee: float


class Served(NamedTuple):
    """Compute of a month by code, (16,), thousand H100-equivalents.

    inference, research : served.  spot : bought at the month's rent.  idle : contracted and not
    used.  demand : all that was wanted.
    """

    inference: Array
    research: Array
    spot: Array
    idle: Array
    demand: Array


class ComputeMarket:
    """All compute, who has contracted for it, and what is owed.

    names : of the clouds.  share : (suppliers,), parts of all capacity.
    installed : capacity without shocks, capacity : with them, thousand H100-equivalents.
    rent, cost : $/H100e-hour, of compute and of its hardware.  rents : of the last twelve months.
    demand, used : compute wanted and used, this month or until then last month.
    served : who got what this month.  spot_share : part of spot demand that was served.
    spot_parts : (suppliers,), parts of spot purchases.
    contracted : (months, 16, suppliers), thousand H100-equivalents by month of use.
    due : (months, 16, suppliers), M$ by month in which it falls due; nothing does from `until` on.
    deals : contracts that were not struck off.
    signed, paid, written_off : M$ of dues so far, (16,); credits pay too, arrears do not.
    """

    def __init__(self, suppliers: Mapping[str, SupplierParameters], horizon: int) -> None:
        """Nothing is signed yet; `horizon` is the number of months in which it can be."""
        self.names = tuple(suppliers)
        self.share = np.array([supplier.capacity_share for supplier in suppliers.values()])
        self.installed = self.capacity = self.rent = self.cost = self.demand = 0.0
        self.rents: list[float] = []
        shape = (horizon + LONGEST_AHEAD, CODES, len(self.names))
        self.until = 0
        self.contracted, self.due = np.zeros(shape), np.zeros(shape)
        self.signed, self.paid, self.written_off = np.zeros((3, CODES))
        self.deals: list[Contract] = []
        self.used, self.spot_share = 0.0, 1.0
        self.spot_parts = self.share.copy()
        self.served = Served(*np.zeros((len(Served._fields), CODES)))

    @property
    def usual_rent(self) -> float:
        """Mean rent of the last twelve months, this one included, $/H100e-hour."""
        return sum(self.rents) / len(self.rents)

    @property
    def contracts(self) -> Array:
        """The deals as an array, (contracts, 7), columns as in Contract."""
        return np.array(self.deals, np.float64).reshape(-1, len(Contract._fields))

    def sign(self, contract: Contract) -> None:
        """Put a contract into the books."""
        months = slice(contract.first, contract.last)
        who = (contract.provider, contract.supplier)
        self.contracted[months, *who] += contract.capacity
        self.due[months, *who] += contract.price
        self.signed[contract.provider] += contract.price * (contract.last - contract.first)
        self.until = max(self.until, contract.last)
        self.deals.append(contract)

    def cancel(self, provider: int, month: int) -> float:
        """Strike a provider's contracts from `month` on; returns the dues that fall away, M$."""
        lost = float(self.still_due(month)[provider])
        self.deals = [deal for deal in self.deals if deal.provider != provider]
        self.contracted[month:, provider] = self.due[month:, provider] = 0.0
        return lost

    def still_due(self, month: int) -> Array:
        """Dues that fall due from `month` on, (16,), M$."""
        dues: Array = dues_to_come(self.due, month, self.until)
        return dues

    def put_off(self, provider: int, month: int, terms: Terms) -> float:
        """Put off a part of the dues of the months from `month` on; returns what is put off, M$.

        Each cloud has it back, with the fee, in equal parts in the months after those, up to the
        last one in which it has dues of the provider, and in no fewer months.
        """
        first = month + terms.months
        due = self.due[:, provider]
        latest = self.until - (due[: self.until][::-1] > 0.0).argmax(axis=0)
        moved = terms.share * due[month:first]
        due[month:first] -= moved
        by_cloud = moved.sum(axis=0)
        for cloud in np.flatnonzero(by_cloud).tolist():
            last = max(int(latest[cloud]), first + terms.months)
            due[first:last, cloud] += (1.0 + terms.fee) * by_cloud[cloud] / (last - first)
            self.until = max(self.until, last)
        whole = float(by_cloud.sum())
        self.signed[provider] += terms.fee * whole
        return whole

    def free(self, month: int) -> list[float]:
        """Capacity of each cloud that is not contracted for in `month`."""
        left = np.empty(len(self.share))
        free_capacity(self.share, float(self.capacity), self.contracted, month, left)
        found: list[float] = left.tolist()
        return found


class Supplier(mesa.Agent):
    """A cloud, or the maker of chips; its numbers are in the market's columns.

    name : as in the config.  kind : cloud or chip_maker.  owner : investor, or None.
    """

    _ids: ClassVar[Numbers] = Numbers()  # Mesa's name for its register

    def __init__(self, market: mesa.Model, name: str, kind: str, owner: str | None) -> None:
        """Enter the market's register."""
        super().__init__(market)
        self.name, self.kind, self.owner = name, kind, owner
