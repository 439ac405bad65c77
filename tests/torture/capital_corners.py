"""The baseline market where capital ends: nobody funds, everybody does, all fail, none may merge.

A corner is what a user would type after `--set`, on a small baseline market.  Each is run with one
and two threads, and once more with a stop in the middle from which a saved state goes on.
"""

import random

from harness import ROOT
from legal_draws import differences, problems_of
from market_corners import BASELINE, BROKE, NAMED, event, of_all

from simulation.checkpoint import restore, save
from simulation.config import Config, load
from simulation.market import Market
from simulation.market import run as run_market
from simulation.records import Records

ROW = 14
ROUNDS = ROOT / "configs" / "data" / "funding_rounds.csv"
SMALL = (
    "months=18", "developers.count=100", "consumers.count=100", "enterprises.count=60",
    "apps.count=20",
)  # fmt: skip
INVESTORS = (
    "Microsoft", "Amazon", "Alphabet", "Nvidia", "SoftBank", "VC1", "VC2", "VC3", "VC4", "VC5",
    "Sovereign1", "Sovereign2", "Sovereign3",
)  # fmt: skip
OWNED = ("Azure", "AWS", "GCP")
NOBODY = (
    "investors=null", "providers.OpenAI.holders=null", "providers.Anthropic.holders=null",
)  # fmt: skip


def section(name: str, **values: object) -> tuple[str, ...]:
    """Settings of a section."""
    return tuple(f"{name}.{key}={str(value).lower()}" for key, value in values.items())


def of_funds(*said: str) -> tuple[str, ...]:
    """The same settings for all investors."""
    return tuple(f"investors.{name}.{one}" for name in INVESTORS for one in said)


EAGER = section("investment", acceptance=50, interval=0, runway_trigger=1200, conflict_weight=0)
REFUSED = section("investment", acceptance=-50, interval=0, runway_trigger=1200)
# No round closes, and whoever has less than a century of money left is for sale at any price.
FOR_SALE = (
    *REFUSED, *of_all("parent_flow=0", "raises=true", "cash=500", "credits=0"),
    *section("distress", memory=1200, down_round_runway=1200, sale_months=1200, bidder_means=0,
             lowest_bid=0),
)  # fmt: skip
LISTED = section(
    "investment", listing_open=True, listing_revenue=0, listing_wait=0, listing_age=0
)  # fmt: skip
PRESSED = (
    *of_all("leverage=1e6", "optimism=100", "exclusive_until=0"), "planning.contract_interval=1",
    *section("finance", stressed=0, distressed=0), "distress.renegotiation=1",
)  # fmt: skip
UNBLOCKED = section("distress", blocking_probability=0)
BLOCKED = section("distress", blocking_probability=1, blocking_concentration=0, blocking_rise=0,
                  blocking_share=0)  # fmt: skip
