"""The command answers at once, says what is wrong, and ends with the exit code it promises."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments import cli
from experiments.cli import main
from experiments.interrupts import Interrupted
from experiments.whole_files import StoreError

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("run", "check", "schema", "verify", "report")
HEAVY = (
    "numpy",
    "pydantic",
    "yaml",
    "mesa",
    "numba",
    "pyarrow",
    "matplotlib",
    "rich",
    "agents",
    "simulation",
)

WHAT_WAS_IMPORTED = """
import sys
{before}
from experiments.cli import main
main({argv})
print(*(name for name in {heavy} if name in sys.modules), file=sys.stderr)
"""


def heavy_imports(argv: Sequence[str], before: str = "") -> list[str]:
    """Heavy packages that are loaded after the command has answered."""
    script = WHAT_WAS_IMPORTED.format(argv=list(argv), heavy=HEAVY, before=before)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stderr.splitlines()[-1].split()


def shell(*words: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "experiments.cli", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize(
    "argv", [["--help"], ["run", "--help"], ["--version"], ["rnu"], ["run", "--seed", "x"], []]
)
def test_help_version_and_bad_arguments_import_nothing_heavy(argv: list[str]) -> None:
    assert heavy_imports(argv) == []


def test_the_import_check_would_notice_numpy() -> None:
    assert heavy_imports(["--help"], before="import numpy") == ["numpy"]


def test_help_lists_every_exit_code_with_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for code in (0, 1, 2, 4, 5, 130, 143):
        assert re.search(rf"(^|\s){code} +\w+", text), code
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_an_example_in_its_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"  shareshift {command}" in text.partition("example")[2]
    assert "exit codes:" in text


def test_the_examples_of_the_help_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        main([command, "--help"])
        examples = capsys.readouterr().out.partition("example")[2].splitlines()
        for line in examples:
            if line.startswith("  shareshift "):
                words = line.split(" > ")[0].split()
                assert cli.read_arguments(words[1:]).command == command


@pytest.mark.parametrize(
    ("argv", "answer"),
    [
        (["rnu", "x.yaml"], "unknown command 'rnu' (did you mean 'run'?)"),
        (["run", "x.yaml", "--sed", "1"], "unknown argument '--sed' (did you mean '--seed'?)"),
        (["run", "x.yaml", "--month=3"], "unknown argument '--month=3' (did you mean '--months'?)"),
        (["--quiet", "run", "x.yaml"], "--quiet belongs after run"),
        (["run", "x.yaml", "--seed", "-1"], "not a whole number in [0, 9223372036854775807]"),
        (["run", "x.yaml", "--seeds", "1"], "'1' is not a whole number in [2, 1000]"),
        (["run", "x.yaml", "--months", "1e3"], "'1e3' is not a whole number in [1, 600]"),
        (["run", "x.yaml", "--threads", "0"], "'0' is not a whole number in [1, 256]"),
        (["run", "x.yaml", "--seed", "1", "--seeds", "3"], "not allowed with argument --seed"),
        (["run"], "the following arguments are required: CONFIG"),
        ([], "the following arguments are required: COMMAND"),
        (["report"], "the following arguments are required: DIR"),
    ],
)
def test_bad_usage_is_answered_with_the_cure(
    argv: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    text = capsys.readouterr()
    assert answer in text.err and "--help)" in text.err and text.out == ""


def end_with(failure: BaseException, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Exit code of a command that fails so."""

    def fail(_: object) -> int:
        raise failure

    monkeypatch.setattr(cli, "dispatch", fail)
    return main([*words, "schema"])


def test_a_bug_is_one_line_and_its_traceback_is_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end_with(ZeroDivisionError("month 3"), monkeypatch) == 1
    text = capsys.readouterr().err
    assert text.startswith("shareshift: a bug: ZeroDivisionError: month 3\n")
    assert "Traceback" not in text
    found = re.search(r"traceback in (\S+)", text)
    assert found is not None
    assert "ZeroDivisionError: month 3" in Path(found[1]).read_text()
    os.unlink(found[1])


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        end_with(ZeroDivisionError(), monkeypatch, "--debug")


def hit_while_loading() -> ImportError:
    """What a library in C makes of Ctrl-C while it loads."""
    failure = ImportError("initialization failed")
    failure.__cause__ = KeyboardInterrupt()
    return failure


@pytest.mark.parametrize(
    ("failure", "code", "answer"),
    [
        (StoreError("runs/a: in use"), 4, "runs/a: in use"),
        (MemoryError(), 4, "out of memory"),
        (OSError(28, "No space left on device", "x.csv"), 4, "x.csv: no space left on device"),
        (Interrupted(2, "after 3 months"), 130, "interrupted after 3 months"),
        (Interrupted(15, "after 3 months"), 143, "ended by SIGTERM after 3 months"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (hit_while_loading(), 130, "interrupted"),
    ],
)
def test_each_failure_has_its_exit_code_and_one_line(
    failure: BaseException,
    code: int,
    answer: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert end_with(failure, monkeypatch) == code
    text = capsys.readouterr().err
    assert answer in text and text.count("\n") == 1


def test_verify_passes_on_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import ModuleType

    stand_in = ModuleType("experiments.verify")
    asked: list[tuple[list[str], int | None, bool]] = []
    stand_in.main = lambda *words: asked.append(words) or 5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "experiments.verify", stand_in)
    assert main(["verify"]) == 5
    assert main(["verify", "V5", "v09_bass", "--seed", "3", "--quiet"]) == 5
    assert asked == [([], None, False), (["V5", "v09_bass"], 3, True)]


def test_a_reader_that_goes_away_is_no_failure() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", "schema"],
        cwd=ROOT,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_ends_with_4() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "experiments.cli", "schema"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 4
    assert done.stderr == "shareshift: output: no space left on device\n"


@pytest.mark.parametrize("closed", [(1,), (2,), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize(("words", "code"), [(("schema",), 0), (("check", "none.yaml"), 2)])
def test_closed_streams_are_no_failure(
    tmp_path: Path, words: tuple[str, ...], code: int, closed: tuple[int, ...]
) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    done = shell(*words, preexec_fn=close)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert (done.stderr == "") == (code == 0 or 2 in closed)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_stderr_that_nobody_takes_does_not_change_the_exit_code() -> None:
    read, gone = os.pipe()
    os.close(read)
    with open("/dev/full", "w") as full, os.fdopen(gone, "w") as unread:
        for stream in (full, unread):
            done = subprocess.run(
                [sys.executable, "-m", "experiments.cli", "check", "none.yaml"],
                cwd=ROOT,
                stderr=stream,
                check=False,
            )
            assert done.returncode == 2


def test_a_narrow_alphabet_is_no_failure(tmp_path: Path) -> None:
    config = tmp_path / "\u00e9.yaml"
    config.write_text("schema_version: 1\nsupply: {offers: {A: {}}}\n")
    done = shell("check", str(config), env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path}/\\xe9.yaml: ok\n"


def test_figures_do_not_depend_on_the_users_settings_of_matplotlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook names a backend that may not be installed; importing Matplotlib would fail."""
    monkeypatch.setenv("MPLBACKEND", "module://no_such_backend")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    main(["schema"])
    assert (os.environ["MPLBACKEND"], os.environ["MATPLOTLIBRC"]) == ("Agg", os.devnull)


def test_a_current_folder_that_was_removed_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys; os.rmdir(os.getcwd()); from experiments.cli import main; "
            "sys.exit(main(['check', '/none.yaml']))",
        ],
        cwd=gone,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr == (
        "shareshift: the current folder no longer exists; change to another one\n"
    )
