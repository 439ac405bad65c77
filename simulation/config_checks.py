"""What a config must satisfy as a whole: networks that can be built, shares, events, memory."""

import difflib
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from agents.parameters import Parameters
from simulation.config_errors import locate, some_of, unknown, wording
from simulation.config_layers import merged, node_of, spelt_out, without_nulls
from simulation.config_sections import POPULATIONS, FileNetwork
from simulation.config_shape import Shape, shape_at, split_path
from simulation.config_text import plain
from simulation.event import EVERYBODY, Action
from simulation.input_file import LARGEST_INPUT
from simulation.yaml_text import Node, Place

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
SUPPLY_SIDE = ("providers", "compute", "planning", "research", "finance")
CHANGEABLE = ("choice", *POPULATIONS, "apps", *SUPPLY_SIDE)


class Problem(NamedTuple):
    """What is wrong with a config as a whole, at the steps of a path."""

    steps: tuple[str, ...]
    text: str


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


def not_there(name: str, known: Collection[str], what: str) -> str:
    """Say that there is nobody of this name among the providers, offers or suppliers."""
    near = difflib.get_close_matches(name, list(known), 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    return f"{name} is not among the {what}; {hint}"


def check_events(config: "Config") -> Iterator[Problem]:
    """Refuse events that set what does not exist, what is fixed, or what is out of bounds."""
    root = Shape((type(config),))
    values = plain(config)
    for name, event in sorted(config.events.items(), key=lambda item: item[1].month):
        at = ("events", name, event.kind)
        for path, value in event.changes.items():
            steps = split_path(root, path, values)
            text = unchangeable(root, steps, value) or wrong_value(config, values, steps, value)
            if text:
                yield Problem((*at, path), text)
        if event.action is not None:
            for field, text in misplaced(config, event.action):
                yield Problem((*at, field) if field else at, text)


def misplaced(config: "Config", action: Action) -> Iterator[tuple[str, str]]:
    """What an event asks for that this config does not have: field and text."""
    if action.decides and not config.supply.endogenous:
        yield "", "needs providers that decide; use `supply: endogenous`, or remove the event"
        return
    name = getattr(action, "provider", EVERYBODY)
    if name != EVERYBODY and name not in config.providers:
        yield "provider", not_there(name, config.providers, "providers")


def unchangeable(root: Shape, steps: list[str], value: Any) -> str:
    """Say why an event cannot change what lies at a path; empty if it can."""
    if steps[0] not in CHANGEABLE:
        return f"an event can change only {', '.join(CHANGEABLE)}"
    holder = shape_at(root, steps[:-1])
    shape = holder.step(steps[-1]) if holder else None
    if shape is None or holder is None:
        return unknown(steps[-1], holder)
    if isinstance(value, str) and shape.meant_by(value):
        return ""
    if shape.closed:
        return f"names a whole section; name one of {some_of(shape.names())} in it"
    if shape.about and shape.about.at_start:
        return "is read once, when the market is built; no event can change it"
    return ""


def wrong_value(config: "Config", values: dict[str, Any], steps: list[str], value: Any) -> str:
    """Say what is wrong with a new value, else put it into `values`."""
    root, place = Shape((type(config),)), Place("event")
    node = node_of(plain(value), place)
    for step in reversed(steps):
        node = Node({step: node}, place, place)
    tree = merged(node_of(values, place), spelt_out(node, root), root)
    try:
        type(config).model_validate(without_nulls(tree, root).plain)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        loc = (*map(str, found["loc"]), *found.get("ctx", {}).get("at", ()))
        return wording(found["type"], found, locate(tree, root, loc))
    values[steps[0]] = tree.plain[steps[0]]
    return ""


CHECKS: tuple[tuple[tuple[str, ...], Callable[["Config"], Iterator[Problem]]], ...] = (
    (("networks", *POPULATIONS), check_networks),
    (("supply", "initial", "freeze"), check_names),
    (("events", "supply", *CHANGEABLE), check_events),
    (("networks", "months", "supply", "apps", *POPULATIONS), check_memory),
)
