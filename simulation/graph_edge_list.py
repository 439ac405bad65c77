"""A list of edges: one edge a line, two ends a line, nodes by number or by name.

The ending of the file says what separates the ends: a comma (.csv, quotes allowed), a tab (.tsv,
likewise) or blanks (.txt, .edges, .edgelist).  Lines that begin with # and blank lines are skipped.
The first line is a header if it is `source` and `target`, or `from` and `to`, in any case; nothing
else is a header.  If both ends of the first edge are whole numbers, all ends must be: they are
rows, from 0.  Else every end is a name, and rows are given in the order of first appearance.
"""

import csv
import io
import re
from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulation.config_errors import ConfigError
from simulation.graph_listing import Faults, Listing, Source, check_count
from simulation.yaml_text import shown

SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": None, ".edges": None, ".edgelist": None}
HEADERS = (("source", "target"), ("from", "to"))
ENDS = 2
WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
LONGEST_WHOLE = 18  # digits of a 64-bit number
FAR = 10**LONGEST_WHOLE  # stands for a number of more digits: outside in any case

Edge = tuple[int, list[str]]


def listing(source: Source, ending: str) -> Listing:
    """Pairs of rows of a list of edges.

    Raises
    ------
    ConfigError
        With file and line of everything that is wrong.
    """
    check_text(source)
    separator = SEPARATORS[ending]
    names, ends = scanned(source, separator)
    if not names:
        raise ConfigError(
            [f"{source.label}: no edge in it; write one a line, as 0{separator or ' '}1"]
        )
    first = [names[0], names[min(1, len(names) - 1)]]
    if all(WHOLE.fullmatch(name) for name in first):
        rows = numbered(names, source, separator)
    else:
        check_names(names, source, separator)
        rows = np.arange(len(names), dtype=np.uint32)
    pairs = rows[np.frombuffer(ends, np.uint32)].reshape(-1, ENDS)
    return Listing(pairs[:, 0], pairs[:, 1])


def check_text(source: Source) -> None:
    """Refuse what is no UTF-8 text."""
    label, content = source.label, source.content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError([f"{label}:1: the file is UTF-16; save it as UTF-8"])
    wrong, text = content.find(b"\0"), "a zero byte; the file is damaged or no text"
    if wrong < 0 and not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError as error:
            wrong = error.start
            text = f"byte 0x{content[wrong]:02x} is not UTF-8; save the file as UTF-8"
    if wrong >= 0:
        raise ConfigError([f"{label}:{line_at(content, wrong)}: {text}"])


def line_at(content: bytes, position: int) -> int:
    """Line of a byte, whatever ends the lines: LF, CR LF or CR."""
    before = content[:position]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def scanned(source: Source, separator: str | None) -> "tuple[list[str], array[int]]":
    """Names of nodes as they first appear, and both ends of each edge as places among them."""
    codes: dict[str, int] = {}
    ends = array("I")
    faults = Faults(source.label)
    for line, fields in edges_in(source, separator):
        if len(fields) != ENDS:
            faults.add(line, wrong_fields(fields, separator))
            continue
        first, second = fields[0].strip(), fields[1].strip()
        if first and second:
            ends.append(codes.setdefault(first, len(codes)))
            ends.append(codes.setdefault(second, len(codes)))
        else:
            faults.add(line, "an end is missing; write both")
    faults.settle()
    return list(codes), ends


def wrong_fields(fields: list[str], separator: str | None) -> str:
    """Say that a line has not two fields."""
    if len(fields) < ENDS:
        by = {",": "by a comma", "\t": "by a tab"}.get(separator or "", "by blanks")
        return f"'{shown(fields[0])}' is one field; an edge has two ends, set apart {by}"
    return (
        f"{len(fields)} fields; an edge has two ends, and weights, labels and other data are not "
        "read: leave them out"
    )


def edges_in(source: Source, separator: str | None) -> Iterator[Edge]:
    """Line and fields of each edge, without the header."""
    lines = io.TextIOWrapper(io.BytesIO(source.content), "utf-8-sig", newline=None)
    kept = ("\n" if line.startswith("#") else line for line in lines)
    found = (
        ((line, text.split()) for line, text in enumerate(kept, 1))
        if separator is None
        else separated(kept, separator, source.label)
    )
    edges = (edge for edge in found if edge[1] and (len(edge[1]) > 1 or edge[1][0].strip()))
    for line, fields in edges:
        if tuple(field.strip().lower() for field in fields) not in HEADERS:
            yield line, fields
        break
    yield from edges


def separated(lines: Iterator[str], separator: str, label: str) -> Iterator[Edge]:
    """Line and fields of each row, in which a field may be quoted."""
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    try:
        for fields in reader:
            yield reader.line_num, fields
    except csv.Error as error:
        raise ConfigError([f"{label}:{reader.line_num}: not readable: {error}"]) from None


def numbered(names: list[str], source: Source, separator: str | None) -> NDArray[np.uint32]:
    """Row of each node of a list that numbers its nodes."""
    rows = np.full(len(names), -1, np.int64)
    wrong: dict[str, str] = {}
    for place, name in enumerate(names):
        if not WHOLE.fullmatch(name):
            wrong[name] = "is not a whole number, as the ends before it are; number all or name all"
            continue
        row = int(name) if len(name) <= LONGEST_WHOLE else FAR
        rows[place] = row
        if not 0 <= row < source.size:
            wrong[name] = (
                f"is outside 0 to {source.size - 1}, the rows of the {source.size:,} "
                f"{source.population}; number nodes from 0, or raise {source.setting}"
            )
    settle_names(wrong, source, separator)
    return rows.astype(np.uint32)


def check_names(names: list[str], source: Source, separator: str | None) -> None:
    """Refuse numbers that are no rows, a header that is none, and a wrong number of names."""
    wrong: dict[str, str] = {}
    if all(NUMBER.fullmatch(name) for name in names):
        text = "is not a whole number; write rows as 0, 1, 2"
        wrong = {name: text for name in names if not WHOLE.fullmatch(name)}
    elif len(names) > ENDS and all(WHOLE.fullmatch(name) for name in names[ENDS:]):
        text = "is no whole number, but all ends after it are; a header is source and target"
        wrong = {name: text for name in names[:ENDS] if not WHOLE.fullmatch(name)}
    for name in names:
        if not name.isprintable():
            wrong[name] = "is not a name on one line; close the quote or remove the character"
    settle_names(wrong, source, separator)
    last = source.size - 1
    check_count(len(names), source, f", or number the nodes 0 to {last}: some may have no edge")


def settle_names(wrong: dict[str, str], source: Source, separator: str | None) -> None:
    """Raise `ConfigError` with the lines in which wrong names stand."""
    if not wrong:
        return
    faults = Faults(source.label)
    for line, fields in edges_in(source, separator):
        for name in dict.fromkeys(field.strip() for field in fields):
            if name in wrong:
                faults.add(line, f"'{shown(name)}' {wrong[name]}")
    faults.settle()
