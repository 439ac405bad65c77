"""Every number of every fact: a run that shows it lies in its band, and a twin does not."""

import numpy as np
import pytest
import synthetic_facts as made

from experiments import scoring
from experiments.facts import f07_structure, f09_loyalty, f12_funding, f16_turbulence
from experiments.facts.history import ALL, CRITERIA, friendly

FACTS = {fact.name: fact for fact in scoring.every_fact()}
SHOWN = {
    "F1": made.scale,
    "F2": made.api,
    "F3": lambda: made.run_of(segments=made.segments()),
    "F4": made.race,
    "F5": made.race,
    "F6": made.race,
    "F7": made.structure,
    "F8": made.apps,
    "F9": made.cohorts,
    "F10": made.compute,
    "F11": made.scale,
    "F12": made.funding,
    "F13": made.funding,
    "F14": made.compute,
    "F15": made.rents,
    "F16": made.ageing,
    "F17": made.funding,
}
TWINS = {
    "revenue 2025-12": ("F1", lambda: made.scale(last=19.0)),
    "revenue growth": ("F1", lambda: made.scale(first=9.0)),
    "API OpenAI": ("F2", lambda: made.api(late=(0.5, 0.3, 0.2))),
    "API OpenAI change": ("F2", lambda: made.api(early=(0.2, 0.6, 0.2))),
    "API Anthropic rank": ("F2", lambda: made.api(late=(0.4, 0.1, 0.3))),
    "API rank correlation": ("F2", lambda: made.api((0.1, 0.2, 0.6), (0.4, 0.1, 0.5))),
    "leaders differ": ("F3", lambda: made.run_of(segments=made.segments("OpenAI"))),
    "fixed price": ("F4", lambda: made.race(fixed=-0.8)),
    "frontier price": ("F4", lambda: made.race(best=-0.8)),
    "record cost": ("F5", lambda: made.race(cost=3.4)),
    "open lag": ("F6", lambda: made.race(lag=15.0)),
    "frontier providers": ("F7", lambda: made.structure(near=1)),
    "top four": ("F7", lambda: made.structure(four=0.7)),
    "app tail": ("F7", lambda: made.structure(tail=1.9)),
    "growth shape": ("F8", lambda: made.apps(law="normal")),
    "growth normality": ("F8", lambda: made.apps(law="normal", calmer=0.0)),
    "growth volatility": ("F8", lambda: made.apps(calmer=0.0)),
    "hazard ratio": ("F9", lambda: made.cohorts(tenure=1.1)),
    "release cohorts": ("F9", lambda: made.cohorts(release=1.0)),
    "margin OpenAI 2024-01": ("F10", lambda: made.compute(leader=(0.1, 0.52, 0.7))),
    "margin OpenAI 2024-12": ("F10", lambda: made.compute(leader=(0.35, 0.3, 0.7))),
    "margin OpenAI 2025-10": ("F10", lambda: made.compute(leader=(0.35, 0.52, 0.9))),
    "margin rise": ("F10", lambda: made.compute(leader=(0.35, 0.6, 0.58))),
    "margin Anthropic 2024-12": ("F10", lambda: made.compute(challenger=(0.3, 0.45))),
    "margin Anthropic 2025-12": ("F10", lambda: made.compute(challenger=(-0.9, 0.1))),
    "adopted enterprise": ("F11", lambda: made.scale(adopted=0.3)),
    "renewal rate": ("F11", lambda: made.scale(renewal=0.97)),
    "multiple on revenue": ("F12", lambda: made.funding(fall=0.2)),
    "dilution": ("F13", lambda: made.funding(sold=0.05)),
    "months between rounds": ("F13", lambda: made.funding(gap=11)),
    "promised ratio": ("F14", lambda: made.compute(promised=(2.0, 2.0))),
    "rent 2024": ("F15", lambda: made.rents((2.0, 3.0, 4.0))),
    "rent 2025": ("F15", lambda: made.rents((4.0, 3.0, 2.0))),
    "turbulence trend": ("F16", lambda: made.ageing(calm=0.02)),
    "segment divergence trend": ("F16", lambda: made.ageing(drift=-0.02)),
    "degree gini": ("F17", lambda: made.funding(skew=0.2)),
    "central joins": ("F17", lambda: made.funding(loyal=-1)),
}


