"""What a sweep file may say, and how it is refused: everything at once, each at its place."""

from pathlib import Path

import pytest
from small_sweeps import BASE, loaded, text_of, told

from experiments.cli import main
from experiments.sweeps.sweep_file import load_sweep_file
from simulation.config import ConfigError

pytestmark = pytest.mark.usefixtures("folder")
CHOICES = "{choices: {one: {networks.developers: ring}, two: {networks.developers: none}}}"


def test_a_small_file_is_read_with_its_defaults() -> None:
    sweep = loaded()
    assert (sweep.name, sweep.seeds, sweep.networks, sweep.rule) == ("sweep", 1, None, None)
    assert [factor.name for factor in sweep.factors] == [
        "developers.peer_weight",
        "choice.upgrade_share",
    ]
    assert [(factor.low, factor.high) for factor in sweep.factors] == [(0.0, 4.0), (0.0, 1.0)]
    assert (sweep.keep, sweep.seconds, sweep.memory) == (("market",), 600, 4000)
    assert len(sweep.points()) == len(sweep.jobs()) == sweep.most_runs == 5


def test_changes_of_the_base_hold_for_every_run() -> None:
    assert loaded(set="{months: 7, developers: {count: 50}}").base.months == 7
    assert loaded(set="{developers.count: 50}").base.developers.count == 50


