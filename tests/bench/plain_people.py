"""Individuals as Mesa agents, one object each: they wake, choose, try, move and leave (E17-E21).

An agent looks at its neighbours' choices of last month, so it decides first and moves when
everybody has decided.
"""

import math
from collections import Counter
from statistics import NormalDist
from typing import TYPE_CHECKING

import mesa
from plain_supply import Offer

from agents.demand import ConsumerParameters, DeveloperParameters

if TYPE_CHECKING:
    from plain_mesa import PlainMarket

TASTES = 8
DRAW = 2**24  # a draw that says whether something happens is a whole number below this
UNSEEN = -math.inf  # util; an offer that no neighbour uses, under log peers: it is never chosen
PEOPLE_TERMS = (
    "capability",
    "version",
    "price",
    "safety",
    "brand",
    "reliability",
    "product",
    "peers",
    "lock_in",
)


def tastes(spread: float) -> list[float]:
    """Means of the 8 bands of equal probability of a lognormal(0, `spread`)."""
    if spread == 0:
        return [1.0] * TASTES
    normal = NormalDist()
    inner = [normal.inv_cdf(band / TASTES) for band in range(1, TASTES)]
    below = [0.0, *(normal.cdf(edge - spread) for edge in inner), 1.0]
    mean = math.exp(spread**2 / 2)
    return [mean * TASTES * (below[band + 1] - below[band]) for band in range(TASTES)]


