"""The supply side as a record: who offers what, to whom, at which price, month by month.

`recorded` reads a table of releases, capability, list prices and safety; `constant` makes offers
that never change, for small experiments and limit cases.  Either way the market reads one
`Supply`: arrays over (month, segment, provider code), so that no phase knows where they came from.

The form of the file is described in `configs/data/README.md`.  It is read strictly: each defect is
named with its line, all at once, and nothing is guessed.
"""

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NAMED, NONE, OPEN, OPEN_NAME
from agents.draws import name_key
from simulation.columns import NOBODY, SEGMENTS

# What is stored of an offer as a number, with its unit and the bounds outside which it is an error.
MEASURES: dict[str, tuple[str, float, float]] = {
    "capability": ("OOM", -20.0, 40.0),
    "price": ("$/Mtok", 0.0, 1e6),
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
BY_SEGMENT = ("capability", "price", "safety", "brand", "product_term")
ENTERPRISE, CONSUMER = SEGMENTS.index("enterprise"), SEGMENTS.index("consumer")
LARGEST_FILE = 50_000_000
MOST_ERRORS = 20
# Two releases less than this apart (OOM) are one: E12 calls a smaller step no release.
SAME_RELEASE = 0.05

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,63}")
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


class Supply(NamedTuple):
    """Offers of every month; arrays are (months, 3 segments, 16 codes) unless said otherwise.

    Attributes
    ----------
    providers : names in the order of their first appearance, OPEN last if there is one.
    codes : code of each of `providers`, 0-13, OPEN always 14.
    names : (16,), name of each code; empty where unused, "none" for 15.
    keys : (16,) uint64, key of each name in the keyed draws; 0 where unused.
    dates : (months,), calendar months YYYY-MM; empty strings where the supply has no calendar.
    capability, price, safety, brand, product_term, reliability, runway :
        OOM, $/Mtok, 0-1, -, util, share, month; NaN without an offer (and no price to consumers).
    available, released, open_weights : flags; False without an offer.
    origin : two-letter country of the offer's maker; empty without an offer.
    counts_as_release : (months, 3), flagship releases that wake users (E20): those of all
        providers, OPEN left out when it repeats a listed lab's release of that month.

    """

    providers: tuple[str, ...]
    codes: tuple[int, ...]
    names: tuple[str, ...]
    keys: NDArray[np.uint64]
    dates: tuple[str, ...]
    capability: NDArray[np.float64]
    price: NDArray[np.float64]
    safety: NDArray[np.float64]
    brand: NDArray[np.float64]
    product_term: NDArray[np.float64]
    reliability: NDArray[np.float64]
    runway: NDArray[np.float64]
    available: NDArray[np.bool_]
    released: NDArray[np.bool_]
    open_weights: NDArray[np.bool_]
    origin: NDArray[np.str_]
    counts_as_release: NDArray[np.int64]


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


