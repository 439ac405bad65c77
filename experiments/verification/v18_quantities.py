"""V18: agents and tokens are neither made nor lost.

In every month those who use a provider, as the accounts have it, and those who use none, as the
agents themselves have it, are all there are; and each provider has the agents who name it.  Every
token that somebody demands is billed once: what a provider bills is what those who name it use at
its capability and price, all that is served and no more than they demand, and what is paid for it
is the sum over payers of tokens times the payer's own price.  Payers are developers, consumers and
firms, and on top of them companies that resell what they buy, with what providers have absorbed.

Measured in all months of two markets, one recorded and one at limit values: agents who are missing
or in the wrong account, first and second providers together; tokens and spend of each segment,
month and provider, counted payer by payer from the columns with the formulas of E22, E27 and E29
written anew.  The accounts and bills come from totals that the model keeps as agents move.  In the
twins every population lacks one agent, and bills are too high by one part in a hundred million.

Conservation as a check of code: Roache, P. (1998), Verification and Validation in Computational
Science and Engineering, Hermosa.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.verification.case import IDENTITY, Case, Row, at_most, identity, same
from experiments.verification.theory import SEGMENT_OF, Numbers
from simulation.columns import SEGMENTS
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

OPEN, NOBODY, EVERY_CODE = 14, 15, 16
WEIGHT = 2.0**-16  # unit of the spending weights of individuals
PLACE = {name: SEGMENTS.index(segment) for name, segment in SEGMENT_OF.items()}
POPULATIONS = tuple(sorted(PLACE, key=lambda name: PLACE[name]))  # in the order of segments


class Count(NamedTuple):
    """Agents, tokens and money by month, segment and code: in the books, or counted anew.

    accounts, seconds : agents.  tokens, served : trillion, of direct users and of all.  spend : M$.
    app_tokens, app_spend : of application companies, on top.  outside : (months, 3), agents on
    nobody.
    """

    accounts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    tokens: Numbers
    spend: Numbers
    app_tokens: Numbers
    app_spend: Numbers
    served: Numbers
    outside: NDArray[np.int64]


def counts(rules: "Config", config: "Config") -> tuple[Count, Count]:
    """Run `config`; return its books, and the same counted from its agents by the `rules`."""
    market = Market(config, observe=False)
    books, counted = [], []
    while market.running:
        market.step()
        bills = market.bills
        outside = np.array([(firsts(market, name) == NOBODY).sum() for name in POPULATIONS])
        parts = [PAYERS[name](market, rules) for name in POPULATIONS]
        tokens, spend = (np.array(part) for part in zip(*parts, strict=True))
        apps = companies(market, rules, tokens.sum(axis=1))
        kept = [getattr(bills, name) for name in Count._fields[:-1]]
        books.append(Count._make([*kept, outside]))
        served = tokens + apps[0]
        counted.append(Count(*heads(market), tokens, spend, *apps, served, outside))
    return stacked(books), stacked(counted)


def stacked(months: list[Count]) -> Count:
    """One count of all months."""
    return Count(*(np.stack(column) for column in zip(*months, strict=True)))


def billed_month(market: Market) -> int:
    """Month that the last step has billed."""
    return market.month - 1


def firsts(market: Market, name: str) -> NDArray[np.uint8]:
    """First provider of each agent of a population."""
    codes: NDArray[np.uint8] = getattr(market, name).get("provider")
    return codes


def heads(market: Market) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Agents who name each provider as their first, and as their second; each (3, codes)."""
    found = [np.zeros((len(SEGMENTS), EVERY_CODE), np.int64) for _ in range(2)]
    for name, place in PLACE.items():
        for table, column in zip(found, ("provider", "second"), strict=True):
            codes, agents = np.unique(getattr(market, name).get(column), return_counts=True)
            table[place, codes] = agents
    for table in found:
        table[:, NOBODY] = 0
    return found[0], found[1]


def demand(settings: Any, capability: Numbers) -> Numbers:
    """Factor 10^(θA) on use from the capability that is used."""
    saturation = settings.usage_saturation
    reached = saturation * (1.0 - np.exp(-np.maximum(capability, 0.0) / saturation))
    factor: Numbers = 10.0 ** (settings.usage_slope * reached)
    return factor


def summed(code: NDArray[np.uint8], amount: Numbers) -> Numbers:
    """Sum of the amounts of each code, shape (codes,)."""
    total = np.zeros(EVERY_CODE)
    np.add.at(total, code, amount)
    return total


def used(market: Market, name: str, settings: Any) -> tuple[NDArray[np.uint8], Numbers]:
    """Provider and million users of each use of individuals: all firsts, then all seconds."""
    people, offers = getattr(market, name), market.offers
    first, second = people.get("provider"), people.get("second")
    users = people.get("weight") * WEIGHT * settings.real_users / len(people)
    lent = np.where(second != NOBODY, settings.second_share, 0.0) * users
    code, amount = np.concatenate([first, second]), np.concatenate([users - lent, lent])
    amount[~offers.live[PLACE[name]][code]] = 0.0
    return code, amount


def developers(market: Market, rules: "Config") -> tuple[Numbers, Numbers]:
    """Tokens and spend of developers, who pay the list price for each token."""
    settings, offers, place = rules.developers, market.offers, PLACE["developers"]
    code, users = used(market, "developers", settings)
    price = np.where(users > 0.0, offers.price[place][code], 1.0)
    answer = (price / settings.reference_price) ** -settings.price_elasticity
    grown = demand(settings, offers.in_use[place][code])
    tokens = users * settings.tokens_per_user * grown * answer
    return summed(code, tokens), summed(code, tokens * price)


