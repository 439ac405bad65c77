"""What a config must satisfy as a whole: networks that can be built, shares, events, memory."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.parameters import Parameters
from simulation.config_errors import Problem, not_there
from simulation.config_event_checks import CHANGEABLE, SUPPLY_SIDE, check_events
from simulation.config_sections import POPULATIONS, FileNetwork
from simulation.config_supply_checks import check_supply_side
from simulation.input_file import LARGEST_INPUT

if TYPE_CHECKING:
    from simulation.config import Config

# Rough bytes at the peak, rounded up: measured on runs of 10,000 to 3 million developers (99 bytes
# each at degree 8, over 270 MB of imports) and of 300,000 enterprises (1 kB each over two years).
BASE_BYTES = 300_000_000  # imports and code
PERSON_BYTES = 70
ENTERPRISE_BYTES = 400
NEIGHBOUR_BYTES = 4
FILE_BYTES = 15  # at most, for each byte of the file of a graph: of lines such as "1 2"
TENDER_BYTES = 250
ROW_BYTES = 200
TENDERS_PER_MONTH = 0.15
APP_BYTES = 110  # of a company and month


def mean_degree(network: Parameters) -> float:
    """Mean number of stored neighbours of an agent."""
    links = getattr(network, "links", None)
    return float(2 * links if links is not None else getattr(network, "degree", 0))


def file_bytes(network: Parameters) -> float:
    """Memory for the graph of a file: to read it, and to hold its text and its edges."""
    if not isinstance(network, FileNetwork):
        return 0.0
    try:
        size = network.path.stat().st_size
    except (OSError, ValueError):  # whoever reads it says so
        return 0.0
    return FILE_BYTES * min(size, LARGEST_INPUT)


def memory_needed(config: "Config") -> int:
    """Estimate of the bytes that a run needs at its peak."""
    people = sum(
        getattr(config, name).count
        * (PERSON_BYTES + NEIGHBOUR_BYTES * mean_degree(getattr(config.networks, name)))
        for name in ("developers", "consumers")
    )
    firms = config.enterprises.count
    firm_bytes = ENTERPRISE_BYTES + NEIGHBOUR_BYTES * mean_degree(config.networks.enterprises)
    tenders = firms * config.months * TENDERS_PER_MONTH * TENDER_BYTES
    most = max(config.apps.count, config.apps.limit) if config.apps.count else 0
    apps = most * config.months * APP_BYTES
    options = len(config.supply.offers) + 1 if config.supply.offers else 15
    rows = config.months * 3 * (options**2 + options * config.months / 2) * ROW_BYTES / 2
    files = sum(file_bytes(getattr(config.networks, name)) for name in POPULATIONS)
    return int(BASE_BYTES + people + firms * firm_bytes + tenders + apps + rows + files)


def memory_here() -> int | None:
    """Bytes of memory of this machine, or of the container; None where it cannot be known."""
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return found
    return min(found, int(limit)) if limit.isdecimal() else found


def check_memory(config: "Config") -> Iterator[Problem]:
    """Refuse a market that does not fit the machine."""
    needed, here = memory_needed(config), memory_here()
    if here is None or needed <= here:
        return
    sizes = {name: getattr(config, name).count for name in POPULATIONS}
    largest = max(sizes, key=lambda name: sizes[name])
    text = (
        f"the market needs about {needed / 1e9:.1f} GB of memory and this machine has "
        f"{here / 1e9:.1f} GB; use fewer agents or months, or a lower degree"
    )
    yield Problem((largest, "count"), text)


def check_networks(config: "Config") -> Iterator[Problem]:
    """Refuse networks that cannot be built for so many agents."""
    for name in POPULATIONS:
        network = getattr(config.networks, name)
        size = getattr(config, name).count
        found = [*too_large(network, size, name)]
        if network.family == "stochastic_block" and not found:
            found = [*too_dense(network, size)]
        for field, text in found:
            yield Problem(("networks", name, field), text)


def too_large(network: Any, size: int, name: str) -> Iterator[tuple[str, str]]:
    """Settings that ask for more than there are agents: field and text."""
    for field in ("blocks", "industries"):
        if (getattr(network, field, None) or 1) > size:
            yield field, f"more than the {size} {name}; use fewer"
    if network.family == "file" and network.industries is not None and name != "enterprises":
        yield "industries", f"only enterprises have industries, {name} have none; remove it"
    links = getattr(network, "links", 0)
    if links >= size:
        text = f"{links} links need more than {links} {name}; there are {size}"
        yield "links", f"{text}; use fewer links or family complete"
    degree = getattr(network, "degree", 0)
    if degree >= size and degree > 0:
        text = f"{degree:g} is not below {size}, the number of {name}"
        yield "degree", f"{text}; use a lower degree or family complete"


def too_dense(network: Any, size: int) -> Iterator[tuple[str, str]]:
    """More edges inside or across industries than there are pairs: field and text."""
    small, larger = divmod(size, network.industries)
    inside = (
        (network.industries - larger) * small * (small - 1) + larger * (small + 1) * small
    ) / 2
    across = size * (size - 1) / 2 - inside
    edges = network.degree * size / 2
    for where, share, pairs in (
        ("inside", network.within, inside),
        ("across", 1 - network.within, across),
    ):
        if share * edges > pairs:
            text = f"{share * edges:g} edges {where} industries, where there are {pairs:g} pairs"
            yield "degree", f"{text}; use a lower degree or another `within`"


def check_names(config: "Config") -> Iterator[Problem]:
    """Refuse names of providers that are not offered, where the offers are in the config."""
    offers = config.supply.offers
    if not offers:
        return
    for name in config.supply.exclude:
        if name not in offers:
            yield Problem(("supply", "exclude"), not_there(name, offers, "offers"))
    live = {name: offer for name, offer in offers.items() if name not in config.supply.exclude}
    for population, segment in zip(POPULATIONS, ("coding", "consumer", "enterprise"), strict=True):
        start = getattr(config.initial, population)
        for name in start.shares:
            at = ("initial", population, "shares", name)
            if name not in live:
                yield Problem(at, not_there(name, live, "offers"))
            elif segment not in live[name].segments:
                yield Problem(at, f"{name} does not serve the {segment} segment")
    for path in config.freeze:
        provider = path.partition(".")[2].partition(".")[2]
        if path.startswith("supply.") and provider and provider not in live:
            yield Problem(("freeze", path), not_there(provider, live, "offers"))


CHECKS: tuple[tuple[tuple[str, ...], Callable[["Config"], Iterator[Problem]]], ...] = (
    (("networks", *POPULATIONS), check_networks),
    (("supply", "initial", "freeze"), check_names),
    (("supply", "initial", "freeze", "suppliers", *SUPPLY_SIDE), check_supply_side),
    (("events", "supply", *CHANGEABLE), check_events),
    (("networks", "months", "supply", "apps", *POPULATIONS), check_memory),
)
