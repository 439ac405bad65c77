"""Scenarios run, keep every identity, and move what they must move in the right direction.

Every file is run for all of its months with small populations; a run that is observed checks its
identities in each month.  Histories are pairs: same seed, same keyed draws.
"""

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.equations.antitrust import Merger
from simulation.config import load
from simulation.market import Market, run
from simulation.records import Records

FOLDER = Path(__file__).resolve().parents[2] / "configs" / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
SMALL = ("developers.count=500", "consumers.count=500", "enterprises.count=100", "apps.count=20")
S0 = "s00_baseline"
AT_START = 0
LATER = 3  # months that it may take until an effect is seen
CENT = 1e-8  # M$
# Month from which a scenario can differ from the baseline; from the start if it is not here.
BEGINS = {
    "s02_hysteresis": 24,
    "s03_coding_loss": 24,
    "s03_coding_gain_of_a_rival": 24,
    "s04_safety_regulation": 36,
    "s05_capital_drought": 36,
    "s06_mega_round": 38,
    "s07_revenue_miss": 36,
    "s08_efficiency_private": 36,
    "s08_efficiency_public": 36,
    "s11_export_ban": 9,
    "s11_no_export_control": 9,
    "s12_price_war": 36,
}
SAME = ("s13_no_merger_control",)  # where no sale is blocked there is nothing that it could change
Column = NDArray[Any]


@cache
def history(name: str, *sets: str) -> Records:
    """A scenario with small populations, and settings on top of it."""
    return run(load(FOLDER / f"{name}.yaml", [*SMALL, *sets]))


def market(name: str, column: str, *sets: str) -> Column:
    return history(name, *sets).table("market")[column]


def of(name: str, provider: str, column: str, *sets: str) -> dict[int, Any]:
    """A column of a provider by month."""
    table = history(name, *sets).table("providers")
    own = table["provider"] == provider
    return dict(zip(table["month"][own].tolist(), table[column][own].tolist(), strict=True))


def offer(name: str, provider: str, segment: str, column: str) -> dict[int, Any]:
    """A column of a provider in a segment by month."""
    table = history(name).table("segments")
    own = (table["provider"] == provider) & (table["segment"] == segment)
    return dict(zip(table["month"][own].tolist(), table[column][own].tolist(), strict=True))


def first_difference(one: Records, other: Records) -> float:
    """First month in which anything that is recorded of providers differs."""
    here, base = one.table("providers"), other.table("providers")
    months = [math.inf]
    for column, values in here.items():
        apart = values != base[column]
        if values.dtype.kind == "f":
            apart &= ~(np.isnan(values) & np.isnan(base[column]))
        months += here["month"][apart][:1].tolist()
    return min(months)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_for_all_its_months_and_nothing_but_the_baseline_is_the_baseline(name: str) -> None:
    records = history(name)
    assert len(records.table("market")["month"]) == 120
    if name == S0:
        return
    first = first_difference(records, history(S0))
    if name in SAME:
        assert "blocked_sale" not in history(S0).table("events")["kind"]
        assert first == math.inf
        return
    assert BEGINS.get(name, AT_START) <= first < math.inf
    if name in BEGINS:
        assert first <= BEGINS[name] + LATER


@pytest.mark.parametrize(
    "minimum", [0.2, 0.3, 0.4, 0.6], ids=lambda value: f"safety minimum {value}"
)
def test_every_rule_of_the_family_runs(minimum: float) -> None:
    name = "s04_safety_regulation"
    records = history(name, f"events.safety_regulation.safety_rule.minimum={minimum}")
    assert len(records.table("market")["month"]) == 120
    assert unsafe_wins(records, minimum) == 0


@pytest.mark.parametrize("weight", [0, 2, 6], ids=lambda value: f"peer weight {value}")
def test_every_weight_of_peers_runs(weight: int) -> None:
    sets = [f"developers.peer_weight={weight}", f"consumers.peer_weight={weight}"]
    flows = history("s02_supercritical_network", *sets).table("flows")
    felt = np.abs(flows["peers"][flows["segment"] != "enterprise"]).sum()
    assert felt > 0.0 if weight else felt == 0.0


# --- Directions that can be proved ----------------------------------------------------------------


def test_without_a_network_it_does_not_matter_who_knows_whom() -> None:
    families = [
        "networks.developers={family: ring, degree: 4}",
        "networks.consumers={family: none}",
        "networks.enterprises={family: none}",
    ]
    for name, same in (("s01_no_network", True), (S0, False)):
        first = first_difference(history(name), history(name, *families))
        assert (first == math.inf) is same