# Each slip, and what its message has to say: where, and what to do.
SLIPS = {
    "unknown factor": (
        {"factors": "{developers.peer_wait: {}}"},
        "sweep.yaml:3:33: factors.developers.peer_wait: unknown key (did you mean 'peer_weight'?)",
    ),
    "unknown section": ({"factors": "{developer.peer_weight: {}}"}, "did you mean 'developers'"),
    "unknown entry": ({"factors": "{supply.offers.C.brand: {}}"}, "the base has no 'C'"),
    "a section": ({"factors": "{networks.developers: {}}"}, "name one of its entries"),
    "a word": ({"factors": "{developers.peer_form: {range: [0, 1]}}"}, "is no number"),
    "seed": ({"factors": "{seed: {values: [1, 2]}}"}, "use `replicates`"),
    "seed of networks": ({"factors": "{networks.seed: {range: [1, 9]}}"}, "use `replicates`"),
    "in set too": ({"set": "{developers: {peer_weight: 1}}"}, "stands in `set` too"),
    "wrong order": (
        {"factors": "{developers.peer_weight: {range: [4, 0]}}"},
        "4 is not below 0; write the lower one first",
    ),
    "one value": ({"factors": "{developers.peer_weight: {range: [4, 4]}}"}, "is not below"),
    "three ends": ({"factors": "{developers.peer_weight: {range: [0, 1, 2]}}"}, "write two"),
    "outside the bounds": (
        {"factors": "{developers.peer_weight: {range: [0, 99]}}"},
        "99 util is outside",
    ),
    "no whole number": ({"factors": "{months: {range: [1.5, 4]}}"}, "is no whole number"),
    "no range of its own": ({"factors": "{developers.count: {}}"}, "has no plausible range"),
    "log from 0": ({"factors": "{developers.peer_weight: {scale: log}}"}, "a log scale above 0"),
    "two ways": (
        {"factors": "{developers.peer_weight: {range: [0, 4], values: [1, 2]}}"},
        "`range` and `values` are both given",
    ),
    "twice the same": ({"factors": "{developers.peer_weight: {values: [1, 1]}}"}, "twice"),
    "nan": ({"factors": "{developers.peer_weight: {range: [0, .nan]}}"}, "not a finite number"),
    "infinity": ({"factors": "{developers.peer_weight: {range: [0, .inf]}}"}, "not a finite"),
    "the same key twice": (
        {"factors": "{choice.upgrade_share: {}, choice.upgrade_share: {}}"},
        "the key is given twice",
    ),
    "two factors of one value": (
        {"factors": f"{{a: {CHOICES}, networks.developers.degree: {{values: [2, 4]}}}}"},
        "is changed by the factor 'a' too",
    ),
    "no factors": ({"factors": "{}"}, "nothing varies"),
    "a choice that is not there": (
        {"factors": "{a: {choices: {one: {networks.developer: ring}}}}"},
        "factors.a.choices.one.networks.developer: unknown key (did you mean 'developers'?)",
    ),
    "a choice that is a word": (
        {"factors": "{a: {choices: {one: {networks.developers: ring}, two: sup}}}"},
        "factors.a.choices.two: text 'sup' stands where a map",
    ),
    "a choice that is nothing": (
        {"factors": "{a: {choices: {one: {networks.developers: ring}, two: }}}"},
        "factors.a.choices.two: None stands where a map",
    ),
    "paths of two kinds": (
        {"factors": "{a: {paths: [months, developers.peer_weight], range: [1, 4]}}"},
        "some are whole numbers",
    ),
    "unknown design": ({"design": "{kind: moris}"}, "did you mean 'morris'?"),
    "no size": ({"design": "{kind: sobol}"}, "add `base_points`"),
    "a size of another kind": ({"design": "{kind: lhs, points: 3, levels: 4}"}, "has no levels"),
    "no power of 2": ({"design": "{kind: sobol, base_points: 100}"}, "use 64 or 128"),
    "too few for FAST": ({"design": "{kind: fast, samples: 64}"}, "4 x harmonics^2 = 64"),
    "odd levels": ({"design": "{kind: morris, trajectories: 3, levels: 5}"}, "even number"),
    "no levels": ({"design": "{kind: grid}"}, "how many levels has developers.peer_weight"),
    "levels of nobody": ({"design": "{kind: grid, levels: {a: 3}}"}, "is not among the factors"),
    "a row without a value": (
        {"design": "{kind: list, rows: [{choice.upgrade_share: 0}]}"},
        "no value of developers.peer_weight",
    ),
    "a row outside": (
        {"design": "{kind: list, rows: [{choice.upgrade_share: 0, developers.peer_weight: 9}]}"},
        "9 is outside [0, 4]; widen its range",
    ),
    "absurd": ({"design": "{kind: lhs, points: 9000000}", "replicates": "2"}, "18,000,000 runs"),
    "no seeds": ({"replicates": "0"}, "replicates: 0 seeds is outside [1, 100000]"),
    "two rules": (
        {"replicates": "{seeds: 3, until: {outcome: hhi_revenue, half_width: .1}}"},
        "`until` finds the number of seeds",
    ),
    "a rule of nobody": (
        {"replicates": "{until: {outcome: hhi, half_width: .1}}"},
        "hhi is not among the outcomes; there are hhi_revenue",
    ),
    "unknown column": ({"outcomes": "{hhi_revenu: {}}"}, "did you mean 'hhi_revenue'?"),
    "unknown table": ({"outcomes": "{a: {table: markets}}"}, "did you mean 'market'?"),
    "text as a number": ({"outcomes": "{regime: {}}"}, "say which one counts"),
    "a number as text": ({"outcomes": "{hhi_revenue: {is: high}}"}, "holds numbers"),
    "after the end": ({"outcomes": "{hhi_revenue: {at: 12}}"}, "12 is not one of the months"),
    "several rows": ({"outcomes": "{a: {table: providers, column: revenue}}"}, "add `rows`"),
    "a column of the table of runs": (
        {"outcomes": "{seed: {column: hhi_revenue}}"},
        "'seed' is a column of the table of runs",
    ),
    "no outcomes": ({"outcomes": "{}"}, "nothing stands here"),
    "region of nobody": ({"regions": "{r: {outcome: hhi, above: .5}}"}, "is not among"),
    "region without an end": ({"regions": "{r: {outcome: hhi_revenue}}"}, "all runs are in it"),
    "unknown key": ({"factor": "{}"}, "factor: unknown key (did you mean 'factors'?)"),
    "version": ({"limits": "{seconds: -1}"}, "outside [0.01"),
    "no such table to keep": ({"keep": "[markets]"}, "did you mean 'market'?"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_its_place_and_cure(slip: str) -> None:
    parts, text = SLIPS[slip]
    messages = told(**parts)
    assert any(text in line for line in messages), messages
    assert all(line.startswith("sweep.yaml:") for line in messages)


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    messages = told(
        factors="{developers.peer_wait: {}}",
        design="{kind: lhs, points: 0}",
        outcomes="{hhi: {}}",
        keep="[nothing]",
    )
    places = [int(line.split(":")[1]) for line in messages]
    assert places == [3, 4, 5, 6]


def test_problems_of_the_base_are_told_with_those_of_the_sweep() -> None:
    messages = told(BASE + "developers: {peer_weight: 99}\n", outcomes="{hhi: {}}")
    assert any(line.startswith("base.yaml:4:27: developers.peer_weight") for line in messages)
    assert any(line.startswith("sweep.yaml:5:") for line in messages)


def test_a_change_of_the_base_is_refused_where_it_stands() -> None:
    (line,) = told(set="{developers.count: -1}")
    assert line.startswith("sweep.yaml:6:25: developers.count: -1")


@pytest.mark.parametrize(
    ("base", "text"),
    [
        ("none.yaml", "no such file"),
        ("/etc/passwd", "outside the checkout and the current folder"),
        ("../../../../etc/passwd", "outside"),
        ("../outside.yaml", "outside"),
        ("sweep.yaml", "is a sweep file itself"),
        ("link.yaml", "outside"),
        (".", "is a folder"),
    ],
)
def test_a_base_that_may_not_be_read_is_refused(base: str, text: str, folder: Path) -> None:
    (folder.parent / "outside.yaml").write_text(BASE)
    Path("link.yaml").symlink_to(folder.parent / "outside.yaml")
    Path("sweep.yaml").write_text(text_of().replace("base.yaml", base))
    with pytest.raises(ConfigError, match=text):
        load_sweep_file("sweep.yaml")


def test_a_base_beside_the_file_is_read_wherever_both_lie(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded()
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert load_sweep_file(folder / "sweep.yaml").base.months == 12


def test_check_takes_sweep_files_and_configs(capsys: pytest.CaptureFixture[str]) -> None:
    loaded(replicates="{seeds: 3, networks: 2}")
    assert main(["check", "sweep.yaml", "base.yaml"]) == 0
    said = capsys.readouterr().out
    assert "5 points (lhs, 2 factors) x 3 seeds x 2 networks: 30 runs of base, 12 months" in said
    assert "base.yaml: ok" in said


def test_check_refuses_a_sweep_with_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    told(factors="{developers.peer_wait: {}}")
    assert main(["check", "sweep.yaml"]) == 2
    streams = capsys.readouterr()
    assert (streams.out, streams.err.count("\n")) == ("", 1)
    assert main(["check", "sweep.yaml", "--set", "months=3"]) == 2


def test_a_point_that_no_config_can_be_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    factors = "{graph: {choices: {even: {networks.consumers: {degree: 4}}, odd: "
    factors += "{networks.consumers: {degree: 5}}}}}"
    loaded(factors=factors, design="{kind: grid}")
    assert main(["check", "sweep.yaml"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("sweep.yaml:3:") and "factors.graph.choices.odd" in said
    assert "is odd" in said and "even: {" not in said


def test_a_combination_that_cannot_be_is_told_at_the_design(
    capsys: pytest.CaptureFixture[str],
) -> None:
    factors = "{networks.consumers.degree: {values: [4, 20]}, consumers.count: {values: [9, 90]}}"
    loaded(factors=factors, design="{kind: grid}")
    assert main(["check", "sweep.yaml"]) == 2
    said = capsys.readouterr().err
    assert (
        "sweep.yaml:4:9: design: point 2 (networks.consumers.degree 20, consumers.count 9)" in said
    )
    assert said.count("\n") == 1
