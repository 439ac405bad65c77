"""Developers and consumers: what they use and pay in a month (E22), at one provider or at two."""

from collections.abc import Iterator

from plain_people import Individual
from plain_supply import Offer, usage_growth


class User(Individual):
    """An individual who uses and pays; kinds of users differ in the price of a token."""

    def parts(self) -> list[tuple[int | None, float]]:
        """E21: providers and their shares of the agent's use."""
        if self.second is None:
            return [(self.provider, 1.0)]
        lent = self.settings.second_share
        return [(self.provider, 1 - lent), (self.second, lent)]

    def growth_of_use(self, offer: Offer) -> float:
        """E22: tokens over those at capability 0, 10^(theta A(Q)), Q of the version in use."""
        return usage_growth(offer.in_use, self.settings.usage_slope, self.settings.usage_saturation)

    def used(self) -> Iterator[tuple[Offer, float]]:
        """E22: offers in use and their trillion tokens of the month, as if tokens had no price."""
        for code, share in self.parts():
            offer = self.model.offers[self.segment].get(code)
            if offer is not None:
                tokens = self.settings.tokens_per_user * self.growth_of_use(offer)
                yield offer, share * tokens * self.weight * self.people

    def note_accounts(self) -> None:
        """Be counted as a user of the first provider, and apart from that of the second."""
        if self.provider is not None:
            self.model.note_bill(self.segment, self.provider, accounts=1, users=self.people)
        if self.second is not None:
            self.model.note_bill(self.segment, self.second, second_accounts=1)


class Developer(User):
    """Pays the list price for each token, and pulls the employer along."""

    name, segment = "developers", 0
    employed = False

    @property
    def price_weight(self) -> float:
        """Weight of the log list price, util."""
        return self.settings.price_weight

    def bill(self) -> None:
        """E22: tokens of the month, paid at the list price."""
        self.note_accounts()
        settings = self.settings
        for offer, wanted in self.used():
            tokens = wanted * (offer.price / settings.reference_price) ** -settings.price_elasticity
            spend = tokens * offer.price
            self.model.note_bill(
                self.segment, offer.code, tokens=tokens, spend=spend, revenue=spend
            )
            if self.employed:
                self.model.employed_spend[self.model.month, offer.code] += spend


class Consumer(User):
    """Pays a subscription, or nothing and may see advertising; there is no price per token."""

    name, segment = "consumers", 2
    price_weight = 0.0

    def bill(self) -> None:
        """E22: tokens of the month; what the paying share of the people pays the first provider."""
        self.note_accounts()
        for offer, tokens in self.used():
            self.model.note_bill(self.segment, offer.code, tokens=tokens)
        if self.provider not in self.model.offers[self.segment]:
            return
        settings, provider = self.settings, self.model.names[self.provider]
        ramp = min(1.0, settings.paying_start + settings.paying_ramp * self.model.month)
        bundle = settings.bundle_factor if provider in settings.bundled else 1.0
        paying = settings.paying_share * bundle * ramp
        spend = self.people * paying * settings.subscription_price
        free = settings.ad_revenue if provider in settings.advertisers else 0.0
        revenue = spend + self.people * (1 - paying) * free
        self.model.note_bill(self.segment, self.provider, spend=spend, revenue=revenue)
