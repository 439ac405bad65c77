"""Parameters of distress: new terms for contracts, down rounds, sales and antitrust (E42)."""

from agents.investor_parameters import CONSTANT, Sold
from agents.parameters import Parameters, Share, Whole, param

GUIDELINES = "Merger Guidelines of the United States, 2023"

# A table, set by hand: one parameter a paragraph.
# fmt: off


class DistressParameters(Parameters):
    """What happens to a provider that cannot pay, stage by stage."""

    renegotiation: Share = param(
        0.25, unit="per month", bounds=(0, 1), range=(0, 0.5), symbol="psi_r", source="assumed",
        doc="probability that clouds grant new terms to a provider whose payment pressure is above "
            "`finance.distressed`")
    moved_share: Share = param(
        0.30, unit="share", bounds=(0, 1), range=(0.15, 0.6), source=CONSTANT,
        doc="part of the dues of the next months that new terms put off")
    moved_months: Whole = param(
        24, unit="month", bounds=(1, 120), range=(12, 48), source=CONSTANT,
        doc="months whose dues are put off, and least number of months over which they are spread")
    moved_fee: float = param(
        0.10, unit="share", bounds=(0, 10), range=(0.05, 0.2), source=CONSTANT,
        doc="what is paid on top of the dues that are put off")
    down_round_runway: float = param(
        6, unit="month", bounds=(0, 1200), range=(3, 12), source=CONSTANT,
        doc="runway below which a provider whose round has failed asks for a down round")
    down_round_limit: Sold = param(
        0.35, unit="share", bounds=(0, 1), range=(0.175, 0.7), symbol="d_down", source=CONSTANT,
        doc="most that a down round sells of a provider")
    memory: Whole = param(
        6, unit="month", bounds=(0, 1200), range=(3, 12), source=CONSTANT,
        doc="months for which a round that failed counts")
    sale_months: float = param(
        3, unit="months of burn", bounds=(0, 1200), range=(1.5, 6), source=CONSTANT,
        doc="liquid means below which a provider is for sale once a down round has failed")
    bidder_means: float = param(
        0.5, unit="-", bounds=(0, 100), range=(0.25, 1), source=CONSTANT,
        doc="liquid means of a bidder, over the value of what is for sale, from which it bids")
    lowest_bid: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.25, 1), source=CONSTANT,
        doc="lowest bid over the value; bids are drawn between it and the value")
    brand_kept: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.25, 1), source=CONSTANT,
        doc="part of the brand of an absorbed provider that its buyer gains")
    blocking_concentration: Share = param(
        0.18, unit="HHI", bounds=(0, 1), range=(0.09, 0.36), source=GUIDELINES,
        doc="concentration of revenue after a merger above which it may be blocked")
    blocking_rise: Share = param(
        0.01, unit="HHI", bounds=(0, 1), range=(0.005, 0.02), source=GUIDELINES,
        doc="rise of the concentration above which a merger may be blocked")
    blocking_share: Share = param(
        0.30, unit="share", bounds=(0, 1), range=(0.15, 0.6), source=GUIDELINES,
        doc="share of revenue after a merger above which it may be blocked")
    blocking_probability: Share = param(
        0.8, unit="probability", bounds=(0, 1), range=(0, 1), symbol="pi_at", source="assumed",
        doc="probability that such a merger is blocked; 0 is no antitrust rule")
