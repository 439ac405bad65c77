"""Providers that decide, and clouds that rent compute: what must fit together in a config."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.accounts import OTHERS
from agents.codes import HOLDERS, NAMED, OPEN_NAME
from agents.parameters import SUM_TOLERANCE
from simulation.config_errors import Problem, not_there
from simulation.config_sections import POPULATIONS
from simulation.entrants import places_for_entrants
from simulation.event import EVERYBODY

if TYPE_CHECKING:
    from simulation.config import Config

RESERVED = (OPEN_NAME, EVERYBODY, *OTHERS, *HOLDERS)


def check_supply_side(config: "Config") -> Iterator[Problem]:
    """Refuse a supply side that nobody can run, where providers decide."""
    if not config.supply.endogenous:
        return
    if not config.providers:
        yield Problem(("providers",), "nobody decides; give at least one provider, as {A: {}}")
    if not config.suppliers:
        text = "nobody rents compute out; give at least one cloud, as {C: {capacity_share: 1}}"
        yield Problem(("suppliers",), text)
    yield from check_members(config)
    yield from check_shares(config)
    yield from check_money(config)
    yield from check_owners(config)
    yield from contradictions(config)
    yield from check_state(config)


def check_members(config: "Config") -> Iterator[Problem]:
    """Refuse too many providers, reserved names, and a name for two."""
    left_out = config.supply.exclude
    for name in left_out:
        if name not in config.providers:
            text = not_there(name, config.providers, "providers")
            yield Problem(("supply", "exclude"), text)
    count = len(set(config.providers) - set(left_out))
    if count > NAMED:
        text = f"{count} providers; at most {NAMED} and {OPEN_NAME} are possible; remove some"
        yield Problem(("providers",), text)
    if config.providers and not count:
        text = "every provider is excluded; keep at least one"
        yield Problem(("supply", "exclude"), text)
    seen: dict[str, str] = {}
    for steps, name, what in members(config):
        if name in RESERVED:
            yield Problem(steps, f"{name!r} has a meaning of its own; choose another name")
        elif name in seen:
            text = f"{name!r} is the name of a {seen[name]} too; choose another name"
            yield Problem(steps, text)
        seen.setdefault(name, what)
    for name in places_for_entrants(config):
        if name in seen:
            text = f"{name!r} is the name of a place for entrants; choose another name"
            yield Problem(("entry", "hazard"), text)


def members(config: "Config") -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Everybody who has a name and an account: where it stands, the name, and what it is."""
    for name in config.providers:
        yield ("providers", name), name, "provider"
    for name in config.suppliers:
        yield ("suppliers", name), name, "cloud"
    maker = config.compute.chip_maker
    yield ("compute", "chip_maker"), maker, "chip maker"
    for name in config.investors:
        if name != maker:  # who makes the chips may invest too
            yield ("investors", name), name, "investor"


def check_shares(config: "Config") -> Iterator[Problem]:
    """Refuse clouds that have more, or less, than all capacity."""
    total = math.fsum(cloud.capacity_share for cloud in config.suppliers.values())
    if config.suppliers and abs(total - 1.0) > SUM_TOLERANCE:
        text = f"capacity_share of all clouds sums to {total:.12g}, not 1; change them"
        yield Problem(("suppliers",), text)


def check_money(config: "Config") -> Iterator[Problem]:
    """Refuse homes that do not exist, and credits of nobody."""
    for name, own in config.providers.items():
        at = ("providers", name)
        if own.home is not None and own.home not in config.suppliers:
            yield Problem((*at, "home"), not_there(own.home, config.suppliers, "suppliers"))
        if own.home is None and own.credits:
            text = "credits are those of the home cloud; say which one is `home`, or set 0"
            yield Problem((*at, "credits"), text)


def check_owners(config: "Config") -> Iterator[Problem]:
    """Refuse holders and partners who do not exist, and more shares than there are."""
    for name, own in config.providers.items():
        at = ("providers", name, "holders")
        for holder in own.holders:
            if holder not in config.investors:
                yield Problem((*at, holder), not_there(holder, config.investors, "investors"))
        total = math.fsum(own.holders.values())
        if total > 1.0 + SUM_TOLERANCE:
            text = f"the entries sum to {total:.12g}, more than 1; founders have what is left"
            yield Problem(at, text)
    for name, investor in config.investors.items():
        for partner in investor.partners:
            if partner not in config.investors or partner == name:
                text = not_there(partner, set(config.investors) - {name}, "investors")
                yield Problem(("investors", name, "partners"), text)


def contradictions(config: "Config") -> Iterator[Problem]:
    """Settings that contradict each other, which events may change on the way."""
    if not config.supply.endogenous:
        return
    planning = config.planning
    if planning.markup_floor > planning.markup_limit:
        floor, limit = planning.markup_floor, planning.markup_limit
        if floor == type(planning)().markup_floor:  # who was said is the one that is told
            text = f"{limit:g} is below markup_floor, {floor:g}; raise it or lower the floor"
            yield Problem(("planning", "markup_limit"), text)
        else:
            text = f"{floor:g} is above markup_limit, {limit:g}; lower it or raise the limit"
            yield Problem(("planning", "markup_floor"), text)
    for name, own in config.providers.items():
        if own.exclusive_until and own.home is None:
            text = "there is no home cloud to be exclusive with; give `home`, or set 0"
            yield Problem(("providers", name, "exclusive_until"), text)


def check_state(config: "Config") -> Iterator[Problem]:
    """Refuse states at the start, and held states, that a market of deciders cannot have."""
    there = {
        name: own.entry
        for name, own in config.providers.items()
        if name not in config.supply.exclude
    }
    opened = any(own.open_weights and not own.entry for own in config.providers.values())
    if opened:
        there[OPEN_NAME] = 0
    for population in POPULATIONS:
        for name in getattr(config.initial, population).shares:
            at = ("initial", population, "shares", name)
            if name == OPEN_NAME and not opened:
                text = "nobody has released weights at the start; a provider with `open_weights` "
                yield Problem(at, f"{text}and entry 0 would have")
            elif name not in there:
                yield Problem(at, not_there(name, there, "providers"))
            elif there[name]:
                text = f"{name} enters in month {there[name]}; nobody can use it at the start"
                yield Problem(at, text)
    for path in config.freeze:
        if path.startswith("supply."):
            text = "providers decide, and their offers cannot be held; use a record or `offers`"
            yield Problem(("freeze", path), text)
