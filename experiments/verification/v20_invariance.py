"""V20: what must not change any choice.

Twice the price of everything adds the same to every offer's ln p, so choices stay and bills double
(where use does not depend on price).  Other units of tokens, with prices and use to match, change
nothing but the count of tokens.  Agents who know nobody here change nobody else; neither does an
offer that nobody would take, because each offer's luck is its own.

Measured: choices of all developers, consumers and enterprises in all 24 months, agent by agent, in
two runs: none may differ.  Sums of money and tokens agree to 1e-9.

Metamorphic testing: Chen, T. Y., Cheung, S. C. and Yiu, S. M. (1998), HKUST-CS98-01.
"""

from typing import TYPE_CHECKING

from experiments.verification.case import Case, Row, identity, same
from experiments.verification.theory import Numbers
from experiments.verification.trial import differences, trial_of

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

PRICES = {"Alpha": 12.0, "Bravo": 6.0, "Charlie": 18.0, "Delta": 1.5, "OPEN": 1.0}
FACTOR = 1000.0  # smaller units in a larger one
TWICE = tuple(f"supply.offers.{name}.price={2 * price}" for name, price in PRICES.items())
SMALLER = tuple(f"supply.offers.{name}.price={price / FACTOR}" for name, price in PRICES.items())
REFERENCES = ("developers.reference_price=0.01", "enterprises.reference_price=0.01")
USES = (
    "developers.tokens_per_user=350",
    "consumers.tokens_per_user=20",
    "enterprises.tokens_per_seat=200",
)
FEES = ("enterprises.hosting_fee=4", "enterprises.deployment_fee=10")


def unchanged(config: "Config", trial: "Trial") -> list[Row]:
    """Choices of those who are in both markets that differ from the config as it stands."""
    other = trial_of(config)
    whole = sum(choices[1:].size for choices in other.choices.values())
    return [same(f"choices that differ, of {whole:,}", 0, differences(other, trial))]


def sums(trial: "Trial", name: str) -> Numbers:
    """A column of the segments table."""
    values: Numbers = trial.market.records.table("segments")[name]
    return values


def dearer(config: "Config", trial: "Trial") -> list[Row]:
    """Choices at twice the price, and what is paid."""
    paid = sums(trial_of(config), "spend")
    return [*unchanged(config, trial), identity("spend x 2", 2.0 * paid, sums(trial, "spend"))]


def other_units(config: "Config", trial: "Trial") -> list[Row]:
    """Choices in other units, what is paid, and what is used."""
    before = trial_of(config)
    paid, used = sums(before, "spend"), FACTOR * sums(before, "tokens")
    return [
        *unchanged(config, trial),
        identity("spend", paid, sums(trial, "spend")),
        identity("tokens x 1000", used, sums(trial, "tokens")),
    ]


CASES = (
    Case(
        name="V20",
        config="v20_prices",
        law="at twice the price of everything all choose the same and pay double",
        source="Chen, Cheung and Yiu 1998",
        check=dearer,
        sets=(*TWICE, *FEES, "consumers.subscription_price=40"),
        twin=(*TWICE[:-1], *FEES, "consumers.subscription_price=40"),
        twin_in_words="OPEN's price stays",
    ),
    Case(
        name="V20",
        config="v20_market",
        law="in other units of tokens all choose the same and pay the same",
        source="Chen, Cheung and Yiu 1998",
        check=other_units,
        sets=(*SMALLER, *REFERENCES, *USES),
        twin=(*SMALLER[1:], *REFERENCES, *USES),
        twin_in_words="Alpha's price stays in the old unit",
    ),
    Case(
        name="V20",
        config="v20_cliques",
        law="agents who know nobody here change nobody else's choice",
        source="Chen, Cheung and Yiu 1998",
        check=unchanged,
        sets=(
            *("developers.count=2100", "networks.developers.blocks=21"),
            *("consumers.count=2100", "networks.consumers.blocks=21"),
            *("enterprises.count=500", "networks.enterprises.blocks=5"),
        ),
        twin=("developers.count=2100", "consumers.count=2100", "enterprises.count=500"),
        twin_in_words="as many more, but in the old cliques",
    ),
    Case(
        name="V20",
        config="v20_hopeless",
        law="an offer that nobody would take changes nobody's choice by leaving the market",
        source="Chen, Cheung and Yiu 1998",
        check=unchanged,
        sets=("supply.offers.Alpha=null",),
        twin=("supply.offers.Alpha.product_term=0",),
        twin_in_words="it stays, and some would take it",
    ),
)
