"""Ensembles: medians with intervals, verdicts, and which facts parameters have seen."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from synthetic_scores import rows

import agents.parameters
import simulation
from agents.demand import DeveloperParameters
from agents.parameters import declarations
from experiments import scoring
from experiments.facts import seen
from experiments.facts.fact import SHARE, Part
from experiments.facts.history import ALL, CRITERIA
from experiments.scoring import CALIBRATION, MISS, NOT_SCORABLE, PASS
from experiments.studies.rows import BASELINE
from simulation.config import Config, with_changes

FACTS = {fact.name: fact for fact in scoring.every_fact()}
MADE = SimpleNamespace(supply=SimpleNamespace(endogenous=True))
GIVEN = SimpleNamespace(supply=SimpleNamespace(endogenous=False))
UNSEEN = {"F4", "F5", "F7", "F8", "F9", "F14", "F16", "F17"}


# --- Numbers of an ensemble ----------------------------------------------------------------------


def test_a_median_has_the_interval_of_the_textbook():
    """Of normal numbers 1.96 x 1.2533 sd / sqrt(n) to either side."""
    part = Part("x", "x", "-", -0.1, 0.1)
    widths = []
    for seed in range(50):
        found = scoring.read(part, np.random.default_rng(seed).normal(size=200))
        widths.append(found.high - found.low)
        assert found.low <= found.value <= found.high
    assert np.mean(widths) == pytest.approx(2 * 1.96 * 1.2533 / np.sqrt(200), rel=0.1)
    assert scoring.read(part, np.full(5, 0.1)).inside
    assert not scoring.read(part, np.full(5, 0.11)).inside
    assert not scoring.read(part, np.full(5, np.nan)).inside


def test_a_flag_is_counted_over_the_seeds():
    part = Part("x", "x", "-", 0.5, over=SHARE)
    found = scoring.read(part, np.array([1.0, 0.0, 0.0, 1.0, 1.0, np.nan]))
    assert (found.value, found.seeds) == (pytest.approx(0.6), 5)
    assert found.low < 0.6 < found.high


# --- Verdicts ------------------------------------------------------------------------------------


def test_facts_in_their_bands_pass_unless_a_parameter_has_seen_them():
    found = {score.fact.name: score for score in scoring.scores(rows(), MADE)}
    assert {name for name, score in found.items() if score.verdict == PASS} == UNSEEN
    assert all(score.inside for score in found.values())
    for name in set(found) - UNSEEN:
        assert (found[name].verdict, found[name].why) == (NOT_SCORABLE, CALIBRATION)
        assert found[name].sources


def test_facts_outside_miss_unless_a_parameter_has_seen_them():
    found = {score.fact.name: score for score in scoring.scores(rows(inside=False), MADE)}
    assert {name for name, score in found.items() if score.verdict == MISS} == UNSEEN
    assert not any(score.inside for score in found.values())


def test_one_number_outside_is_a_miss():
    found = scoring.scored(FACTS["F4"], rows(**{"frontier price": "0.5"}), MADE)
    assert found.verdict == MISS
    assert [reading.inside for reading in found.readings] == [True, False]


def test_without_numbers_in_most_seeds_nothing_is_scored():
    some = rows(seeds=10)
    for row in some[:6]:
        row["record cost"] = ""
    found = scoring.scored(FACTS["F5"], some, MADE)
    assert found.verdict == NOT_SCORABLE and "no reading" in found.why
    some[0]["record cost"] = "2.5"
    assert scoring.scored(FACTS["F5"], some, MADE).verdict == PASS


def test_supply_that_is_given_scores_no_fact_of_supply():
    found = {score.fact.name: score for score in scoring.scores(rows(), GIVEN)}
    for name in seen.REPEATED:
        assert found[name].verdict == NOT_SCORABLE and "record" in found[name].why
    assert found["F9"].verdict == PASS


# --- What parameters have seen -------------------------------------------------------------------


def test_every_fit_and_every_dated_source_says_what_it_has_seen():
    """One that is new and unmapped is found."""

    def unmapped():
        return {one.about.source for one in seen.fitted()} - set(seen.SEEN)

    assert unmapped() == set()
    field = DeveloperParameters.model_fields["peer_weight"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(field.json_schema_extra, "source", "hand-fit: how many herd")
        assert unmapped() == {"hand-fit: how many herd"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(field.json_schema_extra, "seen_to", "2025-01")
        assert unmapped() == {agents.parameters.about(field).source}


def test_the_map_names_sources_and_facts_that_are_there():
    declared = {one.about.source for one in declarations(Config)}
    assert set(seen.SEEN) - declared == set()
    assert {name for facts in seen.SEEN.values() for name in facts} == set(FACTS) - UNSEEN
    assert set(seen.PROTOTYPE) == {"F2", "F3", "F10", "F15"}


def test_sources_of_a_fact_name_their_parameters():
    assert seen.sources_of("F6") == {"lag of open weights 3 to 14 months": ("research.spillover",)}
    assert seen.sources_of("F5") == {}
    for paths in seen.sources_of("F1").values():
        assert all(re.fullmatch(r"[a-z_]+\.[a-z_.NAME]+", path) for path in paths)


# --- A real run ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def short():
    """The baseline to the end of 2028, with fewer agents."""
    small = {"developers.count": 2000, "consumers.count": 1000, "enterprises.count": 300}
    config = with_changes(simulation.load(BASELINE), {"months": 72, **small})
    return simulation.run(config)


def test_a_run_of_the_baseline_has_every_number(short):
    found = scoring.readings(short)
    wanted = {part.key for fact in FACTS.values() for part in fact.parts}
    assert wanted <= set(found)
    assert {key for key in wanted if not np.isfinite(found[key])} == set()
    assert {found[criterion.key] for criterion in (*CRITERIA, ALL)} <= {0.0, 1.0}


def test_who_leaves_a_cohort_is_who_moves_or_leaves_the_market(short):
    """The cohorts of F9 against the flows of the same run, month by month."""
    from experiments.facts.f09_loyalty import cohort_months

    months = cohort_months(short)
    flows = short.table("flows")
    left = (flows["segment"] == "coding") & (flows["from"] != "none")
    for month in range(1, 36):
        moved = flows["agents"][left & (flows["month"] == month)].sum()
        assert months.left[months.month == month].sum() == moved
