"""The numbers of a report as HTML: headline, shares, indices, flows, and what was changed.

Every number stands in a `<data value=...>` element with all its digits, so that a reader, or a
test, can find the exact one behind what is printed.  Everything from a file is escaped.
"""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.plots import reasons, series
from simulation.columns import SEGMENTS, TERMS

HHI_SCALE = 10_000
FLOWS_SHOWN = 9
UNCHANGING = ("schema_version", "name", "description", "supply")
PATTERNS = {
    "percent": "{:.1f} %",
    "index": "{:,.0f}",
    "count": "{:,.0f}",
    "util": "{:+.2f}",
    "money": "${:,.0f} million",
    "number": "{:.2f}",
}


class Index(NamedTuple):
    """A row of the table of indices: its name, its column in `market`, how to print it."""

    words: str
    column: str
    pattern: str
    unit: str


INDICES = (
    *(
        Index(f"Concentration (HHI) of {name}", f"hhi_{name}", "index", "0 to 10,000")
        for name in (*SEGMENTS, "revenue")
    ),
    Index("Divergence between segments", "segment_divergence", "number", "0 to 1"),
    Index("Turbulence of revenue shares", "turbulence", "percent", "moved in twelve months"),
    *(
        Index(f"Adopted: {name}", f"adopted_{name}", "percent", f"of {series.BUYERS[name]}")
        for name in SEGMENTS
    ),
    Index("Retention of developers", "retention_coding", "percent", "after twelve months"),
    Index("Retention of consumers", "retention_consumer", "percent", "after twelve months"),
    Index("Renewal rate of enterprises", "renewal_rate", "percent", "of tenders"),
    Index("Renewal rate by seats", "renewal_rate_seats", "percent", "of seats tendered"),
    Index("Enterprises with a second source", "dual_source_share", "percent", "of contracts"),
    Index("Tokens served by open weights", "open_token_share", "percent", "of all tokens"),
)


class Change(NamedTuple):
    """A parameter that differs from its default: where, its unit, the default, its value."""

    path: str
    unit: str
    default: str
    value: str


def safe(words: object) -> str:
    """Words that mean only themselves in HTML, in text and in attributes."""
    return html.escape(str(words), quote=True)


def number(value: float, pattern: str) -> str:
    """A number as a person reads it, with the exact one in the element; a dash if there is none."""
    if not np.isfinite(value):
        return "–"
    scaled = 100 * value if pattern == "percent" else value
    words = PATTERNS[pattern].format(scaled).replace("-", "−")
    return f'<data value="{float(value)!r}">{words}</data>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; heads and cells are HTML already, the first cell of a row names it."""
    top = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{cells[0]}</th>'
        + "".join(f"<td>{c}</td>" for c in cells[1:])
        + "</tr>\n"
        for cells in rows
    )
    return (
        f'<div class="wide"><table><caption>{caption}</caption>\n<thead><tr>{top}</tr></thead>'
        f"\n<tbody>\n{body}</tbody></table></div>\n"
    )


def headlines(records: series.RunLike) -> str:
    """The few numbers that a reader looks for first, at the end of the run."""
    shares, cards = series.shares(records), []
    for i, segment in enumerate(SEGMENTS):
        best = int(shares[-1, i].argmax())
        led = shares[-1, i, best] > 0
        cards.append(
            (
                f"largest in {segment}",
                safe(records.providers[best]) if led else "nobody",
                number(shares[-1, i, best], "percent") if led else "–",
                series.SHARE_WORDS[segment],
            )
        )
    for words, column, pattern, unit in (
        ("market revenue", "revenue", "money", "in the last month"),
        ("developers retained", "retention_coding", "percent", "after twelve months"),
        ("contracts renewed", "renewal_rate", "percent", "of tenders in twelve months"),
    ):
        value = series.last_finite(series.market(records, column))
        cards.append((words, number(value, pattern), "", unit))
    return (
        '<div class="cards">'
        + "".join(
            f'<div class="card"><p>{safe(name)}</p><p class="big">{main} {more}</p>'
            f"<p>{safe(unit)}</p></div>\n"
            for name, main, more, unit in cards
        )
        + "</div>\n"
    )


def first_months(records: series.RunLike) -> list[int]:
    """First month in which each segment has an adopter; the last month if it never has."""
    total = series.shares(records).sum(axis=2)
    last = len(total) - 1
    return [int((one > 0).argmax()) if one.any() else last for one in total.T]


