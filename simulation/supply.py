"""The supply side as a record: who offers what, to whom, at which price, month by month.

`recorded` reads a table of releases, capability, list prices and safety; `constant` makes offers
that never change, for small experiments and limit cases.  Either way the market reads one
`Supply`: arrays over (month, segment, provider code), so that no phase knows where they came from.

`configs/data/README.md` describes the form of the file, `simulation.supply_file` reads it.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NAMED, NONE, OPEN, OPEN_NAME
from agents.draws import keys_of
from simulation.columns import NOBODY, SEGMENTS
from simulation.csv_table import TableError
from simulation.supply_file import FLAGS, MEASURES, Row, month_number, month_text, read, uncovered

ENTERPRISE = SEGMENTS.index("enterprise")
# Two releases less than this apart (OOM) are one: E12 calls a smaller step no release.
SAME_RELEASE = 0.05


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


def recorded(
    path: str | Path,
    start: str,
    months: int,
    excluded_origins: Sequence[str] = (),
    exclude: Sequence[str] = (),
    content: bytes | None = None,
) -> Supply:
    """Read the record from `start` (YYYY-MM) on for `months` months.

    `content` are the bytes of the file, if they were read before.

    Enterprises do not admit open-weight offers whose `origin` is in `excluded_origins`; of several
    OPEN offers in one month the most capable admitted one stands.  Providers named in `exclude`
    are left out.
    """
    rows = read(path, content)
    first = month_number(start)
    known = tuple(dict.fromkeys(row.provider for row in rows))
    errors = uncovered(path, rows, first, months)
    errors += [
        f"{path}: no provider {name!r} to exclude (providers: {', '.join(known)})"
        for name in exclude
        if name not in known
    ]
    names = [name for name in known if name not in exclude and name != OPEN_NAME]
    if len(names) > NAMED:
        errors.append(f"{path}: {len(names)} named providers; at most {NAMED}, exclude some")
    if errors:
        raise TableError(errors)
    kept = [
        row
        for row in rows
        if first <= row.month < first + months
        and row.provider not in exclude
        and not _refused(row, excluded_origins)
    ]
    if OPEN_NAME in known and OPEN_NAME not in exclude:
        names.append(OPEN_NAME)
    dates = tuple(month_text(first + step) for step in range(months))
    return _tables(names, dates, [row._replace(month=row.month - first) for row in kept])


def constant(
    offers: Mapping[str, Any],
    months: int,
    excluded_origins: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Supply:
    """Offers that stay as they are for `months` months and release nothing.

    Each value of `offers` has the measures as items or attributes (a number, or a map from segment
    to number), `open_weights`, `origin` and `segments`.  The exclusions are those of `recorded`.
    """
    offers = {name: offer for name, offer in offers.items() if name not in exclude}
    names = [name for name in offers if name != OPEN_NAME]
    if len(names) > NAMED:
        raise TableError([f"supply.offers: {len(names)} named providers; at most {NAMED}"])
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
    admitted = [row for row in rows if not _refused(row, excluded_origins)]
    return _tables(names, ("",) * months, admitted)


def deciding(
    providers: Sequence[str], start: str, months: int, exclude: Sequence[str] = ()
) -> Supply:
    """Names, codes and calendar of providers that decide for themselves; nothing is on record.

    OPEN is one of them: it serves the best open weights of the others, once there are any.
    """
    names = [*(name for name in providers if name not in exclude), OPEN_NAME]
    if len(names) - 1 > NAMED:
        raise TableError([f"providers: {len(names) - 1} of them; at most {NAMED}"])
    first = month_number(start)
    return _tables(names, tuple(month_text(first + step) for step in range(months)), ())


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
    every = tuple(named.get(code, "") for code in range(CODES))
    return Supply(
        providers=tuple(names),
        codes=codes,
        dates=dates,
        keys=keys_of(every),
        origin=origin,
        names=every,
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
