"""The README's commands and code do what it says: they are run, in a folder of their own."""

import contextlib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import strategies
from agents.strategy_catalogue import found
from experiments.cli import main, read_arguments
from simulation import Market, load

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PYTHON, COMMAND = ".venv/bin/python", ".venv/bin/shareshift"
LONG = {"--requirement": "-r", "--editable": "-e", "--quiet": "", "--disable-pip-version-check": ""}
# Tests of their own run these for real; here they are only read as the command line reads them.
SMALL = ("developers.count=100", "consumers.count=100", "enterprises.count=100")
READ_ONLY = ("verify", "validate", "sweep", "analyze", "watch", "--resume")


def blocks(text: str, language: str) -> list[str]:
    """Contents of the fenced blocks in `language`, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def commands(text: str) -> list[list[str]]:
    """Every line of the shell blocks, as words."""
    return [shlex.split(line) for block in blocks(text, "sh") for line in block.splitlines()]


def shareshift(text: str) -> list[list[str]]:
    """Arguments of every `shareshift` command, those in a sentence included, in order."""
    found = [words[1:] for words in commands(text) if words[0] == COMMAND]
    return found + [shlex.split(line)[1:] for line in re.findall(r"`(shareshift [^`]+)`", text)]


# --- Set-up --------------------------------------------------------------------------------------


def pip_lines(text: str) -> list[list[str]]:
    """Arguments of every call of pip, short options for long ones and without the silent ones."""
    text = re.sub(r"\$\(BIN\)", ".venv/bin", text)
    pip = re.search(r"^PIP := (.+)$", text, re.M)
    text = text.replace("$(PIP)", pip.group(1)) if pip else text
    lines = re.findall(rf"^\t?@?{re.escape(PYTHON)} -m pip (.*\binstall\b.*)$", text, re.M)
    return [[word for old in line.split() if (word := LONG.get(old, old))] for line in lines]


def test_plain_words_are_those_of_make() -> None:
    """What pip is told is what `make install` tells it; the network is not asked."""
    told = pip_lines("\n".join(blocks(README, "sh")))
    assert len(told) == 2
    assert told == pip_lines(MAKEFILE)
    assert ["python3", "-m", "venv", ".venv"] in commands(README)
    assert "-m venv --clear .venv" in MAKEFILE
    unhashed = MAKEFILE.replace("--require-hashes ", "")
    assert unhashed != MAKEFILE
    assert pip_lines(unhashed) != told


def test_every_make_target_exists() -> None:
    """`make run` and `make test`, and whatever else the README names."""
    named = set(re.findall(r"\bmake (\w+)", "\n".join(blocks(README, "sh") + spans(README))))
    targets = set(re.findall(r"^([\w-]+):.*## ", MAKEFILE, re.M))
    assert {"run", "test"} <= named
    assert named - targets == set()
    assert f"@{COMMAND} run configs/baseline.yaml" in MAKEFILE.replace("$(BIN)", ".venv/bin")
    assert f"@{PYTHON} -m pytest" in MAKEFILE.replace("$(BIN)", ".venv/bin")


def spans(text: str) -> list[str]:
    """Code inside sentences."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def test_every_command_is_known() -> None:
    """Nothing in the shell blocks is left untested, and the command line takes each argument."""
    others = [words for words in commands(README) if words[0] not in (COMMAND, PYTHON)]
    assert others == [["make", "run"], ["make", "test"], ["python3", "-m", "venv", ".venv"]]
    modules = [words[1:3] for words in commands(README) if words[0] == PYTHON]
    assert modules == [["-m", "pip"], ["-m", "pip"], ["-m", "pytest"]]
    for words in shareshift(README):
        read_arguments(words)
    assert {words[0] for words in shareshift(README)} >= {"run", "check", "verify", "report"}


# --- The first experiment ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the configs and the README's own YAML file; it is the current one."""
    path = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "configs", path / "configs")
    name = re.search(r"Put this into `(\S+\.yaml)`", README)
    assert name
    (yaml,) = blocks(README, "yaml")
    (path / name.group(1)).write_text(yaml, encoding="utf-8")
    with contextlib.chdir(path):
        yield path


