"""Developers and consumers as Mesa agents, one object each (E17-E20, E22).

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
WAKE_BITS = 24
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
    """Somebody who uses one provider's models, or none yet.

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
        self.since = 0
        self.choice: int | None = None
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
        """Wake or not; if awake, find the offer of the highest utility (E17)."""
        self.choice, self.scores = self.provider, {}
        offers = self.model.offers[self.segment]
        if not offers:
            return
        self.around = Counter()
        if self.provider is None:
            self.look_around()
        luck = self.model.luck[self.name]
        if luck.wake[self.row] >= self.hazard(offers) * 2**WAKE_BITS:
            return
        if self.provider is not None:
            self.look_around()
        for code, offer in offers.items():
            self.scores[code] = sum(self.terms(offer)) + luck.of(self.row, offer)
        self.choice = max(self.scores, key=self.scores.__getitem__)

    def look_around(self) -> None:
        """Count the neighbours on each provider."""
        self.around = Counter([neighbour.provider for neighbour in self.neighbours])

    def hazard(self, offers: dict[int, Offer]) -> float:
        """Probability of waking: to adopt (E19), or to reconsider (E20)."""
        settings = self.settings
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
        """Move to the choice, and note why."""
        if self.choice == self.provider or self.choice is None:
            return
        offers, luck = self.model.offers[self.segment], self.model.luck[self.name]
        target, home = offers[self.choice], offers.get(self.provider)
        gains = list(self.terms(target))
        taste = luck.of(self.row, target)
        if home is not None:
            gains = [gain - lost for gain, lost in zip(gains, self.terms(home), strict=True)]
            taste -= luck.of(self.row, home)
        why = dict(zip(PEOPLE_TERMS, gains, strict=True)) | {"taste": taste}
        self.model.note_move(self.segment, self.provider, self.choice, self.people, why)
        self.provider, self.since = self.choice, self.model.month

    def growth_of_use(self, offer: Offer) -> float:
        """E22: tokens over those at capability 0, 10^(theta A(Q)), Q of the version in use."""
        return usage_growth(offer.in_use, self.settings.usage_slope, self.settings.usage_saturation)


def usage_growth(capability: float, slope: float, saturation: float) -> float:
    """E22: 10^(theta A), A = A_sat (1 - e^(-max(Q, 0)/A_sat))."""
    effective = saturation * (1 - math.exp(-max(capability, 0.0) / saturation))
    return 10 ** (slope * effective)


class Developer(Individual):
    """Pays the list price for each token, and pulls the employer along."""

    name, segment = "developers", 0
    employed = False

    @property
    def price_weight(self) -> float:
        """Weight of the log list price, util."""
        return self.settings.price_weight

    def bill(self) -> None:
        """E22: tokens of the month, paid at the list price."""
        offer = self.model.offers[self.segment].get(self.provider)
        if self.provider is not None:
            self.model.note_bill(self.segment, self.provider, accounts=1, users=self.people)
        if offer is None:
            return
        settings = self.settings
        tokens = settings.tokens_per_user * self.growth_of_use(offer) * self.weight * self.people
        tokens *= (offer.price / settings.reference_price) ** -settings.price_elasticity
        spend = tokens * offer.price
        self.model.note_bill(self.segment, offer.code, tokens=tokens, spend=spend, revenue=spend)
        if self.employed:
            self.model.employed_spend[self.model.month, offer.code] += spend


class Consumer(Individual):
    """Pays a subscription, or nothing and may see advertising; there is no price per token."""

    name, segment = "consumers", 2
    price_weight = 0.0

    def bill(self) -> None:
        """E22: tokens of the month; what the paying share of the people pays."""
        offer = self.model.offers[self.segment].get(self.provider)
        if self.provider is not None:
            self.model.note_bill(self.segment, self.provider, accounts=1, users=self.people)
        if offer is None:
            return
        settings, provider = self.settings, self.model.names[offer.code]
        ramp = min(1.0, settings.paying_start + settings.paying_ramp * self.model.month)
        bundle = settings.bundle_factor if provider in settings.bundled else 1.0
        paying = settings.paying_share * bundle * ramp
        spend = self.people * paying * settings.subscription_price
        free = settings.ad_revenue if provider in settings.advertisers else 0.0
        self.model.note_bill(
            self.segment,
            offer.code,
            tokens=settings.tokens_per_user * self.growth_of_use(offer) * self.weight * self.people,
            spend=spend,
            revenue=spend + self.people * (1 - paying) * free,
        )
