"""MODEL.md says what the code does: schedule, equation numbers, symbols and tables are compared."""

import ast
import re
from pathlib import Path

import pytest

from agents.demand import DeveloperParameters
from agents.parameters import declarations
from experiments import model_tables
from experiments.verify import every_case
from simulation.config import Config

ROOT = Path(__file__).resolve().parent.parent
MODEL = (ROOT / "MODEL.md").read_text(encoding="utf-8")
MONTH = (ROOT / "simulation" / "month.py").read_text(encoding="utf-8")
SECTIONS = [
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialisation",
    "Input data",
    "Submodels",
    "Symbols",
    "Parameters",
    "Assumptions and deliberate omissions",
    "Output tables",
    "Randomness",
    "Verification",
    "Sensitivity",
    "Known limits",
    "Sources",
]
HERE = range(1, 44)
LONGEST = 120


def section(text: str, title: str) -> str:
    """What stands below the heading `title`, up to the next heading of any level."""
    found = re.search(rf"^#+ (?:\d+\. )?{re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert found, f"no heading {title!r}"
    return found.group(1)


# --- The schedule --------------------------------------------------------------------------------


def phases_of_code(source: str) -> list[tuple[int, str, str]]:
    """Position, name and comment of each line of `month`, which must be calls and nothing else."""
    function = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "month"
    )
    lines = source.splitlines()
    found = []
    for statement in function.body[1:]:
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        line = re.fullmatch(r"    (\w+)\(market\)  # (\d+)  (.+)", lines[statement.lineno - 1])
        assert line, lines[statement.lineno - 1]
        found.append((int(line.group(2)), line.group(1), line.group(3)))
    return found


def phases_of_model(text: str) -> list[tuple[int, str, str]]:
    """Position, name and description of each line of MODEL.md's schedule."""
    lines = re.findall(r"^(\d+)\. `(\w+)`: (.+)$", section(text, "Schedule"), re.M)
    return [(int(number), name, what) for number, name, what in lines]


def test_schedule_is_the_month() -> None:
    """Twelve phases, in the order of the code, with the same words and equation numbers."""
    assert [number for number, _, _ in phases_of_model(MODEL)] == list(range(1, 13))
    assert phases_of_model(MODEL) == phases_of_code(MONTH)


def test_planted_changes_of_the_schedule_are_found() -> None:
    """A phase dropped, two swapped, or another equation number: each makes the two differ."""
    schedule = phases_of_model(MODEL)
    dropped = re.sub(r"    procure\(market\).*\n", "", MONTH)
    assert len(phases_of_code(dropped)) == 11
    assert phases_of_code(dropped) != schedule
    lines = MONTH.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("    plan("))
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    assert phases_of_code("\n".join(lines)) != schedule
    assert phases_of_code(MONTH.replace("E17-E21", "E17-E20")) != schedule
    unlisted = MODEL.replace(f"7. `{schedule[6][1]}`: {schedule[6][2]}\n", "")
    assert phases_of_model(unlisted) != phases_of_code(MONTH)


# --- Generated tables ----------------------------------------------------------------------------


def test_tables_are_what_the_code_declares() -> None:
    """Parameters, columns and cases; `python -m experiments.model_tables` writes them anew."""
    assert model_tables.with_tables(MODEL) == MODEL


def test_a_changed_default_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """MODEL.md is out of date as soon as a default or a unit in the code is another."""
    field = DeveloperParameters.model_fields["peer_weight"]
    with monkeypatch.context() as patch:
        patch.setattr(field, "default", 1.6)
        changed = model_tables.with_tables(MODEL)
    new = set(changed.splitlines()) - set(MODEL.splitlines())
    assert any(line.startswith("| `peer_weight` | `J` | 1.6 |") for line in new)
    edited = MODEL.replace("| `nest_dissimilarity` | `nest_lambda` | 0.6 |", "| x | y | 0.7 |")
    assert edited != MODEL
    assert model_tables.with_tables(edited) == MODEL


