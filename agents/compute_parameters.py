"""Parameters of the compute market: capacity, Wright's law, rent, contracts and suppliers."""

from typing import Annotated

from pydantic import AfterValidator

from agents.parameters import Name, Origin, Parameters, Share, Whole, param, problem

STOCK = "Epoch: world stock of accelerators 2.3-3.3 x a year; the part open to these providers"
RENTS = "H100 rent: above 8 $/h in 2023, 1.7 in October 2025, 2.35 in March 2026"
CONSTANT = "constant of the specification, assumed; range half to double"
LONGEST_TERM = 240  # months
LONGEST_LEAD = 60  # months

# A table, set by hand: one parameter a paragraph.
# fmt: off


def below_one(factor: float) -> float:
    """Refuse a lower clip of demand over capacity that is not below 1."""
    if factor >= 1.0:
        raise problem(f"{factor:g} would let rent fall only; use a value below 1")
    return factor


class SupplierParameters(Parameters):
    """A cloud that rents compute to providers."""

    capacity_share: Share = param(
        ..., unit="share", bounds=(0, 1), at_start=True,
        source="assumed: Azure .30, AWS .25, GCP .20, neoclouds .25",
        doc="part of all capacity that is its own; shares of all clouds sum to 1")
    owner: Name | None = param(
        None, unit="", source="who owns the cloud", at_start=True,
        doc="investor who owns it: part of what the owner pays in a round are credits of the cloud")


class ComputeParameters(Parameters):
    """Capacity, cost and rent of compute, and what contracts for it look like (E1-E4)."""

    capacity: float = param(
        100, unit="thousand H100-equivalents", bounds=(1e-6, 1e9), range=(60, 250), symbol="K_0",
        source=STOCK, at_start=True, doc="capacity in the first month")
    capacity_growth: float = param(
        0.115, unit="per month", bounds=(0, 1), range=(0.06, 0.14), symbol="gamma_K", source=STOCK,
        doc="growth of capacity at the start")
    growth_half_life: float = param(
        45, unit="month", bounds=(1, 1e6), range=(24, 120), symbol="h_K", source=STOCK,
        doc="months in which that growth halves")
    rent: float = param(
        4, unit="$/H100e-hour", bounds=(1e-6, 1e6), range=(2, 8), symbol="w_0", source=RENTS,
        at_start=True, doc="rent in the first month")
    rent_response: float = param(
        0.35, unit="-", bounds=(0, 5), range=(0.1, 0.8), symbol="xi_w", source=RENTS,
        doc="elasticity of next month's rent to demand over capacity")
    rent_limit: float = param(
        12, unit="$/H100e-hour", bounds=(1e-6, 1e6), range=(8, 20), symbol="w_max", source=RENTS,
        doc="highest rent")
    rent_floor: float = param(
        1.1, unit="-", bounds=(0, 10), range=(0.55, 2.2), source=CONSTANT,
        doc="lowest rent over hardware cost")
    slack_limit: Annotated[float, AfterValidator(below_one)] = param(
        1 / 3, unit="-", bounds=(1e-6, 1), range=(1 / 6, 2 / 3), source=CONSTANT,
        doc="demand over capacity below which rent does not fall faster")
    tightness_limit: float = param(
        3, unit="-", bounds=(1, 1e6), range=(1.5, 6), source=CONSTANT,
        doc="demand over capacity above which rent does not rise faster")
    hardware_cost: float = param(
        2.2, unit="$/H100e-hour", bounds=(0, 1e6), range=(1, 3), symbol="c_0", at_start=True,
        source="assumed for accelerators", doc="cost of the hardware of an hour at the start")
    learning: float = param(
        0.32, unit="-", bounds=(0, 2), range=(0.15, 0.45), symbol="b_W",
        source="Wright's law: 20 % cheaper with each doubling; assumed for accelerators",
        doc="exponent by which cost falls in installed capacity")
    chip_share: Share = param(
        0.6, unit="share", bounds=(0, 1), range=(0.3, 0.8), source="assumed",
        doc="part of every payment to a cloud that it pays on to the maker of its chips")
    chip_maker: Name = param(
        "Nvidia", unit="", source="the largest one", at_start=True, doc="name of that maker")
    contract_term: Whole = param(
        48, unit="month", bounds=(1, LONGEST_TERM), range=(12, 84), symbol="term_c",
        source="assumed; deals of 5 to 8 years reported", doc="length of a contract")
    contract_lead: Whole = param(
        3, unit="month", bounds=(0, LONGEST_LEAD), range=(0, 18), symbol="lead_c", source="assumed",
        doc="months from signing to the first one served")
    contract_discount: float = param(
        0.15, unit="share", bounds=(0, 1), range=(0, 0.4), symbol="disc_c", source="assumed",
        doc="discount of a contract on the rent of the month of signing")
    reliability_memory: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.25, 0.9), source=CONSTANT,
        doc="weight of the past in the reliability that buyers see")
    sublet: float = param(
        0, unit="share", bounds=(0, 1), range=(0, 0.8), symbol="sublet", source="assumed: rigid",
        doc="part of the month's rent that a cloud pays back for contracted capacity left idle")
    export_region: Origin | None = param(
        None, unit="", source="nobody until an event says so",
        doc="country code of providers under export control")
    export_cap: Share = param(
        1, unit="share", bounds=(0, 1), source="nobody until an event says so",
        doc="part of all capacity that providers under export control may use, each")
    export_surcharge: float = param(
        0, unit="share", bounds=(0, 10), source="nobody until an event says so",
        doc="what they pay on top of the rent")
