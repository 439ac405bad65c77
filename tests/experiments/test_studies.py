"""Studies: rows made once and kept, the same in any number of processes; what their tables say."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

import agents.compiled
import simulation
from agents.graph import edges
from experiments import model_tables
from experiments.studies import (
    convergence,
    ends,
    network,
    network_figure,
    network_tables,
    record,
    rows,
    spread,
)
from experiments.studies.cells import brief, middle, numbers, trimmed
from simulation.config import with_changes
from simulation.network import build

SHORT = {"months": 14}
TINY = 1_000  # developers; a tenth as many firms are the fewest that the default industries hold


@pytest.fixture
def study() -> rows.Study:
    """Two small markets, with and without peers."""
    cells = [
        cell._replace(changes={**cell.changes, **SHORT, "developers.count": 300})
        for cell in network.cells([TINY])[:2]
    ]
    return rows.Study("small", cells, 3, ends.end_of_run, (Path(ends.__file__),))


def stopping(after: int):
    """Measure that is stopped at the run after so many, and the list of the seeds it ran."""
    ran = []

    def measure(config):
        if len(ran) == after:
            raise KeyboardInterrupt
        ran.append(config.seed)
        return {"seed again": config.seed, "half": config.seed / 2}

    return measure, ran


# --- Rows ----------------------------------------------------------------------------------------


def test_rows_are_those_of_the_runs_and_the_same_in_any_number_of_processes(study, tmp_path):
    alone, shared = tmp_path / "alone.csv", tmp_path / "shared.csv"
    found = rows.fill(study, alone, 1, quiet=True)
    rows.fill(study, shared, 2, quiet=True)
    assert alone.read_bytes() == shared.read_bytes()
    assert rows.read(alone) == found
    told = [(row["peers"], row["seed"]) for row in found]
    assert told == [*product(("0.0", "1.5"), "123")]
    market = simulation.Market(
        with_changes(simulation.load(rows.RECORDED), {**study.cells[1].changes, "seed": 3})
    )
    while market.running:
        market.step()
    segments = market.records.table("segments")
    last = segments["month"] == 13
    for part, name in product(("coding", "enterprise", "consumer"), market.supply.providers):
        here = last & (segments["segment"] == part) & (segments["provider"] == name)
        assert int(found[-1][f"{part} {name}"]) == segments["accounts"][here][0]
        if part != "consumer":
            paid = float(found[-1][f"{part} spend {name}"])
            assert paid == pytest.approx(segments["spend_share"][here][0], abs=5e-5)


def test_a_study_that_was_stopped_goes_on(study, tmp_path):
    whole, path = tmp_path / "whole.csv", tmp_path / "rows.csv"
    rows.fill(study._replace(measure=stopping(99)[0]), whole, quiet=True)
    measure, ran = stopping(4)
    with pytest.raises(KeyboardInterrupt):
        rows.fill(study._replace(measure=measure), path, quiet=True)
    assert len(rows.read(path)) == len(ran) == 4
    path.write_bytes(path.read_bytes()[:-3])  # the last row was cut off
    measure, ran = stopping(99)
    rows.fill(study._replace(measure=measure), path, quiet=True)
    assert ran == [1, 2, 3]
    assert path.read_bytes() == whole.read_bytes()
    rows.fill(study._replace(measure=measure), path, quiet=True)
    assert ran == [1, 2, 3]


def test_rows_of_another_model_config_or_measure_are_made_anew(study, tmp_path, monkeypatch):
    path, source = tmp_path / "rows.csv", tmp_path / "measure.py"
    source.write_text("one")
    study = study._replace(sources=(source,))
    rows.fill(study._replace(measure=stopping(99)[0]), path, quiet=True)
    first = study.cells[0]
    other = first._replace(changes={**first.changes, "developers.peer_weight": 2})
    measure, ran = stopping(99)
    rows.fill(study._replace(cells=[other, study.cells[1]], measure=measure), path, quiet=True)
    assert ran == [1, 2, 3]
    source.write_text("two")
    rows.fill(study._replace(measure=measure), path, quiet=True)
    assert len(ran) == 3 + 6
    monkeypatch.setattr(agents.compiled, "model_version", lambda: "another")
    rows.fill(study._replace(measure=measure), path, quiet=True)
    assert len(ran) == 3 + 6 + 6
    assert len(rows.read(path)) == 6


def test_numbers_keep_their_precision_and_gaps():
    assert [rows.worded(value) for value in (3, 1 / 3, float("nan"), 2.0)] == [
        "3",
        "0.333333",
        "",
        "2",
    ]
    assert np.array_equal(numbers([{"a": ""}, {"a": "0.5"}], "a"), [np.nan, 0.5], equal_nan=True)


# --- Estimates and cells -------------------------------------------------------------------------


def test_d_run_of_monopolists_is_known():
    found = spread.divergence(np.eye(4))
    assert found.value == pytest.approx(1.0)
    assert found.each == pytest.approx(np.log(3) / np.log(4))
    assert found.error == pytest.approx(0.0)
    assert spread.divergence(np.full((5, 4), 0.25)).value == 0.0


def test_the_error_of_a_mean_is_the_textbooks():
    values = np.random.default_rng(1).normal(size=40)
    found = spread.mean(values)
    assert found.error == pytest.approx(values.std(ddof=1) / np.sqrt(40))
    assert spread.difference(found, found).error == 0.0
    low, high = found.ends
    assert (high - low) / 2 == pytest.approx(1.28155 * found.error, rel=1e-4)


def test_a_slope_is_that_of_the_logarithms():
    sizes = (10, 100, 1_000)
    falling = [spread.Estimate(2.0 / size, np.array([1.0, 4.0]) / size) for size in sizes]
    assert spread.slope(sizes, falling).value == pytest.approx(-1.0)
    assert spread.slope(sizes, falling).each == pytest.approx([-1.0, -1.0])
    flat = [spread.Estimate(0.3, np.array([0.2, 0.4])) for _ in sizes]
    assert spread.slope(sizes, flat).value == pytest.approx(0.0)


def test_cells_have_the_digits_that_count():
    assert [trimmed(number, 2) for number in (0.241, -0.241, 10.5, 1.0)] == [
        ".24",
        "−.24",
        "10.50",
        "1.00",
    ]
    assert [brief(number) for number in (1.74, 9.96, 758.2)] == ["1.7", "10", "758"]
    assert middle([0.0, 0.25, 0.5, 0.75, 1.0]) == ".50 [.10-.90]"
    assert middle([0.5, float("nan")]) == "-"
    estimate = spread.Estimate(0.0123, np.array([0.011, 0.012, 0.0139]))
    assert spread.ranged(estimate, 100) == "1.2 [1.0 to 1.4]"
    assert spread.erring(estimate) == "+.0123 (.0017)"


# --- The network study ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", network.GRAPHS)
def test_graphs_have_one_mean_degree_and_modules_are_modules(name):
    changes = network.cell(TINY, 0.0, name, 0.0, 0.0).changes
    config = with_changes(simulation.load(rows.RECORDED), changes)
    src, dst = edges(build(config.networks.consumers, TINY, 1, "consumers"))
    assert 2 * len(src) / TINY == pytest.approx(network.DEGREE, abs=0.4)
    inside = np.mean(src // network.BLOCK == dst // network.BLOCK)
    assert inside == pytest.approx(0.95 if name == "modular" else 0.05, abs=0.04)


def test_without_pull_firms_are_the_same_in_every_market_and_nobody_else_sees_pull():
    """The study runs firms without pull once, because this holds."""

    def end(*labels):
        changes = network.cell(4 * TINY, 0.1, *labels).changes
        found = ends.end_of_run(with_changes(simulation.load(rows.RECORDED), changes))
        firms = {name: value for name, value in found.items() if name.startswith("enterprise")}
        return firms, {name: value for name, value in found.items() if name not in firms}

    firms, people = end("random", 0.0, 0.0)
    others, herd = end("clustered", 6.0, 0.0)
    assert firms == others
    assert people != herd
    pulled, same = end("clustered", 6.0, network.PULL)
    assert same == herd
    assert pulled != firms


def planted(size: int, step: float, graph: str, peers: float, pull: float) -> list[rows.Row]:
    """Four seeds between which OpenAI's share swings as luck of so many agents would."""
    swing = 1 / np.sqrt(size) if step == 0 else 0.2
    labels = {"size": size, "step": step, "graph": graph, "peers": peers, "pull": pull}
    found = []
    for seed, sign in enumerate((1, -1, 1, -1)):
        row = {name: str(label) for name, label in labels.items()} | {"seed": str(seed)}
        first = round(size * 1000 * (0.5 + sign * swing))
        for part in ("coding", "enterprise", "consumer"):
            row |= {f"{part} OpenAI": str(first), f"{part} OPEN": str(1000 * size - first)}
            share = {"OpenAI": first / size / 1000, "OPEN": 1 - first / size / 1000}
            row |= {f"{part} spend {name}": str(value) for name, value in share.items()}
        found.append(row)
    return found


