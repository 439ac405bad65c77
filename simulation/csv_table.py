"""Strict reading of CSV input files: every defect is named with its line, nothing is guessed."""

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

LARGEST_TABLE = 50_000_000  # bytes
MOST_ERRORS = 20
LONGEST_VALUE = 40  # characters of a field in messages

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

R = TypeVar("R")


class TableError(Exception):
    """A table cannot be used; `messages` holds one line for each defect, at most twenty."""

    def __init__(self, messages: Sequence[str]) -> None:
        """Keep the first messages, and say how many there are besides."""
        kept = list(messages[:MOST_ERRORS])
        if len(messages) > MOST_ERRORS:
            kept.append(f"... and {len(messages) - MOST_ERRORS} more")
        self.messages = kept
        super().__init__("\n".join(kept))


class Line(NamedTuple):
    """One line of data.

    where : file and line, for messages.  number : of the line, from 1.  fields : texts by column.
    errors : what is wrong so far, in all lines.
    """

    where: str
    number: int
    fields: Mapping[str, str]
    errors: list[str]

    def text(self, name: str, valid: Callable[[str], object], wanted: str) -> str:
        """Text of a field; adds to the errors what is not `wanted`."""
        text = self.fields[name]
        if not valid(text):
            self.errors.append(f"{self.where}: {name} {text[:LONGEST_VALUE]!r} is not {wanted}")
        return text

    def number_of(self, name: str, unit: str, low: float, high: float) -> float:
        """Number in a field; adds to the errors what is none, or lies outside its bounds."""
        text = self.fields[name]
        if not text:
            self.errors.append(f"{self.where}: {name} is missing ({unit})")
            return math.nan
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        said = text[:LONGEST_VALUE]
        if not math.isfinite(value):
            self.errors.append(f"{self.where}: {name} {said!r} is not a finite number ({unit})")
        elif not low <= value <= high:
            self.errors.append(f"{self.where}: {name} {said} {unit} is not in [{low:g}, {high:g}]")
        return value


def rows_of(
    path: Path, content: bytes | None, columns: Sequence[str], row: Callable[[Line], R | None]
) -> tuple[list[R], list[str]]:
    """Rows of a file, and a message for each line that is wrong.

    `content` are its bytes, if they were read before; `row` makes a row of a line, or None after
    adding to the errors what is wrong with it.

    Raises
    ------
    TableError
        The file is no table of these columns at all.
    """
    text = text_of(path, content)
    numbers: list[int] = []

    def data_lines() -> Iterator[str]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip() and not line.startswith("#"):
                numbers.append(number)
                yield line

    lines = csv.reader(data_lines(), strict=True)
    rows: list[R] = []
    errors: list[str] = []
    try:
        header = header_of(path, next(lines, []), numbers, columns)
        for fields in lines:
            where = f"{path}:{numbers[-1]}"
            if len(fields) != len(header):
                errors.append(f"{where}: {len(fields)} fields, but the header names {len(header)}")
                continue
            named = dict(zip(header, map(str.strip, fields), strict=True))
            made = row(Line(where, numbers[-1], named, errors))
            if made is not None:
                rows.append(made)
    except csv.Error as error:
        errors.append(f"{path}:{numbers[-1]}: not readable as CSV: {error}")
    if not rows and not errors:
        errors.append(f"{path}: no row of data")
    return rows, errors


def text_of(path: Path, content: bytes | None) -> str:
    """Content of a file, refused where it cannot be a table."""
    try:
        size = path.stat().st_size if content is None else len(content)
        if size > LARGEST_TABLE:
            raise TableError([f"{path}: {size} bytes is more than {LARGEST_TABLE}, not read"])
        raw = path.read_bytes() if content is None else content
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise TableError([f"{path}: {(error.strerror or str(error)).lower()}"]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        odd = error.object[error.start]
        wrong = f"{path}:{line}: byte 0x{odd:02x} is not UTF-8; save the file as UTF-8"
        raise TableError([wrong]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableError([f"{path}:{line}: a zero byte; the file is damaged or not a table"])
    return text


def header_of(
    path: Path, header: Sequence[str], numbers: Sequence[int], columns: Sequence[str]
) -> list[str]:
    """Names of the columns in the order of the file."""
    if not header:
        raise TableError([f"{path}: empty, no header line"])
    where = f"{path}:{numbers[-1]}"
    errors = [f"{where}: missing column {name!r}" for name in columns if name not in header]
    errors += [
        f"{where}: unknown column {name!r}" for name in dict.fromkeys(header) if name not in columns
    ]
    errors += [
        f"{where}: column {name!r} stands twice" for name in columns if header.count(name) > 1
    ]
    if errors:
        raise TableError(errors)
    return list(header)