def printed(code: str) -> str:
    """What `code` prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102
    return out.getvalue()


def test_first_experiment_is_ten_lines() -> None:
    """In YAML and in Python, blank lines included."""
    (yaml,) = blocks(README, "yaml")
    for code in (yaml, blocks(README, "python")[0]):
        assert len(code.splitlines()) <= 10, code


def test_python_prints_what_the_readme_prints(folder: Path) -> None:
    """Numbers and all; other numbers, or one more history, would be found."""
    code, shown = blocks(README, "python")[0], blocks(README, "text")[0]
    assert printed(code) == shown
    assert printed(code.replace('"herd.yaml"', '"herd.yaml", "herd.yaml"')) != shown


def test_a_network_of_your_own_is_read_as_the_readme_writes_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The setting in the sentence, with a graph of as many nodes as it says, and with one less."""
    (setting,) = re.findall(r"`(networks: \{.*friends\.graphml\}\})`", README)
    name, base = tmp_path / "own.yaml", folder / "configs" / "recorded.yaml"
    for count, code in ((50, 0), (51, 2)):
        name.write_text(
            f"schema_version: 1\nextends: {base}\n{setting}\ndevelopers: {{count: {count}}}\n"
        )
        nodes = "".join(f"<node id='n{row}'/>" for row in range(50))
        graph = f"<graphml><graph>{nodes}<edge source='n0' target='n9'/></graph></graphml>"
        (tmp_path / "friends.graphml").write_text(graph)
        with contextlib.chdir(tmp_path.parent):
            assert main(["check", str(name)]) == code
    said = capsys.readouterr()
    assert "friends.graphml: 50 nodes, 1 edge, degree 0 to 1" in said.out
    assert "has 50 nodes, but developers.count is 51" in said.err


@pytest.fixture(scope="module")
def outputs(folder: Path) -> dict[str, str]:
    """What each command of the README prints, run for real and in order; all of them succeed."""
    found = {}
    for words in shareshift(README):
        if not set(words) & set(READ_ONLY):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                code = main(words)
            assert code == 0, words
            found[" ".join(words)] = out.getvalue()
    return found


def test_commands_say_what_they_did(outputs: dict[str, str]) -> None:
    """The table and the way to the report; the fan of histories with both yardsticks."""
    assert "herd.yaml: ok" in outputs["check herd.yaml"]
    assert "report: runs/herd/report.html" in outputs["run herd.yaml --out runs/herd"]
    forked = "run --from runs/herd@24 --set developers.peer_weight=0 --out runs/no-herd"
    assert "report: runs/no-herd/report.html" in outputs[forked]
    histories = outputs["run herd.yaml --seeds 20 --out runs/herd-20"]
    assert "20 histories, seeds 1-20" in histories
    assert "peers off" in histories and "independent draws" in histories
    assert '"peer_weight"' in outputs["schema"]


def names_of_files(text: str) -> set[str]:
    """Files and folders in the first column of the README's table of a run directory."""
    rows = re.search(r"^\| file \| holds \|\n(.*?)\n\n", text, re.M | re.S)
    assert rows
    cells = [line.split("|")[1] for line in rows.group(1).splitlines()]
    return {name.rstrip("/") for cell in cells for name in re.findall(r"`(\S+)`", cell)}


def test_run_directory_holds_what_the_readme_lists(outputs: dict[str, str], folder: Path) -> None:
    """No more and no less, but for the lock; each history has a directory like it."""
    left = {path.name for path in (folder / "runs" / "herd").iterdir()} - {".lock"}
    assert names_of_files(README) == left
    drawn = {"report.html", "figures"}  # of all histories together
    for seed in (1, 20):
        member = folder / "runs" / "herd-20" / f"seed-{seed}"
        assert {path.name for path in member.iterdir()} - {".lock"} == left - drawn
    assert names_of_files(README.replace("`inputs/`", "`copies/`")) != left


# --- A strategy of your own ----------------------------------------------------------------------


def test_a_strategy_is_one_file_of_twenty_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by its name, it keeps the contract; under another name it is refused."""
    code = blocks(README, "python")[1]
    assert len(code.splitlines()) <= 20
    (name,) = re.findall(r"`(\w+)\.py`:\n\n```python", README)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    kind = found()[name]
    monkeypatch.delitem(sys.modules, kind.__module__)
    assert f"providers.Anthropic.strategy={name}" in README
    assert kind().family == name
    config = load(ROOT / "configs" / "baseline.yaml", SMALL)
    own, other = (Market(config, strategies=given) for given in ({"Anthropic": kind()}, None))
    for market in (own, other):
        market.step()
    code_of = own.supply.names.index("Anthropic")
    assert own.labs.budget[code_of] == 0.0 < other.labs.budget[code_of]  # nothing is earned yet


def test_a_strategy_object_is_handed_over_as_the_readme_writes_it(folder: Path) -> None:
    """It signs nothing; in the same run without it, OpenAI signs."""
    code, shown = blocks(README, "python")[2], blocks(README, "text")[1]
    assert printed(code) == shown
    assert printed(code.replace(', strategies={"OpenAI": NoContracts()}', "")) != shown


# --- Where things are ----------------------------------------------------------------------------


def test_listing_names_what_is_there() -> None:
    """Ten lines; each name exists, and each folder with code stands in it."""
    listing = blocks(README, "text")[2].splitlines()
    names = [line.split()[0] for line in listing]
    assert len(names) <= 10
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert {"agents/", "simulation/", "configs/", "experiments/", "tests/"} <= set(names)


def test_links_and_figure_exist() -> None:
    """Each link leads to a file, and the figure is a PNG with words for those who do not see it."""
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).is_file()] == []
    figure = re.search(r"^!\[(.{20,})\]\((docs/\S+\.png)\)", README, re.M)
    assert figure
    assert (ROOT / figure.group(2)).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