def test_tables_of_planted_rows_say_what_was_planted():
    every = [tuple(cell.labels.values()) for cell in network.cells()]
    tables = network_tables.tables([row for market in every for row in planted(*market)])
    shocks = 1 - (-0.7 * np.log2(0.7) - 0.3 * np.log2(0.3))
    for name in ("network_developers", "network_consumers"):
        lines = [line.strip("| ").split(" | ") for line in tables[name].splitlines()[2:]]
        assert len(lines) == 3 * 4
        assert [line[:2] for line in lines[:2]] == [["random", "0"], ["random", "1.5"]]
        for line in lines:
            assert [cell[:3] for cell in line[2:5]] == ["2.9"] * 3  # N D_run is 2 / ln 2
            assert line[5].startswith("−1.00 [")
            assert line[7] == ".50"
            assert line[8].startswith(f"{shocks:.2f}".lstrip("0"))
    firms = tables["network_enterprises"].splitlines()[2:]
    assert len(firms) == 1 + 3 * 4
    assert firms[0].startswith("| 0 | any | any |")


def test_the_figure_has_a_line_for_each_weight_step_and_yardstick(monkeypatch, tmp_path):
    every = [tuple(cell.labels.values()) for cell in network.cells()]
    monkeypatch.setattr(network_figure, "FOLDER", tmp_path / "studies")
    monkeypatch.setattr(
        network_figure, "read", lambda path: [row for market in every for row in planted(*market)]
    )
    drawn = []
    draw = network_figure.draw_sizes
    monkeypatch.setattr(
        network_figure, "draw_sizes", lambda *told: drawn.append(draw(*told)) or drawn[0]
    )
    network_figure.main()
    assert (tmp_path / "network.png").read_bytes().startswith(b"\x89PNG")
    for axes in drawn[0].axes:
        dashes = [line.get_linestyle() for line in axes.lines if line.get_marker() == "o"]
        assert [dashes.count(kind) for kind in ("-", "--", ":")] == [4, 4, 1]


