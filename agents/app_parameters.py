"""Parameters of application companies (E29-E31), who resell models inside products of their own."""

from agents.demand import CONSTANT, SWITCHING
from agents.parameters import Parameters, Whole, param

# A table, set by hand: one parameter a paragraph.
# fmt: off


class AppParameters(Parameters):
    """Application companies: number, use, size, choice of a provider, entry and exit."""

    count: Whole = param(
        200, unit="agents", bounds=(0, 100_000), symbol="N", at_start=True,
        source="size of a first run",
        doc="companies at the start; 0: there are none, and none enters")
    limit: Whole = param(
        2_000, unit="agents", bounds=(0, 100_000), at_start=True,
        source="keeps a run cheap",
        doc="while so many are alive, entrants are turned away")

    usage_share: float = param(
        0.15, unit="share", bounds=(0, 100), range=(0, 0.5), symbol="varpi", source="assumed",
        doc="tokens of all apps of a segment over those that its direct users buy; 0: no use")
    size_spread: float = param(
        0.08, unit="per root month", bounds=(0, 3), range=(0.03, 0.2), symbol="sigma_y",
        source="assumed", doc="standard deviation of the monthly growth of log size")
    size_drift: float = param(
        0.003, unit="per month", bounds=(-1, 1), range=(0, 0.02), symbol="drift", source="assumed",
        doc="what log size loses a month; it cancels in shares")

    capability_weight: float = param(
        2.0, unit="util/OOM", bounds=(0, 50), range=(1, 4), symbol="beta_a", source="assumed",
        doc="weight of capability")
    price_weight: float = param(
        1.2, unit="util per ln price", bounds=(0, 50), range=(0.2, 2), symbol="beta_p_app",
        source="assumed; tokens are what an app company buys most of",
        doc="weight of the log list price")
    switching_cost_base: float = param(
        0.5, unit="util", bounds=(0, 30), range=(0, 2), symbol="k0", source=SWITCHING,
        doc="cost of leaving a provider, from the first month")
    switching_cost_growth: float = param(
        1.5, unit="util", bounds=(0, 30), range=(0, 4), symbol="k1", source=SWITCHING,
        doc="what the cost of leaving gains over a long tenure")
    switching_cost_months: float = param(
        12, unit="month", bounds=(0.01, 10_000), range=(3, 36), symbol="tau_k", source=SWITCHING,
        doc="tenure at which 63 % of that gain is reached")
    reconsideration: float = param(
        0.05, unit="per month", bounds=(0, 1000), range=(0.01, 0.2), symbol="h_app",
        source="assumed", doc="hazard of comparing providers anew")

    entry_rate: float = param(
        20, unit="companies/month", bounds=(0, 10_000), range=(0, 60), symbol="lam_app",
        source="assumed", doc="mean number of entrants once everybody has adopted")
    entrant_size: float = param(
        0.1, unit="mean size", bounds=(1e-6, 1000), range=(0.05, 0.2), source=CONSTANT,
        doc="size of an entrant")
    exit_size: float = param(
        1e-4, unit="mean size", bounds=(0, 10), symbol="y_min", source="assumed",
        doc="size below which a company gives up; 0: nobody does")
    absorption: float = param(
        0.002, unit="per month", bounds=(0, 1000), range=(0, 0.02), symbol="lam_abs",
        source="assumed",
        doc="hazard that the provider absorbs the use of an app, times its share of the segment")
