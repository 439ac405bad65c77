"""The benchmark measures what it says, and writes it where it should; in small."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import bench
import document
import measuring
import pytest
import sweep_figures
from developer_figures import engine_only, numpy_step, peer_figures, times_of
from document import BEGIN, END, machine, markdown, put
from measuring import Figure, figure, in_turn, process_time, ratio
from plain_numpy import PlainDevelopers
from speed_limits import Rates, Step, bound, bytes_of, lines_touched, measured
from workloads import HAZARD, awake, developer_market

from simulation import month as schedule
from simulation.market import Market

ROOT = Path(__file__).resolve().parents[2]


def test_a_figure_says_the_best_the_median_and_the_spread() -> None:
    assert figure("x", [3.0, 2.0, 5.0], "ns")[1:4] == ("2.00 ns", "3.00 ns", "150%")
    assert figure("x", [1234.5], "s")[1:4] == ("1,234 s", "", "")
    turns = ratio("x", [20.0, 30.0, 40.0], [2.0, 2.0, 8.0])
    assert turns[1:4] == ("10.0 x", "10.0 x", "200%")


def test_turns_are_taken_in_turn() -> None:
    order: list[str] = []

    def action(name: str) -> float:
        order.append(name)
        return len(order)

    taken = in_turn([lambda: action("a"), lambda: action("b")], turns=3)
    assert "".join(order) == "ababab"
    assert taken == [[1, 3, 5], [2, 4, 6]]


def test_time_of_a_process_is_its_own_and_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    usages = iter(
        [SimpleNamespace(ru_utime=1, ru_stime=2), SimpleNamespace(ru_utime=4, ru_stime=7)]
    )
    monkeypatch.setattr(measuring.resource, "getrusage", lambda _: next(usages))
    assert process_time([measuring.sys.executable, "-c", ""]) == 3 + 5


def test_peers_are_timed_from_the_engines_state_which_they_do_not_disturb() -> None:
    config = developer_market(300, *awake())
    alone, market = Market(config), Market(config)
    phase, plain = schedule.migrate, PlainDevelopers(market)
    times = times_of(market, lambda real: engine_only(real) | {"numpy": numpy_step(plain)})
    assert schedule.migrate is phase
    for _ in range(market.month):
        alone.step()
    assert (alone.developers.crowd.choice == market.developers.crowd.choice).all()
    assert (plain.choice == market.developers.crowd.choice).mean() > 0.99
    assert {name: len(runs) for name, runs in times.items()} == {"engine": 5, "numpy": 5}
    assert len(list(peer_figures(200, 30.0))) == 2


def test_workload_w1_is_what_it_is_said_to_be() -> None:
    market = Market(developer_market(20_000, *awake()))
    market.step()
    graph, settings = market.graphs["developers"], market.config.developers
    assert len(graph.neighbours) / 20_000 == pytest.approx(10, abs=0.1)
    assert market.offers.live[0].sum() == 8 and market.offers.nested[0].sum() == 3
    assert len(set(market.developers.crowd.taste.tolist())) == 8
    assert settings.trial_probability > 0 and settings.reconsideration_probability == HAZARD


def test_bytes_that_pass_are_whole_lines() -> None:
    assert lines_touched(4, 1.0) == 4
    assert lines_touched(64, 0.25) == 16
    assert lines_touched(1, 0.15) == pytest.approx(1, abs=1e-4)
    asleep, all_awake = (Step(1000, share, share, 10, 8) for share in (0.0, 1.0))
    assert bytes_of(asleep) == 4
    assert bytes_of(all_awake) == 4 + 4 + 5 + 6 + 4 + 40 + 32


def test_the_bound_adds_up_rates_times_counts() -> None:
    rates = Rates([10.0, 50.0], {1000: [0.9, 0.5]}, [0.4], [0.1])
    step = Step(1000, 0.5, 0.0, 10, 8)
    parts = bound(rates, step)
    assert parts["draws"] == pytest.approx(0.1 * (1 + 0.5 * 10))
    assert parts["neighbours"] == pytest.approx(0.5 * 10 * 0.5)
    assert parts["options"] == pytest.approx(0.5 * 9 * 0.4)
    assert parts["stream"] == pytest.approx(bytes_of(step) / 50.0)


def test_rates_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speed_limits.STREAM", 1000)
    monkeypatch.setattr("speed_limits.GATHERS", 1000)
    rates = measured([500])
    assert min(rates.stream) > 0 and min(rates.gather[500]) > 0
    assert min(rates.entry) > 0 and min(rates.draw) > 0


def test_the_machine_is_described_without_its_name() -> None:
    text = "\n".join(machine())
    assert "cores" in text and "numba" in text and "load average" in text
    assert measuring.os.uname().nodename not in text.split()
    assert "/" not in text


def test_the_table_stands_between_its_markers_and_nothing_else_changes() -> None:
    written = markdown(["a machine"], {"Speed": [Figure("step", "1 ns", target="2 ns")]})
    text = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    new = put(text, written)
    assert new == f"above\n{BEGIN}\n{written}\n{END}\nbelow\n"
    assert put(new, written) == new
    assert "| step | 1 ns |  |  | 2 ns |  |" in new
    for damaged in ("", text + BEGIN, f"{END}\n{BEGIN}"):
        with pytest.raises(ValueError, match=r"stands before|needs one line"):
            put(damaged, written)


@pytest.fixture
def short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One quick section, and a document to write to."""

    def swift() -> Iterator[Figure]:
        """Quick things."""
        yield Figure("nothing", "0 ns")

    path = tmp_path / "BENCHMARKS.md"
    path.write_text(f"{BEGIN}\n{END}\n")
    monkeypatch.setattr(bench, "SECTIONS", {"swift": swift})
    monkeypatch.setattr(bench, "DOCUMENT", path)
    return path


def test_a_whole_run_writes_its_table(short: Path) -> None:
    assert bench.main([]) == 0
    assert "**Quick things**" in short.read_text() and "| nothing | 0 ns |" in short.read_text()


@pytest.mark.parametrize("words", [["--print"], ["swift"], ["swift", "--print"]])
def test_part_of_a_run_only_prints(
    words: list[str], short: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = short.read_text()
    assert bench.main(words) == 0
    assert short.read_text() == before
    assert "nothing" in capsys.readouterr().out


def test_a_sweep_is_seen_to_run_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    few = "set: {{months: 3, developers.count: 200, consumers.count: 200, enterprises.count: 80}}"
    monkeypatch.setattr(sweep_figures, "SWEEP", f"{sweep_figures.SWEEP}{few}\n")
    with sweep_figures.swept(2, 1) as looks:
        seen = list(looks)
    done = [look.done for look in seen]
    assert done[0] == 0 and done == sorted(done)
    assert done[-1] == 2 * sweep_figures.POINTS
    assert max(look.memory for look in seen) > 100.0  # of the parent and a worker
    assert seen[-1].memory == 0.0


def test_an_unknown_section_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["speed"]) == 2
    assert "no section speed; there are --print, developers" in capsys.readouterr().err


def test_the_document_holds_every_section() -> None:
    text = document.DOCUMENT.read_text(encoding="utf-8")
    written = text.split(BEGIN)[1].split(END)[0]
    assert [name for name in bench.SECTIONS if f"**{bench.title(name)}**" not in written] == []
    assert "](BENCHMARKS.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