def test_every_parameter_and_column_stands_in_the_tables() -> None:
    """No declaration is lost on the way: each path has one row, in the group of its section."""
    rows: dict[str, int] = {}
    groups = re.split(r"^\*\*(.+)\*\*$", model_tables.parameter_tables(), flags=re.M)[1:]
    for heading, table in zip(groups[::2], groups[1::2], strict=True):
        owners = re.findall(r"`(\S+)`", heading) or [""]
        for key in re.findall(r"^\| `(\S+)`", table, re.M):
            for owner in owners:
                path = f"{owner}.{key}".lstrip(".")
                rows[path] = rows.get(path, 0) + 1
    assert rows == {declared.path: 1 for declared in declarations(Config)}
    columns = re.findall(r"^\| `(\w+)` \|", model_tables.column_tables(), re.M)
    assert len(columns) > sum(map(len, model_tables.TABLES.values()))
    cases = re.findall(r"^\| (V\d+) \| `(\w+)`", section(MODEL, "Verification"), re.M)
    assert cases == [(case.name, case.config) for case in every_case()]


@pytest.mark.parametrize("lost", [model_tables.BEGIN, model_tables.END])
def test_a_lost_marker_is_an_error(lost: str) -> None:
    """Without the line that begins or ends a table nothing is guessed."""
    with pytest.raises(model_tables.TableError, match="parameters"):
        model_tables.with_tables(MODEL.replace(lost.format("parameters", model_tables.COMMAND), ""))


# --- Equations and symbols -----------------------------------------------------------------------


def cited_in_code() -> set[str]:
    """Every equation number in the sources of agents and simulation, such as E17d."""
    files = [path for name in ("agents", "simulation") for path in (ROOT / name).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return {cited for text in texts for cited in re.findall(r"\bE\d{1,2}[a-d]?\b", text)}


def defined_equations() -> list[str]:
    """Numbers that begin a paragraph, as in `**E12. Training.**` or `**E1-E3. Capacity.**`."""
    heads = re.findall(r"^\*\*(E\d+[a-d]?(?:(?:-|, )E\d+)*)[.,]", MODEL, re.M)
    found = []
    for head in heads:
        apart = re.sub(r"E\d+-E\d+", "", head)
        found += re.findall(r"E\d+[a-d]?", apart)
        for first, last in re.findall(r"E(\d+)-E(\d+)", head):
            found += [f"E{number}" for number in range(int(first), int(last) + 1)]
    return found


def test_every_equation_of_this_version_is_defined_once() -> None:
    """Each has a paragraph that begins with its number, E17b to E17d included."""
    wanted = {f"E{number}" for number in HERE} | {"E17b", "E17c", "E17d"}
    assert sorted(defined_equations()) == sorted(wanted)


def test_equations_cited_in_the_code_stand_in_the_model() -> None:
    """Nothing is computed that the model does not say."""
    cited = cited_in_code()
    assert {"E1", "E17", "E25", "E32", "E38"} <= cited
    assert cited - set(defined_equations()) == set()


def test_symbols_of_the_code_and_of_the_table_are_the_same() -> None:
    """Each symbol of a parameter stands once in the table of symbols, and no other does."""
    table = re.findall(r"^\| [^|]+ \| ([^|]*) \|", section(MODEL, "Symbols"), re.M)
    listed = [symbol for cell in table for symbol in re.findall(r"`(\w+)`", cell)]
    assert sorted(listed) == sorted(set(listed))
    declared = {row.about.symbol for row in declarations(Config) if row.about.symbol}
    assert set(listed) == declared


# --- Form ----------------------------------------------------------------------------------------


def test_sections_stand_in_the_order_of_the_protocol() -> None:
    """ODD first, then what a user looks up; the list of contents names the same."""
    headings = re.findall(r"^## (\d+)\. (.+)$", MODEL, re.M)
    assert headings == [(str(number), title) for number, title in enumerate(SECTIONS, 1)]
    assert re.findall(r"^\d+\. \[(.+)\]\(#", MODEL, re.M) == SECTIONS


def test_links_lead_somewhere() -> None:
    """Each link is to a heading of this page or to a file of the repository."""
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", MODEL, re.M)
    }
    targets = re.findall(r"\]\(([^)]+)\)", MODEL)
    assert len(targets) > len(SECTIONS)
    for target in targets:
        found = target[1:] in anchors if target.startswith("#") else (ROOT / target).exists()
        assert found, target


def test_lines_are_short_but_in_tables() -> None:
    """Text that a person edits fits a window; a table's row cannot be broken."""
    lines = enumerate(MODEL.splitlines(), 1)
    assert [n for n, line in lines if len(line) > LONGEST and not line.startswith("|")] == []
