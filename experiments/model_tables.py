"""Write the tables of MODEL.md that the code declares: `python -m experiments.model_tables`.

Parameters come from `param(...)` declarations, columns from `simulation.columns`,
`experiments.divergence` and `experiments.basins`, limit cases from `experiments.verification`,
results from the files under docs/studies (`make studies` brings those up to date).  Each table
stands between two comment lines that name it; everything else in MODEL.md is written by hand.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agents.parameters import About, Declaration, declarations
from experiments import basins
from experiments.divergence import columns_for
from experiments.markdown import markdown
from experiments.studies import (
    convergence,
    deciders,
    network,
    network_tables,
    peers,
    record,
    risks,
    scenarios,
    variants,
)
from experiments.studies.rows import Row as StudyRow
from experiments.studies.rows import Study, read
from experiments.verify import every_case
from simulation.columns import TABLES, Column
from simulation.config import Config

Tables = Callable[[Sequence[StudyRow]], Mapping[str, str]]

MODEL = Path(__file__).resolve().parent.parent / "MODEL.md"
BEGIN = "<!-- begin {}: written by {} -->"
END = "<!-- end {} -->"
COMMAND = "python -m experiments.model_tables"
# Sections of a config that are declared alike; a row stands once for all that agree in it.
ALIKE = (
    ("supply",),
    ("providers",),
    ("suppliers",),
    ("compute",),
    ("planning",),
    ("research",),
    ("finance",),
    ("choice",),
    ("developers", "consumers"),
    ("enterprises",),
    ("apps",),
    ("networks.developers", "networks.consumers", "networks.enterprises"),
    ("networks.employment",),
    ("initial.developers", "initial.consumers", "initial.enterprises"),
    ("events",),
)
STUDIES = (
    (variants.STUDY, variants.tables),
    (network.STUDY, network_tables.tables),
    (convergence.STUDY, convergence.tables),
    (peers.STUDY, peers.tables),
    (record.STUDY, record.tables),
    (deciders.STUDY, deciders.tables),
    (risks.STUDY, risks.tables),
    (scenarios.STUDY, scenarios.tables),
)
AT_TOP = ("",)
TITLES = ("key", "symbol", "default", "unit", "bounds", "range", "meaning", "source", "seen to")
LARGE = 1e9
NOTHING = "none"
KINDS = {"text": "text", "whole": "integer", "number": "float", "flag": "boolean"}


class Row(NamedTuple):
    """One parameter in one or more sections: the paths are `section.key`."""

    key: str
    default: Any
    doc: str
    about: About


class TableError(Exception):
    """A document lacks the lines between which a table stands or has them twice, or data lack."""


def main() -> None:
    """Rewrite MODEL.md with its tables as the code declares them."""
    MODEL.write_text(with_tables(MODEL.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{MODEL.name} is up to date")


def with_tables(text: str) -> str:
    """`text` of MODEL.md with every generated table replaced by what the code declares.

    Raises
    ------
    TableError
    """
    return replaced(text, tables(), MODEL.name, COMMAND)


def replaced(text: str, tables: Mapping[str, str], name: str, command: str) -> str:
    """`text` of the document `name` with tables between the lines that name them and `command`.

    Raises
    ------
    TableError
    """
    for title, table in tables.items():
        begin, end = BEGIN.format(title, command), END.format(title)
        if text.count(begin) != 1 or text.count(end) != 1:
            raise TableError(f"{name} needs one line {begin!r} and one line {end!r} after it")
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    return text


def tables() -> dict[str, str]:
    """Markdown of each generated table by its name."""
    declared = {"parameters": parameter_tables(), "columns": column_tables(), "cases": case_table()}
    return declared | study_tables(STUDIES)


def study_tables(studies: Sequence[tuple[Study, Tables]]) -> dict[str, str]:
    """Tables of studies, from the rows that each keeps.

    Raises
    ------
    TableError
        A study has no rows.
    """
    found: dict[str, str] = {}
    for study, tables_of in studies:
        rows = read(study.path)
        if not rows:
            raise TableError(f"{study.path} is missing or empty: run `make studies`")
        found |= tables_of(rows)
    return found


def parameter_tables() -> str:
    """Every parameter, one table for each group of sections that share its declaration."""
    owners: dict[Row, list[str]] = {}
    for declared in declarations(Config):
        section, row = placed(declared)
        owners.setdefault(row, []).append(section)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row, sections in owners.items():
        groups.setdefault(tuple(sections), []).append(row)
    return "\n\n".join(
        f"**{heading(sections)}**\n\n{markdown(TITLES, map(parameter_cells, rows))}"
        for sections, rows in sorted(groups.items(), key=lambda group: rank(group[0]))
    )


def placed(declared: Declaration) -> tuple[str, Row]:
    """Section of a parameter, and the rest of its path with what was declared."""
    every = [section for sections in ALIKE for section in sections]
    section = next((s for s in every if declared.path.startswith(f"{s}.")), "")
    key = declared.path.removeprefix(section).removeprefix(".")
    return section, Row(key, declared.default, declared.doc, declared.about)


def rank(sections: Sequence[str]) -> tuple[int, int, int]:
    """Order of groups: as in ALIKE, those of several sections first."""
    order = (AT_TOP, *ALIKE)
    place = next(index for index, alike in enumerate(order) if sections[0] in alike)
    return place, -len(sections), order[place].index(sections[0])


def heading(sections: Sequence[str]) -> str:
    """Title of a group: the sections that its keys stand in."""
    if tuple(sections) == AT_TOP:
        return "Top of the file"
    return ", ".join(f"`{section}`" for section in sections)


def parameter_cells(row: Row) -> list[str]:
    """Cells of one parameter, in the order of TITLES."""
    about = row.about
    mark = " †" if about.at_start else ""
    symbol = f"`{about.symbol}`" if about.symbol else ""
    return [
        f"`{row.key}`{mark}",
        symbol,
        value_text(row.default),
        about.unit,
        span(about.bounds),
        span(about.range),
        row.doc,
        about.source,
        about.seen_to or "",
    ]


def value_text(value: Any) -> str:
    """A default as a config would say it; "required" where there is none."""
    if isinstance(value, Mapping):
        return map_text(value)
    if isinstance(value, tuple):
        return ", ".join(map(value_text, value)) or NOTHING
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return number(value)
    return value if isinstance(value, str) else "required"


def map_text(entries: Mapping[Any, Any]) -> str:
    """A map on one line; its only value where all entries are the same."""
    if len(set(entries.values())) == 1:
        return value_text(next(iter(entries.values())))
    return ", ".join(f"{key}: {value_text(value)}" for key, value in entries.items()) or NOTHING


def span(limits: tuple[float, float] | None) -> str:
    """Two limits as "low to high"; empty where there are none."""
    return "" if limits is None else f"{number(limits[0])} to {number(limits[1])}"


def number(value: float) -> str:
    """Number in at most six digits, whole thousands set apart, such as 10,000 or 1.38629."""
    if abs(value) >= LARGE:
        return f"{value:.2e}".replace("e+", "e")
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.6g}".replace("e-0", "e-")


def column_tables() -> str:
    """Every table of a run directory with its columns."""
    declared: dict[str, Sequence[Column]] = {
        **TABLES,
        "divergence": columns_for(["NAME"]),
        "basins": basins.COLUMNS,
    }
    return "\n\n".join(
        f"**`{name}.parquet`**\n\n"
        + markdown(("column", "type", "unit", "meaning"), map(column_cells, columns))
        for name, columns in declared.items()
    )


def column_cells(column: Column) -> list[str]:
    """Cells of one column."""
    return [f"`{column.name}`", KINDS[column.kind], column.unit, column.meaning]


def case_table() -> str:
    """Every limit case with the law it tests and the change under which the check must fail."""
    rows = [
        [
            case.name,
            f"`{case.config}`",
            case.law,
            case.twin_in_words or ", ".join(f"`{setting}`" for setting in case.twin),
            case.source,
        ]
        for case in every_case()
    ]
    return markdown(("case", "config", "what must hold", "must fail if", "theory"), rows)


if __name__ == "__main__":
    main()
