"""Parameters of investors and of the rounds in which they fund providers (E35-E41)."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from agents.parameters import Names, Parameters, Share, Whole, param, problem

DEALS = "assumed: order of magnitude of deals since 2023"
CONSTANT = "constant of the specification, assumed; range half to double"
ASSUMED_LOGIT = "assumed; role of networks: Hochberg, Ljungqvist and Lu 2007"

# A table, set by hand: one parameter a paragraph.
# fmt: off


def below_one(share: float) -> float:
    """Refuse a round that sells all of a company."""
    if share >= 1.0:
        raise problem(f"{share:g} would sell the whole company; use a value below 1")
    return share


Sold = Annotated[Share, AfterValidator(below_one)]


class InvestorParameters(Parameters):
    """Somebody who buys shares of providers."""

    kind: Literal["strategic", "venture", "growth"] = param(
        "venture", unit="", source="who they are", at_start=True,
        doc="strategic investors sell compute, growth investors are pools to whom rivals do not "
            "matter, venture funds sell when a provider is listed")
    dry_powder: float = param(
        500, unit="M$", bounds=(0, 1e9), source=DEALS, at_start=True,
        doc="money to invest at the start")
    inflow: float = param(
        150, unit="M$/month", bounds=(0, 1e9), source=DEALS,
        doc="new money a month at sentiment 1")
    partners: Names = param(
        (), unit="", source="assumed", at_start=True,
        doc="investors with whom it has shared a round before the start")


class InvestmentParameters(Parameters):
    """What providers are worth, when they raise, who joins, and when they are listed."""

    multiple: float = param(
        8, unit="-", bounds=(0, 1000), range=(3, 15), symbol="M0", source="mature software 7-8 x",
        doc="value over annual revenue without growth")
    growth_floor: float = param(
        -0.5, unit="per year", bounds=(-1, 0), range=(-1, -0.25), source=CONSTANT,
        doc="lowest growth that investors extrapolate")
    growth_limit: float = param(
        4, unit="per year", bounds=(0, 100), range=(2, 8), source=CONSTANT,
        doc="highest growth that they extrapolate")
    growth_unknown: float = param(
        3, unit="per year", bounds=(-1, 100), range=(1.5, 6), source=CONSTANT,
        doc="growth that they expect of a provider without a year of revenue")
    option_value: float = param(
        20_000, unit="M$", bounds=(0, 1e9), range=(2_000, 60_000), symbol="v0",
        source="multiples of 200-400 x in 2023",
        doc="value of being at the frontier of a market without revenue")
    option_share: float = param(
        1.0, unit="-", bounds=(0, 100), range=(0, 3), symbol="v1", source="assumed",
        doc="further value of being there, over the annual revenue of the market")
    gap_scale: float = param(
        0.6, unit="OOM", bounds=(1e-3, 1e3), range=(0.3, 1.5), symbol="Delta_a", source="assumed",
        doc="gap to the frontier over which that value falls to 1/e")
    ante: float = param(
        1.3, unit="-", bounds=(0, 100), range=(0.65, 2.6), source=CONSTANT,
        doc="budget that it takes to be at the frontier, over the second-largest one")
    need_months: float = param(
        24, unit="month", bounds=(0, 1200), range=(12, 48), source=CONSTANT,
        doc="months that a round is to pay for")
    interval: Whole = param(
        6, unit="month", bounds=(0, 1200), range=(3, 12), source=CONSTANT,
        doc="least months between two rounds of a provider")
    runway_trigger: float = param(
        12, unit="month", bounds=(0, 1200), range=(6, 24), source=CONSTANT,
        doc="runway below which a provider raises")
    step_up: float = param(
        1.5, unit="-", bounds=(0, 1000), range=(0.75, 3), source=CONSTANT,
        doc="rise of the value since the last round from which a provider raises ahead of need")
    dilution_limit: Sold = param(
        0.15, unit="share", bounds=(0, 1), range=(0.1, 0.25), symbol="d_max",
        source="Carta: 20.5 % at seed to 10.3 % in series D",
        doc="most that a round sells of a provider")
    acceptance: float = param(
        -1.5, unit="logit", bounds=(-50, 50), range=(-4, 0), symbol="i_0", source=ASSUMED_LOGIT,
        doc="readiness to join a round, all else 0")
    growth_weight: float = param(
        0.5, unit="logit", bounds=(-50, 50), range=(0, 4), symbol="i_g", source=ASSUMED_LOGIT,
        doc="effect of the provider's growth")
    herding: float = param(
        2, unit="logit", bounds=(-50, 50), range=(0, 4), symbol="i_h", source=ASSUMED_LOGIT,
        doc="effect of co-investors who are in already, as a part of all of one's co-investors")
    strategic_weight: float = param(
        1.5, unit="logit", bounds=(-50, 50), range=(0, 4), symbol="i_s", source=ASSUMED_LOGIT,
        doc="effect on who sells compute and sells little of it to the provider")
    conflict_weight: float = param(
        2, unit="logit", bounds=(-50, 50), range=(0, 4), symbol="i_c", source=ASSUMED_LOGIT,
        doc="effect, against joining, of a stake in a leading rival")
    holder_weight: float = param(
        1, unit="logit", bounds=(-50, 50), range=(0, 4), symbol="i_p", source=ASSUMED_LOGIT,
        doc="effect of holding shares of the provider already")
    conflict_stake: Share = param(
        0.05, unit="share", bounds=(0, 1), range=(0.025, 0.1), source=CONSTANT,
        doc="stake in a rival above which there is a conflict")
    conflict_rivals: Whole = param(
        3, unit="providers", bounds=(0, 16), range=(2, 6), source=CONSTANT,
        doc="how many of the largest providers by revenue count as leading")
    little_contracted: Share = param(
        0.25, unit="share", bounds=(0, 1), range=(0.1, 0.5), source="assumed",
        doc="part of a provider's contracts for compute below which a seller of compute sells "
            "little to it")
    ticket_share: Share = param(
        0.35, unit="share", bounds=(0, 1), range=(0.1, 0.6), symbol="phi_t", source="assumed",
        doc="part of its dry powder that an investor offers")
    commitment: float = param(
        1.5, unit="-", bounds=(0, 100), range=(0, 4), symbol="kap_c", source="assumed",
        doc="compute to sign for with a seller of compute who invests, over its ticket")
    sentiment_memory: Share = param(
        0.9, unit="share", bounds=(0, 1), range=(0.45, 1), source=CONSTANT,
        doc="part of a deviation of sentiment that is left after a month")
    sentiment_response: float = param(
        0.1, unit="-", bounds=(0, 10), range=(0.05, 0.2), source=CONSTANT,
        doc="effect of the mean growth of values on sentiment")
    sentiment_floor: float = param(
        0.3, unit="-", bounds=(1e-6, 1), range=(0.15, 0.6), source=CONSTANT,
        doc="lowest sentiment")
    sentiment_limit: float = param(
        2, unit="-", bounds=(1, 1000), range=(1, 4), source=CONSTANT, doc="highest sentiment")
    listing_open: bool = param(
        False, unit="", source="closed until an event opens it",
        doc="whether providers can be listed")
    listing_revenue: float = param(
        10_000, unit="M$/year", bounds=(0, 1e12), range=(5_000, 20_000), symbol="ipo_arr",
        source="assumed", doc="annual revenue from which a provider can be listed")
    listing_share: Sold = param(
        0.12, unit="share", bounds=(0, 1), range=(0.06, 0.24), source=CONSTANT,
        doc="part of a provider that is sold when it is listed")
    listing_wait: Whole = param(
        12, unit="month", bounds=(0, 1200), range=(6, 24), source=CONSTANT,
        doc="months since the last round after which a provider is listed")
    listing_age: Whole = param(
        84, unit="month", bounds=(0, 1200), range=(42, 168), source=CONSTANT,
        doc="months after which venture funds want to sell")
    listing_fall: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.25, 1), source=CONSTANT,
        doc="part of the value at listing below which a fall costs sentiment")
    listing_loss: float = param(
        0.1, unit="-", bounds=(0, 10), range=(0.05, 0.2), source=CONSTANT,
        doc="sentiment that such a fall costs, once")
