"""Each bound and each end of a plausible range of each parameter alone, in a small market."""

import copy
import random
from collections.abc import Iterator

from legal_draws import problem_of
from legal_values import LARGEST, RECORDED, Plain, graph_file

from agents.parameters import Declaration, declarations
from simulation.config import Config

ROW = 14
REDUCED, FULL = 60, 10_000  # FULL is more than there are, so all are done
SMALL: Plain = {
    "months": 8,
    "developers": {"count": 60},
    "consumers": {"count": 60},
    "enterprises": {"count": 60},
}
# Sections of a supply side that decides, in a market in which A has all there is to have.
DECIDING: Plain = {
    "providers": {
        "A": {
            "cash": 3000, "credits": 0.5, "home": "C", "leverage": 2, "optimism": 1,
            "capability": 0.3, "parent_flow": 5, "revenue_shared": 0.2,
        },
        "B": {"raises": False, "parent_flow": 50, "open_weights": True, "origin": "CN"},
    },
    "suppliers": {"C": {"capacity_share": 0.5}, "D": {"capacity_share": 0.5}},
    "compute": {}, "planning": {"markup_floor": 0}, "research": {}, "finance": {},
    "investors": {"F": {"dry_powder": 1000}}, "investment": {}, "distress": {},
    "entry": {"hazard": 0.5, "seed": 1000},
}  # fmt: skip
PARTS = {
    "focus": ("coding", "enterprise", "consumer"),
    "allocation": ("scale", "efficiency", "safety", "sales"),
}
EVENTS: dict[str, Plain] = {
    "antitrust": {"hhi": 0.18, "rise": 0.01, "share": 0.3, "probability": 0.8},
    "capital_shock": {"shift": -0.5, "months": 3},
    "demand_shock": {"segment": "coding", "factor": 2, "months": 3},
    "efficiency_shock": {"provider": "A", "gain": 0.15, "public": 0.5},
    "export_control": {"region": "CN", "cap": 0.05, "surcharge": 0.3},
    "ipo_window": {"open": True},
    "mega_round": {"provider": "A", "amount": 100},
    "open_release": {"gain": 0.3},
    "price_war": {"provider": "A", "factor": 0.5, "months": 3},
    "safety_rule": {"minimum": 0.35},
    "supply_shock": {"factor": 0.5, "months": 3},
}
USERS = {"adopted": 0.5, "shares": {"A": 0.5, "B": 0.5}, "tenure": 3}


def run(seed: int, count: int) -> list[str]:
    """Run a sample of the corners, or all of them."""
    every = list(corners())
    chosen = random.Random(seed).sample(every, min(count, len(every)))
    tried = [(path, value, problem_of(values)) for path, value, values in chosen]
    return [f"{path} = {value!r}: {problem}" for path, value, problem in tried if problem]


def corners() -> Iterator[tuple[str, float, Plain]]:
    """Path, value and config of each corner."""
    for row in declarations(Config):
        for value in ends(row):
            yield row.path, value, with_value(row.path.split("."), value)


def ends(row: Declaration) -> list[float]:
    """Ends of bounds and range that a short run of a small market can have."""
    bounds, name = row.about.bounds, row.path.rpartition(".")[2]
    if bounds is None or row.about.whole:
        return []
    whole = isinstance(row.default, int) or name in ("month", "tenure")
    found = [*bounds, *(row.about.range or ())]
    most = LARGEST.get(name, bounds[1])
    return [int(value) if whole else float(value) for value in sorted({*found}) if value <= most]


def with_value(steps: list[str], value: float) -> Plain:
    """Plain config with one value, the rest small or the default's."""
    if steps[0] in DECIDING or (steps[0] == "events" and len(steps) > 3):
        return with_deciders(steps, value)
    on_record = "NAME" not in steps and steps[0] != "initial"
    supply: Plain = {"recorded": str(RECORDED)} if on_record else {"offers": {"A": {}, "B": {}}}
    values: Plain = {**SMALL, "supply": supply}
    if steps[0] == "networks" and len(steps) == 4:  # networks.developers.ring.degree
        path = {"path": graph_file()} if steps[2] == "file" else {}
        values["networks"] = {steps[1]: {"family": steps[2], **path, steps[3]: value}}
    elif steps[0] == "supply":
        supply["offers"]["A"] = {steps[-1]: value}
    elif steps[0] == "initial":
        values["initial"] = {steps[1]: {**USERS, steps[2]: value}}
    elif steps[0] == "events":
        values["events"] = {"e": {"month": value, "set": {"developers.peer_weight": 3}}}
    elif len(steps) == 1:
        values[steps[0]] = value
    else:
        inner = values.setdefault(steps[0], {}) if steps[0] in values else {}
        values[steps[0]] = nested({**inner}, steps[1:], value)
    return values


def with_deciders(steps: list[str], value: float) -> Plain:
    """Plain config of a small market whose providers decide, with one value."""
    values: Plain = {**SMALL, "supply": {"endogenous": True}, **copy.deepcopy(DECIDING)}
    own = values["providers"]["A"]
    if steps[0] == "events":
        kind, key = steps[2:]
        values["events"] = {"e": {"month": 3, kind: {**EVENTS[kind], key: value}}}
    elif steps[0] == "suppliers":
        values["suppliers"]["C"]["capacity_share"] = value
        if is_number(value) and 0 <= value <= 1:
            values["suppliers"]["D"]["capacity_share"] = 1 - value
    elif steps[2:3] == ["strategy"]:
        own["strategy"] = {"family": steps[3], steps[4]: value}
    elif steps[-2] in PARTS:
        parts = PARTS[steps[-2]]
        rest = (1 - value) / (len(parts) - 1) if is_number(value) else 1 / len(parts)
        divided = {**dict.fromkeys(parts, rest), steps[-1]: rest if value is None else value}
        (own if steps[0] == "providers" else values["entry"])[steps[-2]] = divided
    elif steps[0] == "investors":
        values["investors"]["F"][steps[2]] = value
    elif steps[0] == "providers":
        own[steps[2]] = value
    else:
        values[steps[0]] = {**values[steps[0]], steps[1]: value}
        if steps[1] == "markup_floor":
            values["planning"]["markup_limit"] = max(value, 3) if is_number(value) else 3
    return values


def is_number(value: object) -> bool:
    """Whether something can be reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def nested(section: Plain, steps: list[str], value: float) -> Plain:
    """Section with a value below it."""
    rest = nested({}, steps[1:], value) if len(steps) > 1 else value
    return {**section, steps[0]: rest}
