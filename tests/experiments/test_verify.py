"""The verification suite: every case agrees with theory, and every case can fail.

The engine is bent in one place at a time (the inverse of a hazard, peers counted twice, ...) and
the case that is about it must say so.
"""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import agents.equations.procurement as procurement
import simulation.market
import simulation.phases.migrate as migrate
import simulation.phases.policy as policy
import simulation.phases.procure as procure
import simulation.tender as tender
from agents.codes import NONE
from agents.kernels.migrate import WAKE_SCALE
from experiments import cli, verify
from experiments.cli import UsageError
from experiments.verification import case as measures
from experiments.verification.case import Case, Row
from experiments.verification.trial import CONFIGS, settings, trial_of
from simulation.identities import IdentityError

CASES = verify.every_case()
NAMES = ["V1", "V2", "V3", "V4", "V5", "V6", "V9", "V10", "V11", "V20", "V21"]
Patch = pytest.MonkeyPatch

# --- The suite -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}-{case.config}" for case in CASES])
def test_case_agrees_with_theory_and_its_twin_does_not(case: Case) -> None:
    """Every row of the case holds, and the same row fails in the power twin."""
    trial_of.cache_clear()
    findings = list(verify.judged(case, None))
    text = "\n".join(verify.lines(case, findings))
    assert findings, case.config
    assert [finding.verdict for finding in findings] == ["ok"] * len(findings), text
    assert max(map(len, text.splitlines())) <= 100, text


def test_suite_covers_the_specification_and_every_config() -> None:
    """Each limit case of the specification is there, and no config lies about unused."""
    assert list(dict.fromkeys(case.name for case in CASES)) == NAMES
    files = {path.stem for path in CONFIGS.glob("*.yaml")}
    assert {case.config for case in CASES} == files - {"limit"}


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_config_is_a_plain_one(path: Path) -> None:
    """Each config loads on its own, under the name of its file."""
    assert settings(path.stem).name == path.stem


def test_limit_cases_switch_off_what_they_do_not_test() -> None:
    """V1 to V11 and V20: plain logit, no pay-as-you-go, equal spenders, no product term."""
    chosen = [case for case in CASES if case.name != "V21"]
    tested = {"nest": "v01_nest", "product": ("v01_logit", "v01_nest", "v20_hopeless")}
    for case in chosen:
        config = settings(case.config)
        people = (config.developers, config.consumers, config.enterprises)
        assert config.choice.nest_dissimilarity == 1 or case.config == tested["nest"]
        assert config.enterprises.pay_as_you_go == 0, case.config
        assert [group.spend_spread for group in people] == [0, 0, 0], case.config
        terms = [offer.product_term.values() for offer in config.supply.offers.values()]
        assert not np.any([list(values) for values in terms]) or case.config in tested["product"]


def test_theory_does_not_lean_on_the_model() -> None:
    """Only the detailed balance of V3, which is about them, calls the model's equations."""
    leaning = {}
    for path in verify.FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        leaning[path.stem] = {str(name) for name in modules if str(name).startswith("agents")}
    assert {stem: names for stem, names in leaning.items() if names} == {
        "v03_switching": {"agents.equations.choice"}
    }


# --- The command ---------------------------------------------------------------------------------


