"""Strict reader of a supply file: every defect is named with its line, and nothing is guessed.

`configs/data/README.md` describes the form of the file; `simulation.supply` makes of its rows what
the market reads.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from agents.codes import OPEN_NAME
from agents.parameters import NAME_PATTERN
from simulation.columns import NOBODY, SEGMENTS
from simulation.csv_table import Line, TableError, rows_of

# What is stored of an offer as a number, with its unit and the bounds outside which it is an error.
MEASURES: dict[str, tuple[str, float, float]] = {
    "capability": ("OOM", -20.0, 40.0),
    "price": ("$/Mtok", 1e-6, 1e6),
    "safety": ("0-1", 0.0, 1.0),
    "brand": ("-", 0.0, 100.0),
    "product_term": ("util", -100.0, 100.0),
    "reliability": ("share", 0.0, 1.0),
    "runway": ("month", 0.0, 1200.0),
}
FLAGS = ("released", "open_weights")
COLUMNS = (
    "month",
    "provider",
    "segment",
    *MEASURES,
    "open_weights",
    "origin",
    "released",
    "source",
    "confidence",
    "rule",
)
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
NAME = re.compile(NAME_PATTERN)  # that of configs, which name providers too
NAME_WANTED = "a name (letters, digits, space . _ -, at most 40)"
ORIGIN = re.compile(r"[A-Z]{2}")


class Row(NamedTuple):
    """One line of the file: `month` counts from the year 0, `values` follow MEASURES."""

    line: int
    month: int
    provider: str
    segment: int
    values: tuple[float, ...]
    released: bool
    open_weights: bool
    origin: str


def read(path: str | Path, content: bytes | None = None) -> list[Row]:
    """Rows of the file in its order, months counted from the year 0.

    `content` are its bytes, if they were read before.

    Raises
    ------
    TableError
        With all defects of the file at once.
    """
    path = Path(path)
    return list(_read(path, content) if content is None else _read_again(path, content))


def _read(path: Path, content: bytes | None) -> tuple[Row, ...]:
    """The same, as a tuple."""
    rows, errors = rows_of(path, content, COLUMNS, _row)
    errors += _duplicates(path, rows)
    if errors:
        raise TableError(errors)
    return tuple(rows)


@lru_cache(maxsize=4)
def _read_again(path: Path, content: bytes) -> tuple[Row, ...]:
    """The same for bytes that were read before: a study runs many markets on one file."""
    return _read(path, content)


def month_number(text: str) -> int:
    """Months since the year 0 of a YYYY-MM."""
    return 12 * int(text[:4]) + int(text[5:]) - 1


def month_text(number: int) -> str:
    """YYYY-MM of a number of months since the year 0."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def uncovered(path: str | Path, rows: Sequence[Row], first: int, months: int) -> list[str]:
    """Complaints about months of the run for which the file holds no row."""
    held = {row.month for row in rows}
    last = first + months - 1
    if first < min(held):
        return [
            f"{path}: supply starts {month_text(min(held))} but the run needs {month_text(first)}"
        ]
    if last > max(held):
        return [f"{path}: supply ends {month_text(max(held))} but the run needs {month_text(last)}"]
    return [
        f"{path}: no row for {month_text(month)}, which the run needs"
        for month in range(first, last + 1)
        if month not in held
    ]


def _duplicates(path: str | Path, rows: Sequence[Row]) -> list[str]:
    """Complaints about a second row of one offer; only OPEN may have one row per origin."""
    errors = []
    seen: dict[tuple[int, str, int, str], int] = {}
    for row in rows:
        per_origin = row.origin if row.provider == OPEN_NAME else ""
        key = (row.month, row.provider, row.segment, per_origin)
        if key in seen:
            errors.append(
                f"{path}:{row.line}: second row for {row.provider}, "
                f"{SEGMENTS[row.segment]}, {month_text(row.month)} "
                f"(first on line {seen[key]})"
            )
        seen.setdefault(key, row.line)
    return errors


def _row(line: Line) -> Row | None:
    """One row, or None after adding to the errors what is wrong with it."""
    before = len(line.errors)
    month = line.text("month", MONTH.fullmatch, "a month YYYY-MM")
    provider = line.text("provider", is_name, NAME_WANTED)
    segment = line.text("segment", SEGMENTS.__contains__, f"one of {', '.join(SEGMENTS)}")
    flags = [line.text(name, ("true", "false").__contains__, "true or false") for name in FLAGS]
    origin = line.text("origin", ORIGIN.fullmatch, "a two-letter country code such as US")
    values = tuple(_measure(line, name, segment) for name in MEASURES)
    if len(line.errors) > before:
        return None
    return Row(
        line.number,
        month_number(month),
        provider,
        SEGMENTS.index(segment),
        values,
        flags[0] == "true",
        flags[1] == "true",
        origin,
    )


def is_name(text: str) -> bool:
    """Whether the text can name a provider."""
    return NAME.fullmatch(text) is not None and text.lower() != NOBODY


def _measure(line: Line, name: str, segment: str) -> float:
    """One number of a row; NaN for the price that a consumer does not pay."""
    if name == "price" and not line.fields[name] and segment == "consumer":
        return math.nan
    return line.number_of(name, *MEASURES[name])
