"""Random investors and holders of providers, and newcomers, for markets that decide."""

from legal_values import Draw, Plain, entries, some_of

from agents.investor_parameters import InvestorParameters

OWNERS = ("Microsoft", "Amazon")  # of clouds
CHIP_MAKER = "Nvidia"
MOST = 13
FUNDERS = (*OWNERS, CHIP_MAKER, *(f"V{number}" for number in range(MOST)))
STRANGER = "Somebody"


def investors(draw: Draw) -> Plain:
    """No investor, or up to thirteen of any kind, who may know each other."""
    count = draw.chance.choice((0, 1, 2, 5, MOST))
    names = tuple(draw.chance.sample(FUNDERS, count))
    found: Plain = {}
    for name in names:
        own = entries(InvestorParameters.model_fields, draw)
        others = tuple(other for other in names if other != name)
        known = some_of(others, draw.chance.choice((0, 1, MOST)), draw)
        found[name] = {key: own[key] for key in own if key != "partners"} | {"partners": known}
    return found


def holders(names: tuple[str, ...], draw: Draw) -> Plain:
    """Parts of a provider that some investors hold; founders may have nothing left."""
    chosen = some_of(names, 4, draw)
    weights = [draw.chance.choice((0.0, 1e-12, 0.1, 1.0)) for _ in chosen]
    room = draw.chance.choice((0.1, 0.5, 1.0))
    whole = sum(weights)
    return {
        name: room * weight / whole if whole else 0.0
        for name, weight in zip(chosen, weights, strict=True)
    }


def often(entry: Plain, draw: Draw) -> Plain:
    """Settings of entrants of whom there often are some."""
    found = dict(entry)
    if draw.chance.random() < 1 / 2:
        found["hazard"] = draw.chance.choice((0.2, 1.0, 10.0))
    return found
