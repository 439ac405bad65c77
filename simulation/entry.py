"""Scheduled entry of providers, with what they bring (section 5, E43's rule for their model)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.open_weights import ANYBODY

if TYPE_CHECKING:
    from agents.parameters import Parameters
    from agents.provider_parameters import ProviderParameters
    from simulation.config import Config
    from simulation.market import Market


def enter(market: "Market", month: int) -> None:
    """Let in all who are due in `month`, to sell from then on."""
    if month not in market.roster.entries:
        return
    for code, name in zip(market.supply.codes, market.supply.providers, strict=True):
        own = market.config.providers.get(name)
        if own is not None and own.entry == month:
            found(market, code, own, month)


def found(market: "Market", code: int, own: "ProviderParameters", month: int) -> None:
    """Give a provider what it starts with."""
    labs = market.labs
    capability = entrant_capability(market) if own.capability is None else own.capability
    labs.entered[code], labs.founded[code] = True, month
    labs.capability[code] = capability
    labs.efficiency[code] = labs.serving_efficiency[code] = own.efficiency
    labs.size[code] = capability - own.efficiency
    labs.safety[code], labs.brand[:, code] = own.safety, own.brand
    labs.focus[:, code], labs.allocation[:, code] = parts(own.focus), parts(own.allocation)
    labs.markup[code], labs.weights[code] = market.config.planning.markup, own.open_weights
    in_credits = own.credits * own.cash
    if own.home is not None:
        home = market.compute.names.index(own.home)
        labs.credits[code, home] = in_credits
        market.ledger.bring(int(market.ledger.owners[home]), in_credits)
    labs.cash[code] = own.cash - in_credits
    labs.paid_in[code] = own.cash
    market.ledger.bring(code, own.cash - in_credits)
    market.equity.found(code, own.holders, own.valuation, month)


def parts(section: "Parameters") -> list[float]:
    """Parts of a whole that a section says, in the order of their declaration."""
    return [part for _, part in section]


def divide_anew(market: "Market", before: "Config") -> None:
    """Give focus and allocation that an event set to who is on the market.

    What a provider has made of its own since its entry is given up for them.
    """
    labs, active = market.labs, market.labs.active.tolist()
    for code, own in market.roster.settings.items():
        was = before.providers.get(market.supply.names[code], before.entry)  # or an entrant
        if not active[code]:
            continue
        # What no event has set is the same object, which takes less time to see.
        if own.focus is not was.focus and own.focus != was.focus:
            labs.focus[:, code] = parts(own.focus)
        if own.allocation is not was.allocation and own.allocation != was.allocation:
            labs.allocation[:, code] = parts(own.allocation)


def entrant_capability(market: "Market") -> float:
    """E43: a little below open weights; before there are any, below the best of who will open.

    Where nobody opens weights, below the weakest on the market; 0 where there is nobody.
    """
    labs, opened = market.labs, market.open_models
    lag = market.config.research.entry_lag
    if opened.exists[ANYBODY]:
        return float(opened.capability[ANYBODY]) - lag
    settings = market.roster.settings
    opening = [
        code
        for code in np.flatnonzero(labs.active).tolist()
        if labs.weights[code] or settings[code].strategy.family == "open_weights"
    ]
    if opening:
        return float(labs.capability[opening].max()) - lag
    active = labs.active
    return float(labs.capability[active].min()) - lag if active.any() else 0.0
