"""What is on offer, as plain records: the twin's reading of E17b, E17c, E17d and E20.

It reads the same supply as the engine and works out everything else from the equations: the nest,
the product walk, the version that a provider's own users work with, and the release rate.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

from agents.codes import OPEN
from agents.demand import ChoiceParameters
from agents.draws import below, stream, uniform
from simulation.columns import SEGMENTS
from simulation.supply import Supply

SAME_RELEASE = 0.05  # OOM; OPEN within this of a lab's open release is that release
YEAR = 12


class Offer(NamedTuple):
    """One provider's offer to one segment this month; units as in the supply file."""

    code: int
    capability: float
    in_use: float
    price: float
    safety: float
    brand: float
    product: float
    reliability: float
    runway: float
    nested: bool


class Version:
    """E17d: which version a provider's own users work with, since it came to the segment."""

    def __init__(self) -> None:
        """Nothing has been released yet."""
        self.past: list[float] = []
        self.reached = 0.0

    def in_use(self, newest: float, choice: ChoiceParameters) -> float:
        """Capability in use, OOM, after a month in which `newest` is the provider's best."""
        if not self.past:
            self.reached = newest
        else:
            self.reached += (1 - math.exp(-choice.upgrade_rate)) * (newest - self.reached)
        self.past.append(newest)
        year_old = self.past[-1 - YEAR] if len(self.past) > YEAR else self.past[0]
        return choice.upgrade_share * self.reached + (1 - choice.upgrade_share) * year_old


class Shelf:
    """Goes through the record month by month and says what each segment is offered."""

    def __init__(self, supply: Supply, seed: int) -> None:
        """Stand before the first month."""
        self.supply = supply
        self.walk_stream = stream(seed, "product_walk")
        self.versions: dict[tuple[int, int], Version] = {}
        self.walks: dict[tuple[int, int], float] = {}
        self.release_rate = [0.0] * len(SEGMENTS)

    def stock(self, month: int, choice: ChoiceParameters) -> list[dict[int, Offer]]:
        """Offers of `month` by segment and code; call it once for each month, in order."""
        offers = []
        for segment in range(len(SEGMENTS)):
            codes = [
                code for code in self.supply.codes if self.supply.available[month, segment, code]
            ]
            for code in self.supply.codes:
                if code not in codes:  # an exit: whoever comes back starts again
                    self.versions.pop((segment, code), None)
                    self.walks.pop((segment, code), None)
            offers.append({code: self.offer(month, segment, code, choice) for code in codes})
            self.release_rate[segment] = self.releases(month, segment) / max(len(codes), 1)
        return offers

    def offer(self, month: int, segment: int, code: int, choice: ChoiceParameters) -> Offer:
        """Offer of one provider, whose history goes on by a month."""
        place = (month, segment, code)
        supply, mine = self.supply, (segment, code)
        capability = float(supply.capability[place])
        if mine in self.walks:
            self.walks[mine] += choice.product_step * self.luck(*place)
        walk = self.walks.setdefault(mine, 0.0)
        return Offer(
            code=code,
            capability=capability,
            in_use=self.versions.setdefault(mine, Version()).in_use(capability, choice),
            price=float(supply.price[place]),
            safety=float(supply.safety[place]),
            brand=float(supply.brand[place]),
            product=float(supply.product_term[place]) + walk,
            reliability=float(supply.reliability[place]),
            runway=float(supply.runway[place]),
            nested=code == OPEN or bool(supply.open_weights[place]),
        )

    def luck(self, month: int, segment: int, code: int) -> float:
        """E17c: the provider's standard normal step of the month."""
        key = below(self.walk_stream, month, self.supply.keys[code], segment)
        return NormalDist().inv_cdf(float(uniform(key)[0]))

    def releases(self, month: int, segment: int) -> int:
        """E20: flagship releases of the month; OPEN's is left out if it repeats a lab's."""
        supply = self.supply
        fresh = [code for code in supply.codes if supply.released[month, segment, code]]
        repeats = OPEN in fresh and any(
            code != OPEN
            and supply.open_weights[month, segment, code]
            and supply.origin[month, segment, code] == supply.origin[month, segment, OPEN]
            and abs(
                supply.capability[month, segment, code] - supply.capability[month, segment, OPEN]
            )
            < SAME_RELEASE
            for code in fresh
        )
        return len(fresh) - repeats


def usage_growth(capability: float, slope: float, saturation: float) -> float:
    """E22: 10^(theta A), A = A_sat (1 - e^(-max(Q, 0)/A_sat))."""
    effective = saturation * (1 - math.exp(-max(capability, 0.0) / saturation))
    return 10 ** (slope * effective)
