"""Parameters of unscheduled entry, and what entrants are like (E43)."""

from agents.investor_parameters import CONSTANT, Sold
from agents.parameters import Parameters, Share, param
from agents.provider_parameters import Allocation, Focus

TEMPLATE = "assumed: about that of the entrants of 2023"

# A table, set by hand: one parameter a paragraph.
# fmt: off


class EntryParameters(Parameters):
    """Who tries to enter, against which barrier, and with what."""

    hazard: float = param(
        0, unit="per month", bounds=(0, 100), range=(0, 0.5), symbol="lam_ent",
        source="assumed; the specification has .15, and 0 is a market without newcomers",
        doc="founders of companies a month at sentiment 1; above 0 at the start, the codes that no "
            "provider has are places for those who get past the barrier")
    seed: float = param(
        300, unit="M$", bounds=(1e-6, 1e9), range=(150, 600), source=CONSTANT,
        doc="median of the money that founders raise")
    seed_spread: float = param(
        1.2, unit="-", bounds=(0, 10), range=(0.6, 2.4), source=CONSTANT,
        doc="standard deviation of its logarithm")
    seed_share: Sold = param(
        0.205, unit="share", bounds=(0, 1), range=(0.1, 0.3), source="Carta: 20.5 % at seed",
        doc="part of the company that is sold for it, to investors who are not modelled")
    headroom: float = param(
        0.8, unit="OOM", bounds=(-20, 20), range=(0.4, 1.6), symbol="Delta_e", source=CONSTANT,
        doc="capability below the best from which a company can sell a model of its own; the "
            "barrier is what it costs to train one with public algorithms")
    safety: Share = param(
        0.2, unit="0-1", bounds=(0, 1), source=TEMPLATE, doc="safety index of entrants")
    brand: float = param(
        0.2, unit="-", bounds=(0, 100), source=TEMPLATE, doc="their brand stock, in every segment")
    execution: float = param(
        0.5, unit="-", bounds=(0, 10), range=(0.2, 1.5), source=TEMPLATE,
        doc="their commercial execution")
    leverage: float = param(
        0.5, unit="-", bounds=(0, 1e6), range=(0, 5), source=TEMPLATE,
        doc="commitments for compute that they bear, over a year's revenue and liquid means")
    optimism: float = param(
        0.25, unit="-", bounds=(-1, 100), range=(0, 2), source=TEMPLATE,
        doc="by how much they overrate their own growth")
    ambition: float = param(
        0.12, unit="-", bounds=(0, 100), range=(0, 1.5), source=TEMPLATE,
        doc="size of the budget that they want, over that of the frontier")
    focus: Focus = Focus()
    allocation: Allocation = Allocation()