# --- The others ----------------------------------------------------------------------------------


def test_sizes_move_what_they_move():
    """A shift that is there is bold, and one that is not is not; spreads are compared."""
    rng = np.random.default_rng(2)
    base = rng.normal(size=40)
    same, larger = base + rng.normal(scale=0.1, size=40), base + rng.normal(0.2, 0.1, size=40)
    assert "**" not in convergence.shift(same - same.mean() + base.mean() + 0.01, base)
    assert convergence.shift(larger, base).startswith("**+")
    assert convergence.shift(3 * base, base).endswith("x 3.0")


def test_published_figures_are_compared_in_their_unit_and_among_their_vendors():
    class Planted:
        """Tables of one month."""

        def table(self, name):
            return {
                "date": np.array(["2025-06", "2025-07", "2025-07", "2025-07"], object),
                "segment": np.array(["coding"] * 4, object),
                "provider": np.array(["A", "A", "B", "C"], object),
                "spend_share": np.array([0.9, 0.1, 0.3, 0.6]),
            }

    figure = {"date": "2025-07-01", "table": "segments", "column": "spend_share"}
    figure |= {"segment": "coding", "factor": "100", "provider": "A", "among": ""}
    assert record.ours(Planted(), figure) == pytest.approx(10)
    assert record.ours(Planted(), figure | {"among": "A;B"}) == pytest.approx(25)
    assert record.ours(Planted(), figure | {"provider": "all"}) == pytest.approx(100)
    assert record.ours(Planted(), figure | {"segment": "consumer"}) == 0


def test_the_comparison_shows_each_figure_once():
    published = record.figures()
    shown = [
        f"{d} {line.channel} {p}" for line in record.LINES for d, p in map(str.split, line.figures)
    ]
    assert len(shown) == len(set(shown)) > 25
    assert set(shown) <= set(published)
    seeds = [dict.fromkeys(published, "50") | {record.RENEWAL: "0.9"}] * 3
    text = record.tables(seeds)["record"]
    assert "| .72 / .17 / .10 | .50 [.50-.50] / .50 [.50-.50] / .50 [.50-.50] |" in text
    assert "| contract renewals: 2025 | about .90 | .90 [.90-.90] |" in text


def test_a_study_without_rows_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(rows, "FOLDER", tmp_path)
    with pytest.raises(model_tables.TableError, match="make studies"):
        model_tables.study_tables(model_tables.STUDIES)
