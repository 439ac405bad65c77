"""A run leaves a whole, self-describing directory, and says plainly when it cannot."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from agents import compiled
from experiments import interrupts
from experiments.cli import main
from experiments.interrupts import Interrupted, Stop
from experiments.run import plan_run

ROOT = Path(__file__).resolve().parents[2]
SUPPLY = ROOT / "configs" / "data" / "supply_recorded.csv"
RUN_SMALL = [
    sys.executable,
    "-m",
    "experiments.cli",
    "run",
    "small.yaml",
    "--no-figures",
    "--quiet",
    "--out",
    "out",
]
TABLES = {
    f"{name}.parquet"
    for name in (
        "segments",
        "providers",
        "market",
        "flows",
        "ledger",
        "contracts",
        "events",
        "cohorts",
        "agents",
        "apps",
        "substitution",
        "rounds",
        "cap_tables",
        "investors",
    )
}
CONFIG = """\
schema_version: 1
name: small
months: 5
supply: {recorded: supply.csv}
developers: {count: 400}
consumers: {count: 300}
enterprises: {count: 60}
initial:
  developers: {adopted: 0.5, shares: {OpenAI: 1.0}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a small config and its supply file; tracebacks go there too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "supply.csv").write_bytes(SUPPLY.read_bytes())
    (tmp_path / "small.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> int:
    """Run the small config without figures."""
    return main(["run", "small.yaml", "--no-figures", "--quiet", *words])


def manifest(path: str) -> dict[str, object]:
    """Entries of a manifest."""
    entries: dict[str, object] = json.loads((Path(path) / "manifest.json").read_text())
    return entries


def files(path: Path) -> dict[str, bytes]:
    """Every file below a folder but locks."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.name != ".lock"
    }


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two run directories have the same config and tables."""
    names = TABLES | {"config.yaml", "inputs/supply.csv"}
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def test_a_run_leaves_a_finished_self_describing_directory(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--out", "out") == 0
    out = capsys.readouterr().out
    assert "small: 5 months, 2023-01 to 2023-05, seed 1" in out and "tables: out" in out
    assert set(files(folder / "out")) == TABLES | {
        "config.yaml",
        "manifest.json",
        "inputs/supply.csv",
    }
    entries = manifest("out")
    assert entries["status"] == "finished" and entries["seed"] == 1
    assert set(entries["sha256"]) == TABLES | {"config.yaml"}  # type: ignore[call-overload]
    assert 'recorded: "inputs/supply.csv"' in (folder / "out" / "config.yaml").read_text()
    assert str(folder) not in (folder / "out" / "manifest.json").read_text()


def test_running_the_written_config_again_gives_the_same_bytes(folder: Path) -> None:
    assert run("--out", "one", "--set", "developers.peer_weight=2.5", "--seed", "7") == 0
    (folder / "supply.csv").unlink()
    assert main(["run", "one/config.yaml", "--no-figures", "--quiet", "--out", "two"]) == 0
    assert same_bytes(folder / "one", folder / "two")
    assert manifest("one")["identity"] == manifest("two")["identity"]


def test_a_run_can_be_repeated_in_its_own_directory(folder: Path) -> None:
    assert run("--out", "one") == 0
    before = {name: data for name, data in files(folder / "one").items() if name != "manifest.json"}
    assert main(["run", "one/config.yaml", "--no-figures", "--quiet", "--out", "one"]) == 4
    words = ["run", "one/config.yaml", "--no-figures", "--quiet", "--out", "one", "--force"]
    assert main(words) == 0
    after = {name: data for name, data in files(folder / "one").items() if name != "manifest.json"}
    assert before == after


def test_another_seed_would_change_the_bytes(folder: Path) -> None:
    assert run("--out", "one") == 0
    assert run("--out", "two", "--seed", "2") == 0
    assert not same_bytes(folder / "one", folder / "two")
    assert manifest("one")["identity"] != manifest("two")["identity"]


def test_threads_do_not_change_a_byte(folder: Path) -> None:
    assert run("--out", "one") == 0
    assert run("--out", "two", "--threads", "2") == 0
    assert same_bytes(folder / "one", folder / "two")


def test_the_default_directory_is_named_after_config_and_identity(folder: Path) -> None:
    assert run() == 0
    (made,) = (folder / "runs").iterdir()
    assert made.name == f"small-{str(manifest(str(made))['identity'])[:8]}"
    assert run() == 4  # the same run again: it is finished
    assert run("--months", "4") == 0
    assert len(list((folder / "runs").iterdir())) == 2


def test_the_command_line_has_the_last_word(folder: Path) -> None:
    sets = ("--set", "seed=3", "--set", "developers.count=200")
    assert run("--out", "out", *sets, "--seed", "4", "--months", "2") == 0
    assert (manifest("out")["seed"], manifest("out")["months"]) == (4, 2)
    assert manifest("out")["counts"]["developers"] == 200  # type: ignore[index]


def test_another_version_of_the_model_is_another_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plan_run("small.yaml", []).identity
    monkeypatch.setattr(compiled, "model_version", lambda: "0" * 16)
    assert plan_run("small.yaml", []).identity != before


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ("months: 5 -> months: -5", "small.yaml:3:9: months"),
        ("seed: 1 -> seeed: 1", "unknown key (did you mean 'seed'?)"),
        ("OpenAI: 1.0 -> OpenAl: 1.0", "did you mean 'OpenAI'?"),
        ("months: 5 -> months: 500", "supply ends 2025-12"),
    ],
)
def test_a_wrong_config_ends_with_2_and_writes_nothing(
    folder: Path, change: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = change.split(" -> ")
    text = CONFIG + "seed: 1\n"
    (folder / "small.yaml").write_text(text.replace(old, new))
    before = files(folder)
    assert run("--out", "out") == 2
    error = capsys.readouterr().err
    assert answer in error and "Traceback" not in error and "shareshift: " not in error
    assert files(folder) == before and not (folder / "out").exists()
    assert main(["check", "small.yaml"]) == 2
    assert answer in capsys.readouterr().err


def test_check_says_ok_and_where_each_value_comes_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", "small.yaml", "--origin", "--set", "developers.peer_weight=40"]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "small.yaml: ok"
    assert lines[1].startswith("  note: developers.peer_weight = 40")
    origins = {line.split()[0]: line.split()[-1] for line in lines[2:]}
    assert origins["developers.peer_weight"] == "#1" and origins["seed"] == "default"
    assert origins["developers.count"] == "small.yaml:5"
    assert sorted(os.listdir(folder)) == ["small.yaml", "supply.csv"]


def test_check_goes_through_every_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.yaml").write_text("schema_version: 1\nmonth: 3\n")
    assert main(["check", "bad.yaml", "small.yaml"]) == 2
    text = capsys.readouterr()
    assert "small.yaml: ok" in text.out and "bad.yaml:2:1" in text.err


def test_the_schema_is_json_and_describes_the_config(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert {"developers", "supply", "seed", "extends"} <= set(schema["properties"])


class Stopped:
    """Sends a signal to this process after some months of the next run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, months: int) -> None:
        self.number, self.months = number, months
        real = Stop.check

        def check(stop: Stop) -> None:
            self.months -= 1
            if self.months == 0:
                os.kill(os.getpid(), self.number)
            real(stop)

        monkeypatch.setattr(interrupts.Stop, "check", check)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_after_its_month_and_the_last_line_says_how_to_go_on(
    folder: Path,
    number: int,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:
        Stopped(patch, number, months=3)
        assert run("--out", "out") == code
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        f"shareshift: {'interrupted' if code == 130 else 'ended by SIGTERM'} after 3 of 5 months; "
        "go on with: shareshift run --resume out"
    )
    assert manifest("out")["status"] == "interrupted"
    assert "after 3 of 5 months" in str(manifest("out")["reason"])
    assert not TABLES & set(files(folder / "out"))
    assert run("--out", "out") == 4
    assert "holds an unfinished run, saved after 3 months; go on with" in capsys.readouterr().err
    assert run("--out", "out", "--force") == 0
    assert "an earlier run was interrupted here; starting again" in capsys.readouterr().err
    assert not (folder / "out" / "checkpoints").exists()


def test_a_second_signal_kills() -> None:
    script = "import os, signal\nfrom experiments.interrupts import Stop\nwith Stop():\n" + (
        "    os.kill(os.getpid(), signal.SIGINT)\n    print('alive', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n    print('immortal', flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "alive\n")


def test_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted), Stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        stop.check()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_full_disk_ends_with_4_and_can_be_repeated(folder: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    def small_disk() -> None:
        # The supply file and every manifest fit, the largest table does not.
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1, largest - 1))

    (folder / "supply.csv").write_bytes(trimmed_supply())
    assert run("--out", "whole") == 0
    sizes = {name: len(data) for name, data in files(folder / "whole").items()}
    largest = max(sizes[name] for name in TABLES)
    done = subprocess.run(
        RUN_SMALL,
        env=environment,
        preexec_fn=small_disk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1
    assert "file too large: needs" in done.stderr and "make room and run again" in done.stderr
    assert manifest("out")["status"] == "failed"
    assert not [name for name in files(folder / "out") if name.endswith(".partial")]
    assert run("--out", "out") == 0


def trimmed_supply() -> bytes:
    """The first year of the supply file, which is enough for the small config."""
    lines = SUPPLY.read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if not line[:4].isdigit() or line[:4] == b"2023")


def test_tables_are_safe_and_the_summary_is_printed_before_a_figure_is_drawn(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from experiments import redraw

    seen: list[str] = []

    def look(*_: object) -> int:
        seen.append(f"{manifest('out')['status']} {'HHI' in capsys.readouterr().out}")
        return 0

    monkeypatch.setattr(redraw, "draw_run", look)
    assert main(["run", "small.yaml", "--quiet", "--out", "out"]) == 0
    assert seen == ["finished True"]


def broken(plot: Callable[..., object]) -> Callable[..., object]:
    """A figure that cannot be drawn."""

    def draw(records: object) -> object:
        raise ValueError("no such colour")

    return draw


def test_a_figure_that_fails_leaves_a_finished_run_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from experiments import redraw
    from simulation.records import Records

    modules = redraw.plots()
    name = "share_river"  # which every run has
    monkeypatch.setattr(modules[name], "draw", broken(modules[name].draw))
    assert main(["run", "small.yaml", "--quiet", "--out", "out"]) == 1
    error = capsys.readouterr().err
    assert f"figure {name}: a bug: ValueError: no such colour" in error
    assert error.splitlines()[-1].endswith(f"the run is finished, but not drawn: {name}")
    assert manifest("out")["status"] == "finished"
    drawn = {path.stem for path in (folder / "out" / "figures").iterdir()}
    assert drawn == set(redraw.drawings_of(Records.load(folder / "out"))) - {name}
    assert len(drawn) < len(modules) - 1  # on record nobody has money to draw
    assert (folder / "out" / "report.html").exists()


def test_report_draws_a_finished_run_anew_and_leaves_its_tables(folder: Path) -> None:
    assert run("--out", "out") == 0
    before = files(folder / "out")
    assert main(["report", "out"]) == 0
    after = files(folder / "out")
    new = set(after) - set(before)
    assert "report.html" in new and "figures/share_river.png" in new
    assert {name: after[name] for name in before} == before


def test_report_refuses_tables_that_were_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--out", "out") == 0
    table = folder / "out" / "segments.parquet"
    table.write_bytes(table.read_bytes()[:-9])
    assert main(["report", "out"]) == 4
    assert "segments.parquet: was changed since the run" in capsys.readouterr().err


def test_report_refuses_what_is_no_finished_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "nowhere"]) == 4
    assert "nowhere: no such run directory" in capsys.readouterr().err
    assert main(["report", "."]) == 4
    assert "is not a run directory" in capsys.readouterr().err
    assert not (folder / ".lock").exists()


@pytest.mark.parametrize("kind", ["run", "histories", None])
def test_report_refuses_what_it_cannot_read_though_its_hash_is_right(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str | None
) -> None:
    assert run("--out", "out") == 0
    garbage = b"PAR1" + bytes(20) + b"PAR1"
    (folder / "out" / "market.parquet").write_bytes(garbage)
    entries = manifest("out") | {"kind": kind, "seeds": [1, 10**9]}
    hashes = {**dict(entries["sha256"]), "market.parquet": sha256(garbage).hexdigest()}  # type: ignore[call-overload]
    (folder / "out" / "manifest.json").write_text(json.dumps(entries | {"sha256": hashes}))
    assert main(["report", "out"]) == 4
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    if kind == "histories":
        assert "manifest.json: does not name the seeds; run the config again" in told
    else:
        assert "out: cannot be read (" in told


def test_a_killed_run_is_started_again(folder: Path) -> None:
    process = subprocess.Popen(RUN_SMALL, env=os.environ | {"PYTHONPATH": str(ROOT)})
    deadline = time.monotonic() + 60
    while not (folder / "out" / "config.yaml").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert manifest("out")["status"] == "running"
    assert run("--out", "out") == 0
    assert manifest("out")["status"] == "finished"
