"""V19: a provider is what it offers, not what it is called nor where it stands in the config.

Draws are keyed to the names of providers.  In another order the same market therefore has the same
history, provider by provider.  With the names handed round it has another history of the same law.
And two providers that differ in their names alone have equal shares in the mean.

Measured in a small market with everything at work.  In the reverse order: first and second
providers of all agents and providers of companies in all months, of which none may differ, and
bills, which may differ by the rounding of sums in another order.  Over 40 histories under the names
as they are and 40 with the names handed round, shares of accounts in the three segments after 18
months: no offer's mean changes, and the difference of the twins has mean 0, by the errors across
histories; no distribution changes, by the distance of Smirnov's two-sample test, which one pair of
10,000 would reach.

Smirnov, N. (1939), Bulletin Mathématique de l'Université de Moscou 2: 3-16.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.verification.case import (
    BLOCKS,
    ERROR_RATE,
    Case,
    Row,
    across_blocks,
    at_most,
    furthest,
    identity,
    same,
)
from experiments.verification.theory import SEGMENT_OF, Numbers, offers_of
from simulation.columns import SEGMENTS
from simulation.config import load, with_changes
from simulation.config_text import plain
from simulation.market import Market

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

HISTORIES = 40
BILLED = ("tokens", "spend", "fees", "app_tokens", "app_spend", "revenue")
BETTER = "supply.offers.Bravo.product_term=0.4"


def with_offers(config: "Config", offers: Mapping[str, Any]) -> "Config":
    """The same market with other offers, in the order of `offers`."""
    values = plain(config)
    values["supply"]["offers"] = dict(offers)
    return load(values)


def in_reverse(config: "Config") -> "Config":
    """The same market with its providers in the reverse order."""
    offers = plain(config)["supply"]["offers"]
    return with_offers(config, {name: offers[name] for name in reversed(offers)})


def handed_round(config: "Config") -> "Config":
    """The same market where each provider has the name of the next one; OPEN stays."""
    offers = plain(config)["supply"]["offers"]
    names = [name for name in offers if name != "OPEN"]
    renamed = {name: offers[names[place - 1]] for place, name in enumerate(names)}
    return with_offers(config, offers | renamed)


def months_of(config: "Config") -> Iterable[Market]:
    """The market after each month."""
    market = Market(config, observe=False)
    while market.running:
        market.step()
        yield market


def history(config: "Config") -> tuple[NDArray[np.uint64], Numbers]:
    """Every choice by the key of its provider's name, and every bill by name, month by month."""
    choices: list[NDArray[np.uint64]] = []
    bills: list[Numbers] = []
    for market in months_of(config):
        codes = dict(zip(market.supply.providers, market.supply.codes, strict=True))
        by_name = [codes[name] for name in sorted(codes)]
        columns = [
            getattr(market, population).get(column)
            for population in SEGMENT_OF
            for column in ("provider", "second")
        ]
        columns.append(market.apps.get("provider"))
        choices += [market.supply.keys[column] for column in columns]
        bills += [getattr(market.bills, column)[:, by_name].ravel() for column in BILLED]
    return np.concatenate(choices), np.concatenate(bills)


def outcomes(config: "Config") -> Numbers:
    """Shares of accounts at the end of HISTORIES runs, shape (histories, 3 segments, offers)."""
    found = []
    for step in range(HISTORIES):
        *_, market = months_of(with_changes(config, {"seed": config.seed + step}))
        accounts = market.bills.accounts[:, market.supply.codes]
        found.append(accounts / accounts.sum(axis=1, keepdims=True))
    return np.stack(found)


def reordered(config: "Config", trial: "Trial") -> list[Row]:
    """Choices and bills that another order of the providers changes."""
    one, first = history(in_reverse(config))
    other, second = history(trial.market.origin)
    differ = np.count_nonzero(one != other) if len(one) == len(other) else len(one)
    return [
        same(f"choices that differ, of {len(one):,}", 0, int(differ)),
        identity("bills", first, second),
    ]


def renamed(config: "Config", trial: "Trial") -> list[Row]:
    """Shares of each offer under its own name and under another, and of the twins there."""
    own = outcomes(config)
    apart = with_changes(handed_round(trial.market.origin), {"seed": config.seed + HISTORIES})
    names = list(offers_of(config))
    moved = [*range(1, len(names) - 1), 0, len(names) - 1]  # where each offer stands now
    other = outcomes(apart)[:, :, moved]
    rows = []
    for place, segment in enumerate(SEGMENTS):
        lead = other[:, place, names.index("Bravo")] - other[:, place, names.index("Alpha")]
        pairs = [(own[:, place, offer], other[:, place, offer]) for offer in range(len(names))]
        means = [
            two_means(f"share of {name}, {segment}", *pair)
            for name, pair in zip(names, pairs, strict=True)
        ]
        far = max(float(stats.ks_2samp(*pair).statistic) for pair in pairs)
        rows += [
            across_blocks(f"share of Bravo less Alpha's, {segment}", 0.0, lead),
            furthest(means),
            at_most(f"distance of distributions, {segment}", smirnov(HISTORIES), far),
        ]
    return rows


def two_means(what: str, one: Numbers, other: Numbers) -> Row:
    """Mean of a sample against that of another, of equal size; the error is that of both."""
    count = len(one)
    error = np.sqrt((np.var(one, ddof=1) + np.var(other, ddof=1)) / count)
    reach = float(stats.t.isf(ERROR_RATE / 2.0, 2 * count - 2)) * float(error)
    return Row(what, float(np.mean(one)), float(np.mean(other)), reach, BLOCKS)


def smirnov(count: int) -> float:
    """Distance of two samples of `count` each that one pair of 10,000 reaches."""
    steps = np.arange(count + 1) / count
    chance = 2.0 * np.exp(-count * steps**2)
    return float(steps[np.argmax(chance <= ERROR_RATE)])


CASES = (
    Case(
        name="V19",
        config="v19_twins",
        law="the order of the providers in the config changes nothing",
        source="draws keyed to names",
        check=reordered,
        twin=(BETTER,),
    ),
    Case(
        name="V19",
        config="v19_twins",
        law="names do not matter: twins have equal shares, and names handed round the same law",
        source="Smirnov 1939",
        check=renamed,
        twin=(BETTER,),
    ),
)
