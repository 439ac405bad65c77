"""Write the tables of MODEL.md that the code declares: `python -m experiments.model_tables`.

Parameters come from `param(...)` declarations, columns from `simulation.columns` and
`experiments.divergence`.  Each table stands between two comment lines that name it; everything
else in MODEL.md is written by hand.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agents.parameters import About, Declaration, declarations
from experiments.divergence import columns_for
from simulation.columns import TABLES, Column
from simulation.config import Config

MODEL = Path(__file__).resolve().parent.parent / "MODEL.md"
BEGIN = "<!-- begin {}: written by python -m experiments.model_tables -->"
END = "<!-- end {} -->"
# Sections of a config that are declared alike; a row stands once for all that agree in it.
ALIKE = (
    ("supply",),
    ("choice",),
    ("developers", "consumers"),
    ("enterprises",),
    ("networks.developers", "networks.consumers", "networks.enterprises"),
    ("networks.employment",),
    ("initial.developers", "initial.consumers", "initial.enterprises"),
    ("events",),
)
AT_TOP = ("",)
TITLES = ("key", "symbol", "default", "unit", "bounds", "range", "meaning", "source", "seen to")
KINDS = {"text": "text", "whole": "integer", "number": "float", "flag": "boolean"}


class Row(NamedTuple):
    """One parameter in one or more sections: the paths are `section.key`."""

    key: str
    default: Any
    doc: str
    about: About


class TableError(Exception):
    """MODEL.md lacks the lines between which a table stands, or has them twice."""


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
    for name, table in tables().items():
        begin, end = BEGIN.format(name), END.format(name)
        if text.count(begin) != 1 or text.count(end) != 1:
            raise TableError(f"MODEL.md needs one line {begin!r} and one line {end!r} after it")
        pattern = re.escape(begin) + ".*?" + re.escape(end)
        text = re.sub(pattern, f"{begin}\n\n{table}\n\n{end}".replace("\\", r"\\"), text, flags=re.S)
    return text


def tables() -> dict[str, str]:
    """Markdown of each generated table by its name."""
    return {"parameters": parameter_tables(), "columns": column_tables()}


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


def rank(sections: Sequence[str]) -> tuple[int, int, str]:
    """Order of groups: as in ALIKE, those of several sections first."""
    order = (AT_TOP, *ALIKE)
    place = next(index for index, alike in enumerate(order) if sections[0] in alike)
    return place, -len(sections), str(order[place].index(sections[0]))


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
        if len(set(value.values())) == 1:
            return value_text(next(iter(value.values())))
        return ", ".join(f"{key}: {value_text(entry)}" for key, entry in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(value_text, value)) or "none"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number(value)
    return value if isinstance(value, str) else "required"


def span(limits: tuple[float, float] | None) -> str:
    """Two limits as "low to high"; empty where there are none."""
    return "" if limits is None else f"{number(limits[0])} to {number(limits[1])}"


def number(value: float) -> str:
    """Number in at most six digits, whole thousands set apart, such as 10,000 or 1.38629."""
    if abs(value) >= 1e9:
        return f"{value:.2e}".replace("e+", "e")
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.6g}"


def column_tables() -> str:
    """Every table of a run directory with its columns."""
    declared: dict[str, Sequence[Column]] = {**TABLES, "divergence": columns_for(["NAME"])}
    return "\n\n".join(
        f"**`{name}.parquet`**\n\n"
        + markdown(("column", "type", "unit", "meaning"), map(column_cells, columns))
        for name, columns in declared.items()
    )


def column_cells(column: Column) -> list[str]:
    """Cells of one column."""
    return [f"`{column.name}`", KINDS[column.kind], column.unit, column.meaning]


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    line: Callable[[Sequence[str]], str] = lambda cells: f"| {' | '.join(cells)} |"
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join([line(titles), line(["---"] * len(titles)), *map(line, escaped)])


if __name__ == "__main__":
    main()
