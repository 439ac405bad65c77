"""Enterprises as Mesa agents, one object each (E23-E28)."""

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import mesa
from plain_supply import Offer, usage_growth
from plain_users import Developer

from agents.codes import OPEN
from agents.demand import EnterpriseParameters

if TYPE_CHECKING:
    from plain_mesa import PlainMarket

SEGMENT = 1
YEAR = 12
DEAREST = 1e12  # $/Mtok; self-hosting without any volume costs no more than this
# The names of the criteria in the records, beside those of the config.
SHOWN = {"cost": "price", "integration": "brand"}


class Contract(NamedTuple):
    """What was signed: a row of the contracts table."""

    kind: str
    incumbent: int | None
    winner: int | None
    second: int | None
    shortlist: int
    term: int
    price: float
    scores: dict[str, float]


class Enterprise(mesa.Agent):
    """A firm that buys by tender.

    row : its row in the engine's columns.  seats : million.  weight : spending over the mean.
    criteria : weight of each criterion by name.
    """

    def __init__(self, model: "PlainMarket", row: int, traits: dict[str, object]) -> None:
        """Stand alone; the model introduces peers and staff."""
        super().__init__(model)
        self.row = row
        self.seats: float = traits["seats"]
        self.weight: float = traits["weight"]
        self.industry: int = traits["industry"]
        self.regulated: bool = traits["regulated"]
        self.pays_as_it_goes: bool = traits["pays_as_it_goes"]
        self.criteria: dict[str, float] = traits["criteria"]
        self.neighbours: list[Enterprise] = []
        self.staff: list[Developer] = []
        self.provider: int | None = None
        self.second: int | None = None
        self.since = self.ends = self.adopted = 0
        self.price = math.nan
        self.waiting = False
        self.contract: Contract | None = None
        self.totals: dict[int, float] = {}

    @property
    def settings(self) -> EnterpriseParameters:
        """Parameters of enterprises, as they are this month."""
        return self.model.config.enterprises

    def decide(self) -> None:
        """Hold a tender if there is an occasion, on what all saw at last month's end."""
        self.contract, self.totals = None, {}
        self.follow_the_list_price()
        kind = self.occasion()
        if kind is None:
            return
        offers, luck = self.model.offers[SEGMENT], self.model.luck["enterprises"]
        listed = self.shortlist()
        scores = {code: self.scores(offer, listed) for code, offer in offers.items()}
        for code, offer in offers.items():
            scores[code]["taste"] = luck.of(self.row, offer)
        self.totals = {code: sum(scores[code].values()) for code in offers}
        ranked = sorted(listed, key=self.totals.__getitem__, reverse=True)
        winner = ranked[0] if ranked else None
        second = None
        if len(ranked) > 1 and luck.dual[self.row] < self.settings.dual_share:
            second = ranked[1]
        self.contract = Contract(
            kind=kind,
            incumbent=self.provider,
            winner=winner,
            second=second,
            shortlist=len(listed),
            term=self.term(),
            price=math.nan if winner is None else self.quoted(offers[winner]),
            scores={} if winner is None else scores[winner],
        )
        self.note_flow(scores)

    def occasion(self) -> str | None:
        """Why the firm tenders this month; None if it does not (E23, E26)."""
        offers = self.model.offers[SEGMENT]
        if self.provider is None:
            if self.waiting:
                return "adoption"
            lucky = self.model.luck["enterprises"].adopt[self.row] < self.adoption_hazard()
            return "adoption" if offers and lucky else None
        if self.provider not in offers:
            return "provider_exit"
        return "contract_end" if self.model.month >= self.ends else None

    def adoption_hazard(self) -> float:
        """E23: 1 - e^-(p + q F); F counts heads, not seats."""
        settings, share = self.settings, 0.0
        if settings.adoption_reference == "market":
            share = self.model.adopted["enterprises"]
        elif self.neighbours:
            adopted = [firm for firm in self.neighbours if firm.provider is not None]
            share = len(adopted) / len(self.neighbours)
        return 1 - math.exp(-(settings.innovation + settings.imitation * share))

    def shortlist(self) -> set[int]:
        """E24: codes on the list; if none is left the incumbent, else OPEN, else nobody."""
        offers, settings = self.model.offers[SEGMENT], self.settings
        reached = self.model.luck["enterprises"].reached[self.row]
        listed = set()
        for code, offer in offers.items():
            brand = settings.coverage_slope * offer.brand + settings.coverage_base
            known = settings.shortlist == "all" or reached[code] < 1 - math.exp(-brand)
            unsafe = self.regulated and offer.safety < settings.safety_minimum
            short_lived = offer.runway < settings.runway_minimum
            if (known or code == self.provider) and not unsafe and not short_lived:
                listed.add(code)
        for last_resort in (self.provider, OPEN):
            if not listed and last_resort in offers:
                listed = {last_resort}
        return listed

    def scores(self, offer: Offer, listed: set[int]) -> dict[str, float]:
        """E25: the parts of an offer's score but its taste, util."""
        settings = self.settings
        parts = {}
        for criterion, weight in self.criteria.items():
            z = self.standardised(criterion, offer, listed)
            parts[SHOWN.get(criterion, criterion)] = settings.score_weight * weight * z
        in_place = offer.code == self.provider
        return parts | {
            "usage": settings.usage_pull * self.staff_share(offer.code),
            "peers": settings.peer_weight * self.peer_share(offer.code),
            "lock_in": self.incumbent_bonus() if in_place else 0.0,
            "product": offer.product,
        }

    def standardised(self, criterion: str, offer: Offer, listed: set[int]) -> float:
        """E25: the offer's value on a criterion against the best, in units of its scale."""
        offers = self.model.offers[SEGMENT]
        mine = self.value(criterion, offer)
        if self.settings.scaling == "fixed":
            best = max(self.value(criterion, other) for other in offers.values())
            return (mine - best) / getattr(self.settings.scales, criterion)
        values = [self.value(criterion, offers[code]) for code in listed]
        if offer.code not in listed or max(values) == min(values):
            return 0.0
        return (mine - min(values)) / (max(values) - min(values))

    def value(self, criterion: str, offer: Offer) -> float:
        """E25: what an offer is worth on a criterion."""
        match criterion:
            case "capability":
                return offer.capability
            case "safety":
                return offer.safety
            case "cost":
                return -math.log(min(self.ownership_cost(offer), DEAREST))
            case "stability":
                return min(offer.runway, self.settings.runway_cap)
        return offer.brand

    def ownership_cost(self, offer: Offer) -> float:
        """E25, E27: $/Mtok; a move costs integration, hosting oneself a fee a year."""
        settings = self.settings
        moving = 1 + settings.integration_cost * (offer.code != self.provider)
        price = self.quoted(offer)
        if offer.code == OPEN:
            volume = self.planned_volume() * self.full_volume(offer.capability, price)
            fee = settings.hosting_fee
            price += fee / (YEAR * volume) if volume > 0 else (math.inf if fee > 0 else 0.0)
        return price * moving

    def quoted(self, offer: Offer) -> float:
        """E26, E27: price of a new contract, $/Mtok; open weights are hosted at cost."""
        if offer.code == OPEN:
            return offer.price / self.settings.host_margin
        return offer.price * (1 - self.settings.discount)

    def planned_volume(self) -> float:
        """Mean of the ramp 1 - e^(-age/months) over the coming year."""
        months = self.settings.ramp_months
        age = 0 if self.provider is None else self.model.month - self.adopted
        gone = math.exp(-age / months) - math.exp(-(age + YEAR) / months)
        return 1 - months / YEAR * gone

    def full_volume(self, capability: float, price: float) -> float:
        """E27 without the ramp: trillion tokens a month."""
        settings = self.settings
        seats = settings.seats / settings.count * self.weight
        growth = usage_growth(capability, settings.usage_slope, settings.usage_saturation)
        response = (price / settings.reference_price) ** -settings.price_elasticity
        return seats * settings.tokens_per_seat * growth * response

    def staff_share(self, code: int) -> float:
        """E25: share of the firm's developers on a provider; with few, that of its industry."""
        if self.settings.usage_pull == 0:
            return 0.0
        if len(self.staff) < self.settings.pull_minimum:
            around = self.model.industry_staff[self.industry]
        else:
            around = Counter(developer.provider for developer in self.staff)
        return around[code] / around.total() if around else 0.0

    def peer_share(self, code: int) -> float:
        """E25: share of the neighbours' seats on a provider."""
        seats = sum(firm.seats for firm in self.neighbours)
        there = sum(firm.seats for firm in self.neighbours if firm.provider == code)
        return there / seats if seats > 0 else 0.0

    def incumbent_bonus(self) -> float:
        """E25: ek0 + ek1 (1 - e^(-tenure/months)), util."""
        settings = self.settings
        grown = 1 - math.exp(-self.tenure() / settings.incumbent_months)
        return settings.incumbent_base + settings.incumbent_growth * grown

    def tenure(self) -> float:
        """Months since the provider was first chosen, unless the config freezes it."""
        frozen = self.model.config.freeze.get("enterprises.tenure")
        return self.model.month - self.since if frozen is None else frozen

    def term(self) -> int:
        """E26: months of the contract; a buyer who pays as it goes always signs that term."""
        settings = self.settings
        if self.pays_as_it_goes:
            return settings.pay_as_you_go_term
        luck, reached = self.model.luck["enterprises"].term[self.row], 0.0
        for months, chance in settings.terms.items():
            reached += chance
            if luck < reached:
                return months
        return months

    def follow_the_list_price(self) -> None:
        """E26: the contract's price falls with the offer; E27: who hosts pays today's cost."""
        offer = self.model.offers[SEGMENT].get(self.provider)
        if offer is not None:
            today = self.quoted(offer)
            cheaper = math.isnan(self.price) or today < self.price
            self.price = today if cheaper or offer.code == OPEN else self.price

    def note_flow(self, scores: dict[int, dict[str, float]]) -> None:
        """Note why the provider changes, if it does."""
        winner, home = self.contract.winner, self.provider
        if winner is None or winner == home:
            return
        gains = dict(scores[winner])
        if home in scores:
            gains = {name: gain - scores[home][name] for name, gain in gains.items()}
        self.model.note_move(SEGMENT, home, winner, self.seats, gains)

    def act(self) -> None:
        """Sign; without a winner the tender waits a month."""
        if self.contract is None:
            return
        self.model.contracts[self.model.month, self.row] = self.contract
        contract, month = self.contract, self.model.month
        self.waiting = contract.winner is None
        self.ends = month + (1 if self.waiting else contract.term)
        if self.waiting:
            return
        if self.provider is None:
            self.adopted = month
        if contract.winner != self.provider:
            self.since = month
            self.pay_for_deployment()
        self.provider, self.second = contract.winner, contract.second
        self.price = contract.price

    def pay_for_deployment(self) -> None:
        """E27: a regulated buyer pays a new vendor a fee for its seats, quoted per 100,000."""
        if self.regulated and self.contract.winner != OPEN:
            fee = self.settings.deployment_fee * self.seats / 0.1
            self.model.note_bill(SEGMENT, self.contract.winner, fees=fee, revenue=fee)

    def bill(self) -> None:
        """E27: tokens and money of the month; a second source takes its share at its own price."""
        offers, settings = self.model.offers[SEGMENT], self.settings
        if self.provider is not None:
            self.model.note_bill(SEGMENT, self.provider, accounts=1, users=self.seats)
        if self.second is not None:
            self.model.note_bill(SEGMENT, self.second, second_accounts=1)
        if self.provider not in offers:
            return
        reached = 1 - math.exp(-(self.model.month - self.adopted) / settings.ramp_months)
        sources = [(offers[self.provider], 1.0, self.price)]
        if self.second in offers:
            second = offers[self.second]
            sources = [
                (offers[self.provider], 1 - settings.dual_volume, self.price),
                (second, settings.dual_volume, self.quoted(second)),
            ]
        for offer, share, price in sources:
            tokens = share * reached * self.full_volume(offer.in_use, price)
            spend = tokens * price
            if offer.code == OPEN:
                self.model.note_bill(SEGMENT, OPEN, fees=settings.hosting_fee / YEAR)
            revenue = 0.0 if offer.code == OPEN else spend
            self.model.note_bill(SEGMENT, offer.code, tokens=tokens, spend=spend, revenue=revenue)