CROWDED = section("entry", hazard=100, seed=1e9, seed_spread=0)
CORNERS: dict[str, tuple[str, ...]] = {
    "no investor": NOBODY,
    "one with no money": (*NOBODY, "investors={V: {dry_powder: 0, inflow: 0}}"),
    "one with all money": (*NOBODY, *EAGER, "investors={V: {dry_powder: 1e9, inflow: 1e9}}"),
    "one who makes the chips": (*NOBODY, *EAGER, "investors={Nvidia: {kind: strategic}}"),
    "everybody joins": EAGER,
    "nobody joins": REFUSED,
    "all into one ticket": (*EAGER, "investment.ticket_share=1"),
    "nothing into tickets": (*EAGER, "investment.ticket_share=0"),
    "all but sold": (
        *EAGER, *section("investment", dilution_limit=.99, need_months=1200, ante=100),
        *of_funds("dry_powder=1e9", "inflow=1e9"), "distress.down_round_limit=.99",
    ),
    "nothing sold": (*EAGER, "investment.dilution_limit=0", "distress.down_round_limit=0"),
    "one mood": section("investment", sentiment_floor=1, sentiment_limit=1),
    "no hope": event("capital_shock: {shift: -10, months: 10}"),
    "all hope": (*event("capital_shock: {shift: 10, months: 10}"),
                 *section("investment", sentiment_memory=0, sentiment_limit=1000)),
    "sworn to compute": (*EAGER, "investment.commitment=100"),
    "sworn to all there is": (*EAGER, *PRESSED, "investment.commitment=100",
                              "compute.contract_lead=60", "compute.contract_term=240"),
    "always listed": LISTED,
    "listed for nothing": (*LISTED, "investment.listing_share=0"),
    "listed and sold": (*LISTED, "investment.listing_share=.99"),
    "listed and fallen": (*LISTED, "investment.listing_fall=1", "investment.listing_loss=10"),
    "a window of a month": (*LISTED, "investment.listing_open=false",
                            "events.a={month: 8, ipo_window: {}}",
                            "events.b={month: 9, ipo_window: {open: false}}"),
    "a crowd of founders": CROWDED,
    "a crowd of the poor": (*section("entry", hazard=100, seed=1e-6), "apps.limit=100000"),
    "a crowd without apps": (*section("entry", hazard=100, seed=1e-6), "apps.count=0"),
    "wild founders": section("entry", hazard=10, seed_spread=10),
    "founders sell nothing": (*CROWDED, "entry.seed_share=0"),
    "founders sell all but": (*CROWDED, "entry.seed_share=.99"),
    "founders of nothing": (*CROWDED, *section("entry", brand=0, execution=0, safety=0,
                                                 ambition=0, leverage=1e6, headroom=20)),
    "places change hands": (*CROWDED, *REFUSED, "finance.grace=1", "entry.seed=50",
                            "entry.headroom=20", "research.entry_lag=0"),
    "new terms every month": (*PRESSED, *section("distress", moved_share=1, moved_months=1,
                                                  moved_fee=10)),
    "new terms for ten years": (*PRESSED, *section("distress", moved_share=1, moved_months=120,
                                                    moved_fee=10)),
    "terms for nothing": (*PRESSED, *section("distress", moved_share=0, moved_fee=0)),
    "all for sale, none blocked": (*FOR_SALE, *UNBLOCKED),
    "all for sale, all blocked": (*FOR_SALE, *BLOCKED),
    "all for sale in a crowd": (*FOR_SALE, *UNBLOCKED, *CROWDED, "finance.grace=1"),
    "all for sale to parents": (*FOR_SALE, *UNBLOCKED, "providers.Google.parent_flow=1e9",
                                "providers.Google.raises=false"),
    "all for sale to funds": (*FOR_SALE, *BLOCKED, *of_funds("kind=strategic")),
    "all for sale, no brand": (*FOR_SALE, *UNBLOCKED, "distress.brand_kept=0"),
    "all for sale, all brand": (*FOR_SALE, *UNBLOCKED, "distress.brand_kept=1",
                                *of_all("brand=100")),
    "antitrust at 1": (*FOR_SALE, *section("distress", blocking_concentration=1, blocking_rise=1,
                                            blocking_share=1, blocking_probability=1)),
    "antitrust comes late": (*FOR_SALE, *UNBLOCKED, *event("antitrust: {hhi: 0, rise: 0, "
                             "share: 0, probability: 1}")),
    "all fail": (*BROKE, *REFUSED),
    "all fail in a crowd": (*BROKE, *REFUSED, *CROWDED),
    "clouds of nobody": tuple(f"suppliers.{name}.owner=null" for name in OWNED),
    "all in credits": (*EAGER, "finance.credit_share=1"),
    "none in credits": (*EAGER, "finance.credit_share=0"),
    "all strategic": (*EAGER, *of_funds("kind=strategic")),
    "all venture": (*LISTED, *of_funds("kind=venture")),
    "all pools": (*EAGER, *of_funds("kind=growth")),
    "all know each other": (*EAGER, "investment.herding=50", *(
        f"investors.{name}.partners=[{', '.join(x for x in INVESTORS if x != name)}]"
        for name in INVESTORS)),
    "one holds all": tuple(f"providers.{name}.holders={{Microsoft: 1}}" for name in NAMED),
    "all mind rivals": (*EAGER, *section("investment", conflict_weight=50, conflict_stake=0,
                                          conflict_rivals=16)),
    "worth nothing": section("investment", multiple=0, option_value=0, option_share=0),
    "worth anything": (*EAGER, *section("investment", multiple=1000, option_value=1e9,
                                         option_share=100, growth_unknown=100, growth_limit=100,
                                         sentiment_limit=1000)),
    "at the frontier or not": section("investment", gap_scale=1e-3),
    "rounds of a record": (f"finance.rounds={ROUNDS}",),
    "gifts": (*event("mega_round: {provider: OpenAI, amount: 1e9, investor: Microsoft}"),
              "finance.credit_share=1"),
    "gifts of nothing": event("mega_round: {provider: OpenAI, amount: 0}"),
}  # fmt: skip
REDUCED, FULL = 20, len(CORNERS)


def run(seed: int, count: int) -> list[str]:
    """Run a sample of the corners with one thread, with two, and stopped in the middle."""
    found = []
    for name in random.Random(seed).sample(list(CORNERS), min(count, len(CORNERS))):
        config = load(BASELINE, [*SMALL, f"seed={seed}", *CORNERS[name]])
        problems = problems_of(config) or stopped(config)
        found += [f"{name}: {problem}" for problem in problems]
    return found


def stopped(config: Config) -> list[str]:
    """What differs in a run that is saved in its middle, forgotten and restored."""
    changed = differences(run_market(config), in_two_parts(config, config.months // 2))
    return [f"{change}, with a stop in the middle" for change in changed]


def in_two_parts(config: Config, month: int) -> Records:
    """Records of a run whose state is saved and read after `month` months."""
    market = Market(config)
    while market.month < month:
        market.step()
    market = restore(save(market, "run"), config, "run")
    while market.running:
        market.step()
    return market.records