def test_verify_prints_a_table_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Case, theory, result, tolerance and verdict, 100 columns wide; names may be small letters."""
    assert verify.main(["v11"]) == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("case"))
    assert head.split() == ["case", "theory", "result", "tolerance", "from", "verdict", "twin"]
    assert max(map(len, lines)) <= 100
    row = next(line for line in lines if "most capable  " in line)
    assert row.split()[-6:-1] == ["capable", "5,000", "5,000", "exact", "ok"]
    assert [line.split()[0] for line in lines if line.startswith("V")] == ["V11"] * 3
    assert "every twin failed" in lines[-1]


def test_quiet_prints_what_failed_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: Patch
) -> None:
    """One line if all is well; else the cases with a row that failed, and where they lie."""
    assert verify.main(["v11_best"], quiet=True) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    monkeypatch.setattr(procurement, "standardised", worst_is_best(procurement.standardised))
    assert verify.main(["v11_best", "v11_indifferent"], quiet=True) == 5
    text = capsys.readouterr().out
    assert "v11_best.yaml" in text
    assert "v11_indifferent.yaml" not in text
    assert "FAILED: 1 of 3 rows" in text


def test_seed_replaces_that_of_the_config(capsys: pytest.CaptureFixture[str]) -> None:
    """Another seed gives another result, of which theory holds as well."""
    assert verify.main(["V2"]) == 0
    first = capsys.readouterr().out
    assert verify.main(["V2"], seed=7) == 0
    second = capsys.readouterr().out
    rows = [[line for line in text.splitlines() if "share of" in line] for text in (first, second)]
    assert rows[0] != rows[1]


def test_unknown_case_is_named_with_the_nearest() -> None:
    """A name that nobody knows is bad usage, and says what there is."""
    with pytest.raises(UsageError, match=r"unknown case 'v05_order' \(did you mean 'v05_ordered'"):
        verify.main(["v05_order"])


def test_twin_that_passes_is_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: Patch
) -> None:
    """A check that its twin passes could not have found anything."""
    blunt = next(case for case in CASES if case.config == "v11_best")._replace(
        twin=("enterprises.score_weight=900000",)
    )
    monkeypatch.setattr(verify, "every_case", lambda: [blunt])
    assert verify.main() == 5
    assert "NO POWER" in capsys.readouterr().out


def test_broken_identity_fails_the_case(
    capsys: pytest.CaptureFixture[str], monkeypatch: Patch
) -> None:
    """A run that stops at a broken identity is a failed case that says why, and no traceback."""

    def broken(market: Any) -> None:
        raise IdentityError(market.month, "agents lost on the way", 3.0)

    monkeypatch.setattr("simulation.phases.settle.check_people", broken)
    assert verify.main(["v11_best"]) == 5
    assert "FAILED: month 0: agents lost on the way is off by 3" in capsys.readouterr().out


def test_command_ends_with_what_verify_found(monkeypatch: Patch) -> None:
    """`shareshift verify` ends with 0, and with 5 where the model is bent."""
    monkeypatch.setattr(verify, "every_case", lambda: [c for c in CASES if c.config == "v11_best"])
    assert cli.main(["verify"]) == 0
    monkeypatch.setattr(procurement, "standardised", worst_is_best(procurement.standardised))
    assert cli.main(["verify"]) == 5


# --- Rows ----------------------------------------------------------------------------------------


def test_row_holds_within_its_tolerance() -> None:
    """At the tolerance a result passes; beyond it, or where it is no number, it does not."""
    row = Row("share", 0.5, 0.75, 0.25, measures.BINOMIAL)
    assert row.holds
    assert not row._replace(result=0.7501).holds
    assert not row._replace(result=np.nan).holds
    assert measures.at_most("bound", 1.0, 1.0).holds
    assert not measures.at_most("bound", 1.0, 1.001).holds
    assert not measures.at_most("bound", 1.0, np.nan).holds
    assert not measures.same("count", 0, 1).holds


def test_worst_of_several_is_the_furthest_in_standard_errors() -> None:
    """Not the furthest in absolute terms; and a certain result may not be missed at all."""
    row = measures.worst(("wide", "narrow"), (0.5, 0.1), (0.6, 0.15), (0.1, 0.01))
    assert (row.what, row.tolerance, row.holds) == ("narrow", pytest.approx(0.039), False)
    certain = measures.worst(("sure", "open"), (0.0, 0.5), (1e-9, 0.5), (0.0, 0.1))
    assert (certain.what, certain.holds) == ("sure", False)
    lost = measures.worst(("lost", "open"), (0.5, 0.5), (np.nan, 0.5), (0.1, 0.1))
    assert not lost.holds


def test_shares_are_held_against_the_binomial_error() -> None:
    """25 % of 300 agents: 75 expected, the standard error is 2.5 %."""
    row = measures.shares_row(("one", "rest"), (0.25, 0.75), (105, 195))
    assert row.tolerance == pytest.approx(3.9 * 0.025)
    assert not row.holds
    assert measures.shares_row(("one", "rest"), (0.25, 0.75), (104, 196)).holds


def test_few_blocks_are_held_against_students_t() -> None:
    """Four replicates: the mean may miss by 28 estimated errors, not by 3.9."""
    values = np.array([1.0, 2.0, 3.0, 4.0])
    error = np.sqrt(5 / 3) / 2
    row = measures.across_blocks("mean", 2.0, values, bias=-0.1)
    assert row.result == 2.5
    assert row.tolerance == pytest.approx(28.0001 * error + 0.1, rel=1e-4)
    many = measures.across_blocks("mean", 2.0, np.tile(values, 1000))
    assert many.tolerance == pytest.approx(3.895 * np.sqrt(5 / 4) / np.sqrt(4000), rel=1e-3)
    assert not many.holds


# --- A model that is wrong -----------------------------------------------------------------------


def worst_is_best(honest: Callable[..., Any]) -> Callable[..., Any]:
    """Scores with the wrong sign."""
    return lambda *arguments: -honest(*arguments)


def change_tables(monkeypatch: Patch, change: Callable[[Any], dict[str, Any]]) -> None:
    """Change what the kernel is told of the month."""
    honest = migrate.month_tables

    def changed(*arguments: Any) -> Any:
        tables = honest(*arguments)
        return tables._replace(**change(tables))

    monkeypatch.setattr(migrate, "month_tables", changed)


def peers_counted_twice(monkeypatch: Patch) -> None:
    change_tables(
        monkeypatch,
        lambda tables: {"peer_weight": 2 * tables.peer_weight, "peers": tables.peers**2},
    )


def nest_forgotten(monkeypatch: Patch) -> None:
    change_tables(monkeypatch, lambda tables: {"nested": np.zeros_like(tables.nested)})


def luck_of_the_nest_forgotten(monkeypatch: Patch) -> None:
    change_tables(monkeypatch, lambda tables: {"nest": np.ones_like(tables.nest)})


def luck_of_the_nest_forgotten_in_tenders(monkeypatch: Patch) -> None:
    monkeypatch.setattr(tender, "nest_table", lambda _: np.ones(65_536, np.float32))


def tastes_all_alike(monkeypatch: Patch) -> None:
    monkeypatch.setattr(migrate, "taste_types", lambda _, types: np.ones(types))


def inverse_hazard(monkeypatch: Patch) -> None:
    honest = migrate.wake_thresholds
    monkeypatch.setattr(
        migrate,
        "wake_thresholds",
        lambda *arguments: (WAKE_SCALE - honest(*arguments)).astype(np.uint32),
    )


def tenure_not_reset(monkeypatch: Patch) -> None:
    """Who switches keeps the tenure it had with its former provider."""
    honest = migrate.migrate_range

    def forgetful(first: int, last: int, crowd: Any, *others: Any) -> None:
        before = crowd.since.copy()
        honest(first, last, crowd, *others)
        crowd.since[:] = np.where(crowd.seen == NONE, crowd.since, before)

    monkeypatch.setattr(migrate, "migrate_range", forgetful)


def imitation_forgotten(monkeypatch: Patch) -> None:
    change_tables(monkeypatch, lambda _: {"imitation": 0.0})


def imitation_forgotten_by_firms(monkeypatch: Patch) -> None:
    honest = procure.adoption_hazard
    monkeypatch.setattr(procure, "adoption_hazard", lambda share, p, q: honest(share, p, 0.0))


def incumbent_forgotten(monkeypatch: Patch) -> None:
    honest = tender.incumbent_scores
    monkeypatch.setattr(tender, "incumbent_scores", lambda *arguments: 0.9 * honest(*arguments))


def contracts_end_early(monkeypatch: Patch) -> None:
    honest = procure.terms
    monkeypatch.setattr(procure, "terms", lambda *arguments: honest(*arguments) - np.int16(1))


def everybody_on_the_list(monkeypatch: Patch) -> None:
    monkeypatch.setattr(procurement, "coverage", lambda brand, slope, base: np.ones_like(brand))


def scores_upside_down(monkeypatch: Patch) -> None:
    monkeypatch.setattr(procurement, "standardised", worst_is_best(procurement.standardised))


def price_without_logarithm(monkeypatch: Patch) -> None:
    honest = migrate.utility_terms

    def plain(market: Any, people: Any, segment: int, in_use: bool = False) -> Any:
        terms = honest(market, people, segment, in_use)
        if segment == migrate.CONSUMER:
            return terms
        return terms._replace(price=-0.1 * people.price_weight * market.offers.price[segment])

    monkeypatch.setattr(migrate, "utility_terms", plain)


def luck_of_the_place(monkeypatch: Patch) -> None:
    """Draws keyed to the position of an offer, so that an exit reshuffles the others."""
    honest = simulation.market.supply_of
    places = np.arange(16, dtype=np.uint64)
    monkeypatch.setattr(
        simulation.market, "supply_of", lambda config: honest(config)._replace(keys=places)
    )


def event_with_a_trace(monkeypatch: Patch) -> None:
    """An event that changes something besides what it names."""
    honest = policy.__dict__["policy"]

    def traced(market: Any) -> None:
        before = market.config
        honest(market)
        if market.config is not before:
            market.enterprises.price *= 0.999

    monkeypatch.setattr("simulation.month.policy", traced)


def observer_with_a_hand(monkeypatch: Patch) -> None:
    """A reporter that writes to what it reports."""

    def meddling(market: Any) -> float:
        market.consumers.crowd.taste[:] = 0
        return 0.0

    monkeypatch.setitem(simulation.market.REPORTERS, "meddling", meddling)


@pytest.mark.parametrize(
    ("bend", "case"),
    [
        (peers_counted_twice, "v05_ordered"),
        (peers_counted_twice, "v06_six_even"),
        (nest_forgotten, "v01_nest"),
        (luck_of_the_nest_forgotten, "v01_nest"),
        (luck_of_the_nest_forgotten_in_tenders, "v01_nest"),
        (tastes_all_alike, "v02_tastes"),
        (inverse_hazard, "v03_switching"),
        (tenure_not_reset, "v04_tenure"),
        (imitation_forgotten, "v09_bass"),
        (imitation_forgotten_by_firms, "v09_bass"),
        (incumbent_forgotten, "v10_contracts"),
        (contracts_end_early, "v10_contracts"),
        (scores_upside_down, "v11_best"),
        (everybody_on_the_list, "v11_indifferent"),
        (price_without_logarithm, "v20_prices"),
        (luck_of_the_place, "v20_hopeless"),
        (event_with_a_trace, "v21_recorded"),
        (observer_with_a_hand, "v21_recorded"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_bent_model_fails_the_case_that_is_about_it(
    bend: Callable[[Patch], None], case: str, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`shareshift verify` ends with 5 and names the case."""
    bend(monkeypatch)
    assert verify.main([case]) == 5
    text = capsys.readouterr().out
    assert re.search(r"(binomial|blocks|agents|exact|bound) +FAILED", text), text
    assert f"configs/verification/{case}.yaml" in text