def share_table(records: series.RunLike) -> str:
    """Share of each provider in each segment, first month with adopters and last."""
    shares, first = series.shares(records), first_months(records)
    days = [safe(day) for day in series.dates(records)]
    revenue = np.nan_to_num(series.by_provider(records, "revenue_share"))[-1]
    sold, rows, idle = series.sells(records), [], []
    for p in np.argsort(-shares[-1].sum(axis=0), kind="stable"):
        name = safe(records.providers[p])
        if not sold[:, p].any():
            idle.append(name)
            continue
        ends = [
            float(value)
            for i, month in enumerate(first)
            for value in (shares[[month, -1], i, p] if sold[i, p] else (np.nan, np.nan))
        ]
        rows.append([name, *(number(end, "percent") for end in (*ends, revenue[p]))])
    heads = [
        f"{segment}<br>{day}"
        for segment, month in zip(SEGMENTS, first, strict=True)
        for day in (days[month], days[-1])
    ]
    note = f" Without a user: {', '.join(idle)}." if idle else ""
    return table(
        "Share by segment (of spend for coding and enterprise, of users for consumers) "
        f"in the first month with adopters and in the last.{note}",
        ["Provider", *heads, f"all revenue<br>{days[-1]}"],
        rows,
    )


def index_table(records: series.RunLike) -> str:
    """Concentration, adoption, retention and renewal: first and last month that has a value."""
    cells = []
    for index in INDICES:
        scale = HHI_SCALE if index.pattern == "index" else 1
        values = scale * series.market(records, index.column)
        finite = values[np.isfinite(values)]
        ends = (finite[0], finite[-1]) if len(finite) else (np.nan, np.nan)
        cells.append([index.words, *(number(end, index.pattern) for end in ends), index.unit])
    return table(
        "Indices of the market, first and last month that has a value.",
        ["Index", "first", "last", "unit"],
        cells,
    )


def flow_table(records: series.RunLike) -> str:
    """The largest flows between providers, and the terms that spoke most for and against them."""
    rows = []
    for flow in reasons.largest(records, FLOWS_SHOWN):
        best, worst = int(flow.terms.argmax()), int(flow.terms.argmin())
        told = [
            f"{reasons.TERM_WORDS[TERMS[i][0]]} {number(flow.terms[i], 'util')}"
            for i in (best, worst)
        ]
        rows.append(
            [
                f"{safe(flow.origin)} → {safe(flow.target)}",
                safe(flow.segment),
                number(flow.agents, "count"),
                number(flow.total, "util"),
                *told,
            ]
        )
    if not rows:
        return f"<p>No flow of {reasons.FEWEST_MOVERS} movers or more between providers.</p>\n"
    return table(
        "Largest flows between providers over the run; util per mover, new less old.",
        ["Flow", "segment", "agents", "utility", "most for it", "most against it"],
        rows,
    )


def changes(config: Any) -> list[Change]:
    """Every parameter of a config that differs from its default; the supply is always given."""
    return [
        change
        for change in differences(config, None, "")
        if change.path.split(".")[0] not in UNCHANGING
    ]


def differences(value: Any, default: Any, above: str) -> Iterator[Change]:
    """Walk a section beside its defaults; a section of another kind is one change."""
    for name, field in getattr(type(value), "model_fields", {}).items():
        usual = (
            field.get_default(call_default_factory=True)
            if default is None
            else getattr(default, name)
        )
        mine, path = getattr(value, name), f"{above}{name}"
        if hasattr(type(mine), "model_fields") and type(mine) is type(usual):
            yield from differences(mine, usual, f"{path}.")
        elif mine != usual:
            extra = field.json_schema_extra
            unit = extra.get("unit", "") if isinstance(extra, dict) else ""
            yield Change(path, str(unit), shown(usual), shown(mine))


def shown(value: Any) -> str:
    """A value of a config on one line, without a folder of this machine."""
    if hasattr(type(value), "model_fields"):
        entries = {name: getattr(value, name) for name in type(value).model_fields}
        return ", ".join(f"{name} {shown(entry)}" for name, entry in entries.items())
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {shown(entry)}" for key, entry in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(shown(entry) for entry in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return value.name if isinstance(value, Path) else str(value)


def change_table(found: Sequence[Change]) -> str:
    """What was changed against the defaults."""
    if not found:
        return "<p>Nothing: every parameter has its default.</p>\n"
    rows = [
        [
            f"<code>{safe(change.path)}</code>",
            safe(change.default),
            safe(change.value),
            safe(change.unit),
        ]
        for change in found
    ]
    return table(
        "Parameters that differ from their defaults.",
        ["Parameter", "default", "this run", "unit"],
        rows,
    )


def facts(entries: Mapping[str, Any]) -> str:
    """Entries of the manifest as a list of terms; a map inside becomes one line."""
    lines = "".join(
        f"<dt>{safe(name)}</dt><dd>{safe(shown(value))}</dd>\n"
        for name, value in entries.items()
        if value not in (None, "", {})
    )
    return f"<dl>\n{lines}</dl>\n"
