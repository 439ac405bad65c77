"""Who has what when a run ends: accounts and spend by segment and provider."""

from typing import TYPE_CHECKING

from agents.codes import CONSUMER
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.market import Market

PLACES = 4  # of a share of spend


def end_of_run(config: "Config") -> dict[str, int | float]:
    """Run without records and return `ends` of its last month."""
    from simulation import Market

    market = Market(config, observe=False)
    while market.running:
        market.step()
    return ends(market)


def ends(market: "Market") -> dict[str, int | float]:
    """Accounts as `SEGMENT PROVIDER`, shares of spend as `SEGMENT spend PROVIDER`.

    Consumers are judged by their number alone.
    """
    from agents.equations.shares import shares_of

    bills, providers = market.bills, market.supply
    found: dict[str, int | float] = {}
    for segment, name in enumerate(SEGMENTS):
        paid = shares_of(bills.spend[segment])
        for provider, code in zip(providers.providers, providers.codes, strict=True):
            found[f"{name} {provider}"] = int(bills.accounts[segment, code])
            if segment != CONSUMER:
                found[f"{name} spend {provider}"] = round(float(paid[code]), PLACES)
    return found