def test_who_turns_from_developers_loses_capability_with_them_at_once() -> None:
    for name, who, factor in (
        ("s03_coding_loss", "OpenAI", 0.15 / 0.30),
        ("s03_coding_gain_of_a_rival", "Anthropic", 0.75 / 0.50),
    ):
        here, base = (offer(n, who, "coding", "capability") for n in (name, S0))
        kappa = load(FOLDER / f"{name}.yaml").research.specialisation
        assert here[24] - base[24] == pytest.approx(kappa * math.log(factor))
        in_use = (offer(n, who, "coding", "capability_in_use") for n in (name, S0))
        assert np.sign(np.subtract(*(column[25] for column in in_use))) == np.sign(factor - 1)


def unsafe_wins(records: Records, minimum: float) -> int:
    """Tenders of regulated firms from month 36 on that a new and unsafe provider won.

    Who has no offer left stays with the incumbent, or takes OPEN.
    """
    providers, contracts = records.table("providers"), records.table("contracts")
    keys = zip(providers["month"].tolist(), providers["provider"], strict=True)
    safety = dict(zip(keys, providers["safety"].tolist(), strict=True))
    return sum(
        safety[month, winner] < minimum
        for month, winner, incumbent, regulated in zip(
            contracts["month"].tolist(),
            contracts["winner"],
            contracts["incumbent"],
            contracts["regulated"],
            strict=True,
        )
        if month >= 36 and regulated and winner not in (incumbent, "OPEN", "none")
    )


def test_regulated_firms_take_nobody_below_the_rule() -> None:
    assert unsafe_wins(history("s04_safety_regulation"), 0.5) == 0
    assert unsafe_wins(history(S0), 0.5) > 0


def test_sentiment_falls_and_stays_below_as_long_as_the_drought_lasts() -> None:
    here, base = (market(name, "sentiment") for name in ("s05_capital_drought", S0))
    assert here[36] - base[36] == pytest.approx(0.1 * -0.6)
    assert (here[36:60] < base[36:60]).all()
    assert market("s05_capital_drought", "raised")[36:60].sum() < market(S0, "raised")[36:60].sum()


def test_the_mega_round_is_paid() -> None:
    here, base = (of(name, "OpenAI", "paid_in") for name in ("s06_mega_round", S0))
    other = of(S0, "OpenAI", "rounds")
    assert other[38] == other[37]  # no other round in the month that it could have replaced
    assert here[38] - base[38] == pytest.approx(110_000)
    assert of("s06_mega_round", "OpenAI", "cash")[38] > of(S0, "OpenAI", "cash")[38] + 100_000


def test_what_is_signed_first_is_more_with_heavy_commitments_and_less_with_light_ones() -> None:
    names = ("s07_light_commitments", S0, "s07_commitment_lock_in")
    first = {first_above(of(name, "OpenAI", "commitments")) for name in names}
    assert len(first) == 1
    (signed,) = first
    light, base, heavy = (of(name, "OpenAI", "commitments")[signed] for name in names)
    assert light < base < heavy
    for name, lead in (("s07_commitment_lock_in", 3), ("s07_long_lead", 18)):
        assert first_above(of(name, "OpenAI", "compute_contracted")) == signed + lead
    heavily = load(FOLDER / "s07_commitment_lock_in.yaml").providers["OpenAI"]
    assert heavily.strategy.family == "capital_driven_platform"


def first_above(column: dict[int, float]) -> int:
    """First month in which a column is above 0."""
    return min(month for month, value in column.items() if value > 0.0)


def test_a_miss_takes_half_of_the_tokens_of_developers_and_firms() -> None:
    for segment, factor in (("coding", 0.5), ("enterprise", 0.5), ("consumer", 1.0)):
        here, base = (offer(n, "OpenAI", segment, "tokens") for n in ("s07_revenue_miss", S0))
        assert here[35] == base[35]
        assert here[36] == pytest.approx(factor * base[36])


def test_compute_that_can_be_sublet_costs_less() -> None:
    here, base = (history(name) for name in ("s07_sublet", "s07_commitment_lock_in"))
    paid = [records.table("ledger")["kind"] == "sublet" for records in (here, base)]
    assert [bool(rows.any()) for rows in paid] == [True, False]
    first = int(first_difference(here, base))
    assert first == here.table("ledger")["month"][paid[0]].min()
    cash = [of(name, "OpenAI", "cash")[first] for name in ("s07_sublet", "s07_commitment_lock_in")]
    assert cash[0] > cash[1]


