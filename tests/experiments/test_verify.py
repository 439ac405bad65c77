"""The verification suite: every case agrees with theory, every twin does not, and the command."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import simulation.phases.procure as procure
from experiments import cli, verify
from experiments.cli import UsageError
from experiments.verification import case as measures
from experiments.verification import v07_voter, v08_urn, v19_symmetry
from experiments.verification.case import Case, Row
from experiments.verification.trial import CONFIGS, settings, trial_of
from simulation.identities import IdentityError

CASES = verify.every_case()
NAMES = [f"V{number}" for number in range(1, 23)]
WITH_EVERYTHING = {"V17", "V18", "V19", "V21", "V22"}
SHARED = {"limit", "limit_supply"}  # what other configs extend
Patch = pytest.MonkeyPatch


def turn_scores(monkeypatch: Patch) -> None:
    """Give scores the wrong sign."""
    honest = procure.tender_month

    def turned(market: Any) -> Any:
        month = honest(market)
        return month._replace(score_weight=-month.score_weight)

    monkeypatch.setattr(procure, "tender_month", turned)


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
    assert {case.config for case in CASES} == files - SHARED


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_config_is_a_plain_one(path: Path) -> None:
    """Each config loads on its own, under the name of its file."""
    assert settings(path.stem).name == path.stem


def test_limit_cases_switch_off_what_they_do_not_test() -> None:
    """V1 to V11 and V20: plain logit, no trials, equal spenders, no product term, ..."""
    chosen = [case for case in CASES if case.name not in WITH_EVERYTHING]
    tested = {"nest": "v01_nest", "product": ("v01_logit", "v01_nest", "v20_hopeless")}
    for case in chosen:
        config = settings(case.config)
        people = (config.developers, config.consumers, config.enterprises)
        assert config.choice.nest_dissimilarity == 1 or case.config == tested["nest"]
        assert config.enterprises.pay_as_you_go == 0, case.config
        assert [group.spend_spread for group in people] == [0, 0, 0], case.config
        for group in (config.developers, config.consumers):
            assert (group.trial_probability, group.leaving_hazard) == (0, 0), case.config
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
    turn_scores(monkeypatch)
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
    turn_scores(monkeypatch)
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


def test_furthest_row_misses_by_most_of_its_tolerance() -> None:
    """Where nothing is tolerated any miss is the furthest, and a miss of nothing is none."""
    rows = [Row("near", 0.0, 0.3, 0.2, measures.BLOCKS), Row("far", 0.0, 0.2, 0.1, measures.BLOCKS)]
    assert measures.furthest(rows) == rows[1]._replace(compared=2)
    strict = Row("strict", 0.0, 1e-9, 0.0, measures.BLOCKS)
    assert measures.furthest([*rows, strict]).what == "strict"
    assert measures.furthest([*rows, strict._replace(result=0.0)]).what == "far"


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


# --- Theories of the voter, the urn and the names ------------------------------------------------


def test_pairs_of_voters_meet_as_their_next_choices_say() -> None:
    """From 12 of 40 on an offer: pairs that differ a month later, from each agent's own chance."""
    size, on, chance = 40, 12, 0.5
    own = np.where(np.arange(size) < on, 1.0, 0.0)
    likely = (1 - chance) * own + chance * (on - own) / (size - 1)
    apart = np.outer(likely, 1 - likely) + np.outer(1 - likely, likely)
    expected = np.triu(apart, 1).sum() / (on * (size - on))
    assert 1 - v07_voter.meeting(chance, size) == pytest.approx(expected, rel=1e-12)


def test_urn_is_uniform_for_weight_1_and_has_its_limits_for_others() -> None:
    """Pólya's urn leaves any number alike; squares leave ln T/T to the loser; roots, nothing."""
    assert v08_urn.urn(1.0, 50) == pytest.approx(np.full(51, 1 / 51), rel=1e-12)
    assert v08_urn.urn(2.0, 2) == pytest.approx(np.array([0.4, 0.2, 0.4]), rel=1e-12)
    steps = 2000
    share = (1 + np.arange(steps + 1)) / (steps + 2)
    loser = v08_urn.urn(2.0, steps) @ np.minimum(share, 1 - share)
    assert 0.6 < loser * steps / np.log(steps) < 0.8
    variance = v08_urn.urn(0.5, steps) @ (share - 0.5) ** 2
    assert variance * 4 * steps / np.log(steps) == pytest.approx(1, abs=0.05)


def test_distance_of_samples_is_reached_by_one_pair_of_10_000() -> None:
    """At the distance the exact chance is below 1e-4; one step nearer it is not."""
    distance = v19_symmetry.smirnov(40)
    one = np.arange(40.0)
    for far, rare in ((distance, True), (distance - 1 / 20, False)):
        other = one + 40 * far
        found = stats.ks_2samp(one, other, method="exact")
        assert found.statistic == pytest.approx(far)
        assert (found.pvalue < 1e-4) == rare


def test_names_are_handed_round_and_order_is_reversed() -> None:
    """Bravo offers what Alpha did; OPEN keeps its name; nothing but the order is reversed."""
    config = settings("v19_twins")
    other = v19_symmetry.handed_round(config)
    names = ("Alpha", "Bravo", "Charlie", "Delta")
    for name, before in zip(names, ("Delta", *names[:3]), strict=True):
        assert other.supply.offers[name] == config.supply.offers[before]
    assert other.supply.offers["OPEN"] == config.supply.offers["OPEN"]
    back = v19_symmetry.in_reverse(config)
    assert list(back.supply.offers) == list(reversed(config.supply.offers))
    assert back == config