def recorded(
    path: str | Path,
    start: str,
    months: int,
    excluded_origins: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Supply:
    """Read the record from `start` (YYYY-MM) on for `months` months.

    Enterprises do not admit open-weight offers whose `origin` is in `excluded_origins`; of several
    OPEN offers in one month the most capable admitted one stands.  Providers named in `exclude`
    are left out.
    """
    rows, errors = _rows(Path(path))
    errors += _duplicates(path, rows)
    if errors:
        raise SupplyError(errors)
    first = _month_number(start)
    known = tuple(dict.fromkeys(row.provider for row in rows))
    errors = _coverage(path, rows, first, months)
    errors += [
        f"{path}: no provider {name!r} to exclude (providers: {', '.join(known)})"
        for name in exclude
        if name not in known
    ]
    names = [name for name in known if name not in exclude and name != OPEN_NAME]
    if len(names) > NAMED:
        errors.append(f"{path}: {len(names)} named providers; at most {NAMED}, exclude some")
    if errors:
        raise SupplyError(errors)
    kept = [
        row
        for row in rows
        if first <= row.month < first + months
        and row.provider not in exclude
        and not _refused(row, excluded_origins)
    ]
    if OPEN_NAME in known and OPEN_NAME not in exclude:
        names.append(OPEN_NAME)
    dates = tuple(_month_text(first + step) for step in range(months))
    return _tables(names, dates, [row._replace(month=row.month - first) for row in kept])


def constant(offers: Mapping[str, Any], months: int) -> Supply:
    """Offers that stay as they are for `months` months and release nothing.

    Each value of `offers` has the measures as items or attributes (a number, or for those in
    BY_SEGMENT a map from segment to number), `open_weights`, `origin` and `segments`.
    """
    names = [name for name in offers if name != OPEN_NAME]
    if len(names) > NAMED:
        raise SupplyError([f"supply.offers: {len(names)} named providers; at most {NAMED}"])
    names += [name for name in offers if name == OPEN_NAME]
    rows = [
        Row(
            0,
            month,
            name,
            SEGMENTS.index(segment),
            tuple(_part(offers[name], measure, segment) for measure in MEASURES),
            False,
            bool(_item(offers[name], "open_weights")),
            _item(offers[name], "origin"),
        )
        for month in range(months)
        for name in names
        for segment in _item(offers[name], "segments")
    ]
    return _tables(names, ("",) * months, rows)


def _item(offer: Any, name: str) -> Any:
    """Field `name` of an offer, which is a map or an object."""
    return offer[name] if isinstance(offer, Mapping) else getattr(offer, name)


def _part(offer: Any, measure: str, segment: str) -> float:
    """One measure of an offer to one segment; consumers pay a subscription and see no price."""
    if measure == "price" and segment == "consumer":
        return math.nan
    value = _item(offer, measure)
    return float(value if isinstance(value, int | float) else _item(value, segment))


def _tables(names: Sequence[str], dates: tuple[str, ...], rows: Sequence[Row]) -> Supply:
    """Spread rows, months counted from the start, over arrays; the most capable row stands."""
    codes = tuple(OPEN if name == OPEN_NAME else code for code, name in enumerate(names))
    code_of = dict(zip(names, codes, strict=True))
    shape = (len(dates), len(SEGMENTS), CODES)
    measures = {measure: np.full(shape, np.nan) for measure in MEASURES}
    flags = {flag: np.zeros(shape, np.bool_) for flag in ("available", *FLAGS)}
    origin = np.zeros(shape, "<U2")
    for row in sorted(rows, key=lambda row: row.values[0]):
        place = (row.month, row.segment, code_of[row.provider])
        for measure, value in zip(MEASURES, row.values, strict=True):
            measures[measure][place] = value
        flags["available"][place] = True
        flags["released"][place] = row.released
        flags["open_weights"][place] = row.open_weights
        origin[place] = row.origin
    named = dict(zip(codes, names, strict=True)) | {NONE: NOBODY}
    keys = np.zeros(CODES, np.uint64)
    for code, name in named.items():
        keys[code] = name_key(name)
    return Supply(
        providers=tuple(names),
        codes=codes,
        dates=dates,
        keys=keys,
        origin=origin,
        names=tuple(named.get(code, "") for code in range(CODES)),
        counts_as_release=_distinct_releases(measures["capability"], flags, origin),
        available=flags["available"],
        released=flags["released"],
        open_weights=flags["open_weights"],
        **measures,
    )


def _distinct_releases(
    capability: NDArray[np.float64],
    flags: Mapping[str, NDArray[np.bool_]],
    origin: NDArray[np.str_],
) -> NDArray[np.int64]:
    """Releases per (month, segment), without OPEN's where it repeats a listed lab's (E20)."""
    released = flags["released"]
    gap = np.abs(capability - capability[..., OPEN, None])
    repeats = (
        released
        & flags["open_weights"]
        & released[..., OPEN, None]
        & (origin == origin[..., OPEN, None])
        & (gap < SAME_RELEASE)
    )
    repeats[..., OPEN] = False
    return np.asarray(released.sum(axis=2) - repeats.any(axis=2), np.int64)


def _refused(row: Row, excluded_origins: Sequence[str]) -> bool:
    """Whether enterprises do not admit the offer because of where its weights come from."""
    return row.segment == ENTERPRISE and row.open_weights and row.origin in excluded_origins


def _month_number(text: str) -> int:
    """Months since the year 0 of a YYYY-MM."""
    return 12 * int(text[:4]) + int(text[5:]) - 1


def _month_text(number: int) -> str:
    """YYYY-MM of a number of months since the year 0."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _coverage(path: str | Path, rows: Sequence[Row], first: int, months: int) -> list[str]:
    """Complaints about months of the run for which the file holds no row."""
    held = {row.month for row in rows}
    last = first + months - 1
    if first < min(held):
        return [
            f"{path}: supply starts {_month_text(min(held))} but the run needs {_month_text(first)}"
        ]
    if last > max(held):
        return [
            f"{path}: supply ends {_month_text(max(held))} but the run needs {_month_text(last)}"
        ]
    return [
        f"{path}: no row for {_month_text(month)}, which the run needs"
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
                f"{SEGMENTS[row.segment]}, {_month_text(row.month)} "
                f"(first on line {seen[key]})"
            )
        seen.setdefault(key, row.line)
    return errors


def _rows(path: Path) -> tuple[list[Row], list[str]]:
    """Rows of the file, and a message for each that is wrong."""
    text = _text(path)
    numbers: list[int] = []

    def content() -> Iterator[str]:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                numbers.append(number)
                yield line

    lines = csv.reader(content(), strict=True)
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


def _text(path: Path) -> str:
    """Content of the file, refused where it cannot be a supply table."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise SupplyError([f"{path}: {size} bytes is more than {LARGEST_FILE}, not read"])
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SupplyError([f"{path}: {(error.strerror or str(error)).lower()}"]) from error
    except UnicodeDecodeError as error:
        raise SupplyError([f"{path}: not UTF-8 text (byte {error.start})"]) from error


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
            errors.append(f"{where}: {name} {text!r} is not {wanted}")
        return text

    month = field("month", MONTH.fullmatch, "a month YYYY-MM")
    provider = field("provider", _is_name, "a name (letters, digits, space . _ + -, at most 64)")
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
        _month_number(month),
        provider,
        SEGMENTS.index(segment),
        values,
        flags[0] == "true",
        flags[1] == "true",
        origin,
    )


def _is_name(text: str) -> bool:
    """Whether the text can name a provider."""
    return NAME.fullmatch(text) is not None and text != NOBODY


def _measure(where: str, name: str, text: str, segment: str, errors: list[str]) -> float:
    """One number of a row; NaN for the price that a consumer does not pay."""
    unit, low, high = MEASURES[name]
    if name == "price" and not text and segment == "consumer":
        return math.nan
    if not text:
        errors.append(f"{where}: {name} is missing ({unit})")
        return math.nan
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        errors.append(f"{where}: {name} {text!r} is not a finite number ({unit})")
    elif not low <= value <= high or (name == "price" and value == 0.0):
        wanted = f"above 0 and at most {high:g}" if name == "price" else f"in [{low:g}, {high:g}]"
        errors.append(f"{where}: {name} {text} {unit} is not {wanted}")
    return value