def read(fact, records):
    """Readings of a fact from five seeds that are all alike, by key."""
    found = fact.measure(records)
    return {p.key: scoring.read(p, np.full(5, found[p.key])) for p in fact.parts}


def test_there_are_seventeen_facts_with_bands_and_sources():
    assert list(FACTS) == [f"F{number}" for number in range(1, 18)]
    keys = [part.key for fact in FACTS.values() for part in fact.parts]
    assert len(set(keys)) == len(keys)
    for fact in FACTS.values():
        assert fact.sentence and fact.source and fact.test
        for part in fact.parts:
            assert part.low < part.high and np.isfinite([part.low, part.high]).any()


@pytest.mark.parametrize("name", SHOWN)
def test_a_run_that_shows_a_fact_lies_in_its_bands(name):
    found = read(FACTS[name], SHOWN[name]())
    assert {key: reading.value for key, reading in found.items() if not reading.inside} == {}


@pytest.mark.parametrize("key", TWINS)
def test_a_twin_lies_outside(key):
    name, twin = TWINS[key]
    assert not read(FACTS[name], twin())[key].inside


def test_every_number_has_a_twin():
    assert set(TWINS) == {part.key for fact in FACTS.values() for part in fact.parts}


# --- Known answers -------------------------------------------------------------------------------


def test_readings_are_what_was_made():
    found = {name: FACTS[name].measure(SHOWN[name]()) for name in SHOWN}
    assert found["F1"]["revenue 2025-12"] == pytest.approx(40.0)
    assert found["F1"]["revenue growth"] == pytest.approx(10.0)
    assert found["F2"]["API OpenAI"] == pytest.approx(0.25 / 0.85)
    assert found["F2"]["API Anthropic rank"] == 1.0
    assert found["F4"]["fixed price"] == pytest.approx(-1.2)
    assert found["F5"]["record cost"] == pytest.approx(2.4)
    assert found["F6"]["open lag"] == 8.0
    assert found["F7"]["frontier providers"] == 3.0
    ratio = FACTS["F9"].measure(made.cohorts(release=1.0))["hazard ratio"]
    assert ratio == pytest.approx(0.5)
    assert found["F10"]["margin rise"] == pytest.approx(0.17)
    assert found["F12"]["multiple on revenue"] == pytest.approx(-1.0)
    assert found["F13"]["months between rounds"] == 7.0
    assert found["F14"]["promised ratio"] == pytest.approx(4.0)
    assert found["F15"]["rent 2025"] == pytest.approx(1.0)


def test_who_promised_nothing_has_a_ratio_that_is_still_a_number():
    fact = FACTS["F14"]
    assert fact.measure(made.compute(promised=(3.0, 0.0)))["promised ratio"] == 1000.0
    assert np.isnan(fact.measure(made.compute(promised=(np.nan, 2.0)))["promised ratio"])


def test_the_law_of_growth_is_found_and_size_with_it():
    """Of Laplace and of normal growth the shapes are near 1 and 2; volatility at 5 % by luck."""
    shapes = {
        law: f07_structure.law_of_growth(made.apps(law, 0.0, years=12))["growth shape"]
        for law in ("laplace", "normal")
    }
    assert shapes["laplace"] == pytest.approx(1.0, abs=0.1)
    assert shapes["normal"] == pytest.approx(2.0, abs=0.2)
    alike = [
        f07_structure.law_of_growth(made.apps(calmer=0.0, seed=seed))["growth volatility"]
        for seed in range(100)
    ]
    calm = [
        f07_structure.law_of_growth(made.apps(calmer=0.1, seed=seed))["growth volatility"]
        for seed in range(20)
    ]
    assert 0 <= np.mean(np.array(alike) < -1.645) <= 0.14
    assert np.mean(np.array(calm) < -1.645) > 0.9