def test_a_leap_is_one_providers_or_everybodys() -> None:
    for name, others in (("s08_efficiency_private", 0.0), ("s08_efficiency_public", 0.5)):
        for who, gain in (("OpenAI", 0.5), ("Google", others), ("DeepSeek", others)):
            here, base = (of(n, who, "efficiency") for n in (name, S0))
            assert here[36] - base[36] == pytest.approx(gain, abs=0.03)  # less what leaks at once


def test_capacity_and_cost_follow_the_growth_of_compute() -> None:
    dear, base, cheap = ("s09_dear_compute", S0, "s09_cheap_compute")
    for column, order in (("compute_capacity", 1), ("hardware_cost", -1)):
        low, middle, high = (order * market(name, column)[1:] for name in (dear, base, cheap))
        assert (low < middle).all()
        assert (middle < high).all()


def test_open_weights_catch_up_and_meta_closes() -> None:
    name = "s10_open_weights_surge"
    events = history(name).table("events")
    (row,) = np.flatnonzero(events["kind"] == "open_weights_catch_up")
    assert events["after"][row] - events["before"][row] == pytest.approx(0.7)
    opens = of(name, "Meta", "open_weights")
    assert [month for month in (6, 47, 48, 119) if opens[month]] == [6, 47]
    assert of(S0, "Meta", "open_weights")[119]
    behind, base = (of(n, "Meta", "efficiency")[1] for n in (name, S0))
    assert behind > base  # more leaks to who is behind


def compute_part(name: str, month: int) -> float:
    """Part of all compute that DeepSeek is served."""
    used = [of(name, "DeepSeek", f"compute_{use}")[month] for use in ("inference", "research")]
    return float(sum(used) / market(name, "compute_capacity")[month])


def test_export_control_leaves_what_it_says() -> None:
    months = range(10, 120)
    assert max(compute_part("s11_export_ban", month) for month in months) == 0.0
    assert 0.0 < max(compute_part(S0, month) for month in months) <= 0.05 * (1 + 1e-9)
    events = history("s11_no_export_control").table("events")["kind"]
    assert "chip_export_rule" not in events
    assert "chip_export_rule" in history(S0).table("events")["kind"]


def test_google_sells_at_half_the_price() -> None:
    here, base = (offer(name, "Google", "coding", "price") for name in ("s12_price_war", S0))
    assert here[35] == base[35]
    assert here[36] == pytest.approx(base[36] / 2)


def test_who_can_leave_cheaply_leaves_more_often() -> None:
    for column in ("switched_coding", "switched_consumer"):
        assert market("s13_portability", column).mean() > market(S0, column).mean()


def test_a_merger_that_is_blocked_in_the_baseline_is_not_without_merger_control() -> None:
    merger = Merger(concentration=0.6, rise=0.1, share=0.7)
    for name, blocked in ((S0, True), ("s13_no_merger_control", False)):
        config = load(FOLDER / f"{name}.yaml", SMALL)
        regulator = Market(config, observe=False).regulator
        assert regulator.blocks(merger, config.distress, luck=1e-9) is blocked


def test_no_credits_and_no_contracts_come_with_shares() -> None:
    for name, in_credits, dues in (
        (S0, True, True),
        ("s13_no_credits", False, True),
        ("s13_no_circular_finance", False, False),
    ):
        rounds = history(name).table("rounds")
        assert bool((rounds["credits"] > 0.0).any()) is in_credits
        assert bool((rounds["commitment"] > 0.0).any()) is dues


def advertising(name: str) -> set[str]:
    """Who is ever paid for advertising."""
    ledger = history(name).table("ledger")
    return set(ledger["payee"][(ledger["kind"] == "advertising") & (ledger["amount"] > CENT)])


def test_assistants_are_paid_for_advertising() -> None:
    assert advertising("s14_ads") == {"OpenAI", "Google", "Meta", "xAI"}
    assert not advertising(S0)
    assert of("s14_ads", "OpenAI", "revenue")[0] > of(S0, "OpenAI", "revenue")[0]


def test_providers_are_listed_where_the_window_is_open() -> None:
    for name, listed in (("s14_ads_and_ipo", True), ("s14_ads", False), (S0, False)):
        rounds = history(name).table("rounds")
        months = rounds["month"][rounds["kind"] == "ipo"]
        assert bool(len(months)) is listed
        assert (months >= 36).all()