class Individual(mesa.Agent):
    """Somebody who uses one provider's models, or two, or none.

    row : its row in the engine's columns.  taste : which of the 8 types it is.
    weight : its spending over the mean.  people : million people whom it stands for.
    """

    name: str
    segment: int

    def __init__(self, model: "PlainMarket", row: int, taste: int, weight: float) -> None:
        """Stand alone; the model introduces the neighbours."""
        super().__init__(model)
        self.row, self.taste, self.weight = row, taste, weight
        self.neighbours: list[Individual] = []
        self.provider: int | None = None
        self.second: int | None = None
        self.since = 0
        self.before: tuple[int | None, int | None] = None, None
        self.leaving = False
        self.winner: int | None = None
        self.scores: dict[int, float] = {}
        self.around: Counter[int | None] = Counter()

    @property
    def settings(self) -> DeveloperParameters | ConsumerParameters:
        """Parameters of the population, as they are this month."""
        return getattr(self.model.config, self.name)

    @property
    def people(self) -> float:
        """Million people whom the agent stands for."""
        return self.settings.real_users / self.settings.count

    def decide(self) -> None:
        """Leave, sleep, or find the offer of the highest utility (E17)."""
        self.drop_dead_second()
        self.before = self.provider, self.second
        self.winner, self.scores = None, {}
        self.leaving = self.gives_up()
        offers = self.model.offers[self.segment]
        if self.leaving or not offers:
            return
        self.around = Counter()
        if self.provider is None:
            self.look_around()
        luck = self.model.luck[self.name]
        if luck.wake[self.row] >= self.hazard(offers) * DRAW:
            return
        if self.provider is not None:
            self.look_around()
        for code, offer in offers.items():
            self.scores[code] = sum(self.terms(offer)) + luck.of(self.row, offer)
        self.winner = max(self.scores, key=self.scores.__getitem__)

    def drop_dead_second(self) -> None:
        """E21: a second provider without an offer is given up; nobody else sees second ones."""
        if self.second not in self.model.offers[self.segment]:
            self.second = None

    def gives_up(self) -> bool:
        """E21: whether a user leaves the market, whatever is on offer."""
        if self.provider is None or self.settings.leaving_hazard == 0:
            return False
        hazard = 1 - math.exp(-self.settings.leaving_hazard)
        return self.model.luck[self.name].leave[self.row] < hazard * DRAW

    def look_around(self) -> None:
        """Count the neighbours on each provider."""
        self.around = Counter([neighbour.provider for neighbour in self.neighbours])

    def hazard(self, offers: dict[int, Offer]) -> float:
        """Probability of waking: to adopt (E19), or to reconsider (E20)."""
        settings = self.settings
        if self.provider is None and settings.arrival == "one_per_month":
            return float(self.row in self.model.turns[self.name])
        if self.provider is None:
            pull = settings.innovation + settings.imitation * self.adopted_share()
            return 1 - math.exp(-pull)
        if self.provider not in offers:
            return 1.0
        if settings.reconsideration_probability is not None:
            return settings.reconsideration_probability
        releases = self.model.shelf.release_rate[self.segment]
        return 1 - math.exp(
            -(settings.reconsideration_base + settings.reconsideration_release * releases)
        )

    def adopted_share(self) -> float:
        """Adopted share of the neighbours, or of the market."""
        if self.settings.adoption_reference == "market":
            return self.model.adopted[self.name]
        if not self.neighbours:
            return 0.0
        return 1 - self.around[None] / len(self.neighbours)

    def terms(self, offer: Offer) -> tuple[float, ...]:
        """E17: the parts of an offer's utility, util, in the order of PEOPLE_TERMS."""
        settings = self.settings
        mine = offer.code == self.provider
        lag = offer.in_use - offer.capability if mine else 0.0
        weight = self.model.tastes[self.name][self.taste] * settings.capability_weight
        return (
            weight * offer.capability,
            weight * lag,
            -self.price_weight * math.log(offer.price) if self.price_weight else 0.0,
            settings.safety_weight * offer.safety,
            settings.brand_weight * offer.brand,
            settings.reliability_weight * (offer.reliability - 1),
            offer.product,
            self.peers(offer.code),
            self.switching_cost() if mine else 0.0,
        )

    def peers(self, code: int) -> float:
        """J x, or J ln x: x is the share of all neighbours who use the provider, util."""
        weight = self.settings.peer_weight
        if not self.neighbours or weight == 0:
            return 0.0
        share = self.around[code] / len(self.neighbours)
        if self.settings.peer_form == "linear":
            return weight * share
        if not any(self.around[other] for other in self.model.offers[self.segment]):
            return 0.0
        return weight * math.log(share) if share > 0 else UNSEEN

    def switching_cost(self) -> float:
        """E18: S = k0 + k1 (1 - e^(-tenure/tau)), util."""
        settings = self.settings
        grown = 1 - math.exp(-self.tenure() / settings.switching_cost_months)
        cost = settings.switching_cost_base + settings.switching_cost_growth * grown
        return settings.switching_cost_factor * cost

    def tenure(self) -> float:
        """Months since the provider was chosen, unless the config freezes it."""
        frozen = self.model.config.freeze.get(f"{self.name}.tenure")
        return self.model.month - self.since if frozen is None else frozen

    def act(self) -> None:
        """Leave, or take the first and second provider that follow from who won."""
        if self.leaving:
            self.leave()
        elif self.winner is not None:
            first, self.second = self.outcome(self.winner)
            if first != self.provider:
                self.move(first)

    def outcome(self, winner: int) -> tuple[int | None, int | None]:
        """E21: first and second provider of an agent who prefers `winner`."""
        first, second = self.before
        lost = first not in self.model.offers[self.segment]
        if winner == first:
            return first, second if self.keeps() else None
        if winner == second:
            return winner, first if self.keeps() and not lost else None
        if not lost and self.tries():
            return first, winner
        return winner, second

    def tries(self) -> bool:
        """E21: whether a newly preferred provider is only tried, probability mu."""
        chance = self.settings.trial_probability
        return self.model.luck[self.name].coin[self.row] < chance * DRAW

    def keeps(self) -> bool:
        """E21: whether the provider that did not win stays as second, probability 1/2."""
        return self.model.luck[self.name].coin[self.row] >= DRAW / 2

    def leave(self) -> None:
        """Use nothing any more; this is no choice among offers, so every term is 0."""
        why = dict.fromkeys((*PEOPLE_TERMS, "taste"), 0.0)
        self.model.note_move(self.segment, self.provider, None, self.people, why)
        self.provider, self.second, self.since = None, None, self.model.month

    def move(self, code: int) -> None:
        """Take another first provider, and note why."""
        offers, luck = self.model.offers[self.segment], self.model.luck[self.name]
        target, home = offers[code], offers.get(self.provider)
        gains = list(self.terms(target))
        taste = luck.of(self.row, target)
        if home is not None:
            gains = [gain - lost for gain, lost in zip(gains, self.terms(home), strict=True)]
            taste -= luck.of(self.row, home)
        why = dict(zip(PEOPLE_TERMS, gains, strict=True)) | {"taste": taste}
        self.model.note_move(self.segment, self.provider, code, self.people, why)
        self.provider, self.since = code, self.model.month