def consumers(market: Market, rules: "Config") -> tuple[Numbers, Numbers]:
    """Tokens of consumers, and the subscriptions to their first assistants."""
    settings, offers, place = rules.consumers, market.offers, PLACE["consumers"]
    code, users = used(market, "consumers", settings)
    tokens = users * settings.tokens_per_user * demand(settings, offers.in_use[place][code])
    first = firsts(market, "consumers")
    first = first[offers.live[place][first]]
    bundled = np.isin(np.array(market.supply.names), settings.bundled)[first]
    if market.endogenous:  # strategies say who bundles
        bundled = market.labs.bundles[first]
    ramp = min(1.0, settings.paying_start + settings.paying_ramp * billed_month(market))
    paying = settings.paying_share * ramp * np.where(bundled, settings.bundle_factor, 1.0)
    people = settings.real_users / len(market.consumers)
    return summed(code, tokens), summed(first, people * paying * settings.subscription_price)


def enterprises(market: Market, rules: "Config") -> tuple[Numbers, Numbers]:
    """Tokens and spend of firms: the first source at the contract price, the second at today's."""
    settings, offers, place = rules.enterprises, market.offers, PLACE["enterprises"]
    firms, live = market.enterprises, offers.live[place]
    first, second = firms.get("provider"), firms.get("second")
    age = billed_month(market) - firms.get("adopted").astype(np.float64)
    served = live[first] & (first != NOBODY)
    seats = settings.seats / len(firms) * firms.get("weight")
    volume = np.where(served, seats * (1.0 - np.exp(-age / settings.ramp_months)), 0.0)
    lent = np.where(live[second], settings.dual_volume, 0.0) * volume
    today = offers.price[place] * (1.0 - settings.discount)
    today[OPEN] = offers.price[place, OPEN] / settings.host_margin
    code, amount = np.concatenate([first, second]), np.concatenate([volume - lent, lent])
    price = np.where(amount > 0.0, np.concatenate([firms.get("price"), today[second]]), 1.0)
    answer = (price / settings.reference_price) ** -settings.price_elasticity
    grown = demand(settings, offers.in_use[place][code])
    tokens = amount * settings.tokens_per_seat * grown * answer
    return summed(code, tokens), summed(code, tokens * price)


def companies(market: Market, rules: "Config", direct: Numbers) -> tuple[Numbers, Numbers]:
    """Tokens and spend of application companies and of the use that providers have absorbed.

    direct : (3,), tokens of the direct users of each segment, trillion.
    """
    apps = market.apps
    place, code = apps.get("segment"), apps.get("provider")
    part = apps.in_house.copy()
    np.add.at(part, (place, code), apps.get("share"))
    part[:, NOBODY] = 0.0
    tokens = rules.apps.usage_share * direct[:, None] * part
    # Nobody sells tokens to consumers: who builds for them buys what enterprises are offered.
    price = market.offers.price[[PLACE["developers"], *[PLACE["enterprises"]] * 2]]
    return tokens, tokens * price


PAYERS = {"developers": developers, "consumers": consumers, "enterprises": enterprises}


def conserved(config: "Config", trial: "Trial") -> list[Row]:
    """Agents astray in any month, and tokens and spend that nobody or two have."""
    books, counted = counts(config, trial.market.origin)
    rows = [astray(config, books, counted)]
    for name in POPULATIONS:
        place = PLACE[name]
        tokens = (counted.tokens[:, place], books.tokens[:, place])
        rows += [
            identity(f"tokens, {name}", *tokens),
            identity(f"spend, {name}", counted.spend[:, place], books.spend[:, place]),
        ]
    over = books.tokens + books.app_tokens - counted.served
    most = float((over / np.where(counted.served > 0.0, counted.served, 1.0)).max())
    return [
        *rows,
        identity("tokens, companies", counted.app_tokens, books.app_tokens),
        identity("spend, companies", counted.app_spend, books.app_spend),
        identity("tokens served", counted.served, books.served),
        at_most("tokens billed beyond demand", IDENTITY, most),
    ]


def astray(config: "Config", books: Count, counted: Count) -> Row:
    """Agents missing from the accounts of a month, or in the account of another provider."""
    agents = np.array([getattr(config, name).count for name in POPULATIONS])
    lost = np.abs(books.accounts.sum(axis=2) + books.outside - agents).sum()
    for kept, found in ((books.accounts, counted.accounts), (books.seconds, counted.seconds)):
        lost += np.abs(kept - found).sum()
    return same(f"agents astray, of {agents.sum() * len(books.outside):,}", 0, int(lost))


TOO_MUCH = (  # of the defaults, by one part in a hundred million
    "developers.tokens_per_user=0.3500000035",
    "consumers.tokens_per_user=0.0200000002",
    "enterprises.tokens_per_seat=0.200000002",
    "consumers.subscription_price=20.0000002",
)


CASES = (
    Case(
        name="V18",
        config="v18_recorded",
        law="no agent is lost and each token is billed once, on the record",
        source="Roache 1998",
        check=conserved,
        twin=(
            *("developers.count=2999", "consumers.count=2999", "enterprises.count=399"),
            *TOO_MUCH,
        ),
        twin_in_words="one agent fewer, and of 100 million tokens and dollars one too many",
    ),
    Case(
        name="V18",
        config="v18_cliques",
        law="nor at limit values",
        source="Roache 1998",
        check=conserved,
        twin=(*("developers.count=999", "consumers.count=999", "enterprises.count=199"), *TOO_MUCH),
        twin_in_words="one agent fewer, and of 100 million tokens and dollars one too many",
    ),
)
