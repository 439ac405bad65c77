"""Strict reader of a supply file: every defect is named with its line, and nothing is guessed.

`configs/data/README.md` describes the form of the file; `simulation.supply` makes of its rows what
the market reads.
"""

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from agents.codes import OPEN_NAME
from agents.parameters import NAME_PATTERN
from simulation.columns import NOBODY, SEGMENTS

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
LARGEST_FILE = 50_000_000
MOST_ERRORS = 20
LONGEST_VALUE = 40  # characters of a field in messages

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
NAME = re.compile(NAME_PATTERN)  # that of configs, which name providers too
ORIGIN = re.compile(r"[A-Z]{2}")


class SupplyError(Exception):
    """The record cannot be used; `messages` holds one line for each defect, at most twenty."""

    def __init__(self, messages: Sequence[str]) -> None:
        """Keep the first messages, and say how many there are besides."""
        kept = list(messages[:MOST_ERRORS])
        if len(messages) > MOST_ERRORS:
            kept.append(f"... and {len(messages) - MOST_ERRORS} more")
        self.messages = kept
        super().__init__("\n".join(kept))


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
    SupplyError
        With all defects of the file at once.
    """
    path = Path(path)
    return list(_read(path, content) if content is None else _read_again(path, content))


def _read(path: Path, content: bytes | None) -> tuple[Row, ...]:
    """The same, as a tuple."""
    rows, errors = _rows(path, content)
    errors += _duplicates(path, rows)
    if errors:
        raise SupplyError(errors)
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


def _rows(path: Path, content: bytes | None) -> tuple[list[Row], list[str]]:
    """Rows of the file, and a message for each that is wrong."""
    text = _text(path, content)
    numbers: list[int] = []

    def data_lines() -> Iterator[str]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip() and not line.startswith("#"):
                numbers.append(number)
                yield line

    lines = csv.reader(data_lines(), strict=True)
    rows: list[Row] = []
    errors: list[str] = []
    try:
        places = _places(path, next(lines, []), numbers)
        for fields in lines:
            row = _row(f"{path}:{numbers[-1]}", numbers[-1], fields, places, errors)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        errors.append(f"{path}:{numbers[-1]}: not readable as CSV: {error}")
    if not rows and not errors:
        errors.append(f"{path}: no row of data")
    return rows, errors


def _text(path: Path, content: bytes | None) -> str:
    """Content of the file, refused where it cannot be a supply table."""
    try:
        size = path.stat().st_size if content is None else len(content)
        if size > LARGEST_FILE:
            raise SupplyError([f"{path}: {size} bytes is more than {LARGEST_FILE}, not read"])
        raw = path.read_bytes() if content is None else content
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise SupplyError([f"{path}: {(error.strerror or str(error)).lower()}"]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        odd = error.object[error.start]
        wrong = f"{path}:{line}: byte 0x{odd:02x} is not UTF-8; save the file as UTF-8"
        raise SupplyError([wrong]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SupplyError([f"{path}:{line}: a zero byte; the file is damaged or not a table"])
    return text


def _places(path: Path, header: Sequence[str], numbers: Sequence[int]) -> dict[str, int]:
    """Position of each column, from the header line."""
    if not header:
        raise SupplyError([f"{path}: empty, no header line"])
    where = f"{path}:{numbers[-1]}"
    errors = [f"{where}: missing column {name!r}" for name in COLUMNS if name not in header]
    errors += [
        f"{where}: unknown column {name!r}" for name in dict.fromkeys(header) if name not in COLUMNS
    ]
    errors += [
        f"{where}: column {name!r} stands twice" for name in COLUMNS if header.count(name) > 1
    ]
    if errors:
        raise SupplyError(errors)
    return {name: header.index(name) for name in COLUMNS}


def _row(
    where: str, line: int, fields: Sequence[str], places: Mapping[str, int], errors: list[str]
) -> Row | None:
    """One row, or None after adding to `errors` what is wrong with it."""
    if len(fields) != len(places):
        errors.append(f"{where}: {len(fields)} fields, but the header names {len(places)}")
        return None
    before = len(errors)

    def field(name: str, valid: Callable[[str], object], wanted: str) -> str:
        text = fields[places[name]].strip()
        if not valid(text):
            errors.append(f"{where}: {name} {text[:LONGEST_VALUE]!r} is not {wanted}")
        return text

    month = field("month", MONTH.fullmatch, "a month YYYY-MM")
    provider = field("provider", _is_name, "a name (letters, digits, space . _ -, at most 40)")
    segment = field("segment", SEGMENTS.__contains__, f"one of {', '.join(SEGMENTS)}")
    flags = [field(name, ("true", "false").__contains__, "true or false") for name in FLAGS]
    origin = field("origin", ORIGIN.fullmatch, "a two-letter country code such as US")
    values = tuple(
        _measure(where, name, fields[places[name]].strip(), segment, errors) for name in MEASURES
    )
    if len(errors) > before:
        return None
    return Row(
        line,
        month_number(month),
        provider,
        SEGMENTS.index(segment),
        values,
        flags[0] == "true",
        flags[1] == "true",
        origin,
    )


def _is_name(text: str) -> bool:
    """Whether the text can name a provider."""
    return NAME.fullmatch(text) is not None and text.lower() != NOBODY


def _measure(where: str, name: str, text: str, segment: str, errors: list[str]) -> float:
    """One number of a row; NaN for the price that a consumer does not pay."""
    unit, low, high = MEASURES[name]
    if name == "price" and not text and segment == "consumer":
        return math.nan
    if not text:
        errors.append(f"{where}: {name} is missing ({unit})")
        return math.nan
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    said = text[:LONGEST_VALUE]
    if not math.isfinite(value):
        errors.append(f"{where}: {name} {said!r} is not a finite number ({unit})")
    elif not low <= value <= high:
        errors.append(f"{where}: {name} {said} {unit} is not in [{low:g}, {high:g}]")
    return value