def test_growth_is_that_of_apps_that_are_there_a_year_later():
    records = made.apps(years=3)
    table = records.tables["apps"]
    kept = ~((table["app"] == 7) & (table["month"] == 23))
    records.tables["apps"] = {name: values[kept] for name, values in table.items()}
    grown, begun = f07_structure.growth(records)
    assert len(grown) == len(begun) == 2 * 400 - 2
    assert np.median(grown) == pytest.approx(0.0, abs=0.02)


def test_a_busy_year_is_not_taken_for_tenure():
    """Everybody leaves three times as often in the last year, when most are settled."""
    found = made.cohorts(1.0, 1.0)
    assert FACTS["F9"].measure(found)["hazard ratio"] == pytest.approx(1.0)
    crude = f09_loyalty.cohort_months(found)
    settled = crude.tenure >= f09_loyalty.SETTLED
    rates = [crude.left[kept].sum() / crude.at_risk[kept].sum() for kept in (settled, ~settled)]
    assert rates[0] > 1.2 * rates[1]


def test_a_provider_that_releases_often_and_loses_many_does_not_hide_release_cohorts():
    """Without strata its losses would speak against all who came with a release."""
    assert FACTS["F9"].measure(made.cohorts(release=1.0))["release cohorts"] == pytest.approx(
        0.0, abs=1e-6
    )
    assert FACTS["F9"].measure(made.cohorts(release=0.9))["release cohorts"] < -1.645


def test_only_rounds_that_investors_decided_count():
    records = made.funding(kind="scheduled")
    assert len(f12_funding.rounds(records)["month"]) == 0
    assert np.isnan(FACTS["F13"].measure(records)["dilution"])
    assert np.isnan(FACTS["F12"].measure(records)["multiple on revenue"])


def test_a_round_counts_once_whoever_joins():
    table = f12_funding.rounds(made.funding())
    assert len(set(table["round"])) == len(table["round"]) == 15


def test_trends_of_noise_are_found_one_time_in_twenty():
    """And those of a trend that is there nearly always."""

    def found(calm):
        ages = (made.ageing(calm, 0.0, wave=0.02, seed=seed) for seed in range(400))
        return np.mean([f16_turbulence.ageing(age)["turbulence trend"] < -1.645 for age in ages])

    assert 0.01 <= found(0.0) <= 0.09
    assert found(-0.02) > 0.95


@pytest.mark.parametrize("name", ["F1", "F4", "F5", "F6", "F9", "F11", "F15", "F17"])
def test_a_run_that_ends_before_the_record_has_no_numbers_for_it(name):
    records = SHOWN[name]()
    for table in records.tables.values():
        days = table.get("date", table.get("month"))
        kept = days < "2024-06" if days.dtype == object else days < 17
        for column in table:
            table[column] = table[column][kept]
    found = FACTS[name].measure(records)
    if name != "F9":  # which takes what there is
        assert all(np.isnan(found[part.key]) for part in FACTS[name].parts)


# --- Section 12 ----------------------------------------------------------------------------------

BROKEN = {
    "(a)": {"consumer": "Google"},
    "(b)": {"coding": "OpenAI"},
    "(c)": {"firms": ("OpenAI", "Anthropic", "xAI")},
    "(d)": {"leaves": "xAI"},
    "(e)": {"pressure": 0.5},
}


def test_a_run_that_follows_the_record_meets_all_criteria():
    assert set(friendly(made.story(), 0.6).values()) == {1.0}
    assert set(BROKEN) == {criterion.key for criterion in CRITERIA}


@pytest.mark.parametrize("key", BROKEN)
def test_each_criterion_can_fail_alone(key):
    found = friendly(made.story(**BROKEN[key]), 0.6)
    assert {name for name, flag in found.items() if not flag} == {key, ALL.key}


def test_a_short_run_and_one_without_the_five_follow_nothing():
    short, other = made.story(), made.story()
    short.tables["market"] = made.market(20)
    other.tables["providers"]["provider"][other.tables["providers"]["provider"] == "xAI"] = "yAI"
    for records in (short, other):
        assert np.isnan(list(friendly(records, 0.6).values())).all()
