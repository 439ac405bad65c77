"""The numbers of a report as HTML: shares, indices, flows, and what was changed.

Every number stands in a `<data value=...>` element with all its digits, so that a reader, or a
test, can find the exact one behind what is printed.  Everything from a file is escaped.
"""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.plots import amounts, reasons, series
from experiments.summary import Shares, opening_month
from simulation.columns import SEGMENTS, TERMS
from simulation.metrics.concentration import largest_divergence

FLOWS_SHOWN = 9
UNCHANGING = ("schema_version", "name", "description", "supply")
PATTERNS = {
    "percent": "{:.1f} %",
    "index": "{:,.0f}",
    "count": "{:,.0f}",
    "util": "{:+.2f}",
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
    Index("Divergence between segments", "segment_divergence", "number", "0 to {most:.2f}"),
    Index("Turbulence of spend shares", "turbulence", "percent", "moved in twelve months"),
    *(
        Index(f"Adopted: {name}", f"adopted_{name}", "percent", f"of {series.BUYERS[name]}")
        for name in SEGMENTS
    ),
    Index("Retention of developers", "retention_coding", "percent", "after twelve months"),
    Index("Retention of consumers", "retention_consumer", "percent", "after twelve months"),
    Index("Renewal rate of enterprises", "renewal_rate", "percent", "of tenders"),
    Index("Renewal rate by seats", "renewal_rate_seats", "percent", "of seats tendered"),
    Index("Enterprises with a second source", "dual_source_share", "percent", "of contracts"),
    *(
        Index(
            f"Own price elasticity of use: {name}", f"own_elasticity_{name}", "number", "long run"
        )
        for name in SEGMENTS[:2]
    ),
    *(
        Index(
            f"Diversion to OPEN: {name}",
            f"diversion_open_{name}",
            "percent",
            "of what a dearer provider loses",
        )
        for name in SEGMENTS[:2]
    ),
    Index("Tokens served by OPEN", "open_token_share", "percent", "of all tokens"),
    Index("Providers with an offer", "active_providers", "count", "without OPEN"),
    Index("Providers at the frontier", "frontier_providers", "count", "at most .5 OOM behind"),
    Index("Openness", "openness", "number", "0 to 1"),
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
    said = amounts.money(value) if pattern == "money" else PATTERNS[pattern].format(scaled)
    words = said.replace("-", "−")
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


def share_table(records: series.RunLike) -> str:
    """Share of each provider in each segment, in the opening month and in the last."""
    shares, first = series.shares(records), opening_of(records)
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
            for i in range(len(SEGMENTS))
            for value in (shares[[first, -1], i, p] if sold[i, p] else (np.nan, np.nan))
        ]
        rows.append([name, *(number(end, "percent") for end in (*ends, revenue[p]))])
    heads = [f"{name}<br>{day}" for name in SEGMENTS for day in (days[first], days[-1])]
    note = f" Without a user: {', '.join(idle)}." if idle else ""
    return table(
        "Share by segment (of spend for coding and enterprise, of users for consumers) "
        f"in {days[first]} and in {days[-1]}, {seed_of(records)}.{note}",
        ["Provider", *heads, f"all revenue<br>{days[-1]}"],
        rows,
    )


def index_table(records: series.RunLike) -> str:
    """Concentration, adoption, retention and renewal in the opening month and in the last."""
    first, days = opening_of(records), [safe(day) for day in series.dates(records)]
    most = largest_divergence(len(SEGMENTS), len(records.providers))
    cells = []
    for index in INDICES:
        scale = series.HHI_SCALE if index.pattern == "index" else 1
        ends = scale * series.market(records, index.column)[[first, -1]]
        told = [number(float(end), index.pattern) for end in ends]
        cells.append([index.words, *told, index.unit.format(most=most)])
    labels = series.regimes(records)
    since = f"since {series.dates(records)[series.last_change(labels)]}"
    cells.append(["Regime", *(safe(labels[month]) for month in (first, -1)), since])
    return table(
        f"Indices of the market, {seed_of(records)}. {series.note_on_open(records)}".rstrip(),
        ["Index", days[first], days[-1], "unit"],
        cells,
    )


def basin_table(basins: series.Table) -> str:
    """How the runs of a study end: regime and leader by revenue, how often, in which seeds."""
    rows = []
    for row, (regime, leader) in enumerate(zip(basins["regime"], basins["leader"], strict=True)):
        share, low, high = (
            number(float(basins[name][row]), "percent") for name in ("probability", "low", "high")
        )
        runs = number(float(basins["runs"][row]), "count")
        end = safe(f"{regime}, led by {leader}" if leader else regime)
        rows.append([end, runs, share, low, high, safe(basins["seeds"][row])])
    return table(
        f"How {basins['of'][0]} runs end in {safe(basins['date'][0])}: regime, and who has most "
        "revenue in it. Low and high are the ends of the 95 % interval of the share.",
        ["End", "runs", "share", "low", "high", "seeds"],
        rows,
    )


def opening_of(records: series.RunLike) -> int:
    """The month where tables begin, as in the table that a run prints."""
    return opening_month(Shares(series.dates(records), series.shares(records)))


def seed_of(records: series.RunLike) -> str:
    """Which run a table is of: a study has several."""
    return f"seed {records.config.seed}"


def flow_table(records: series.RunLike) -> str:
    """The largest flows between providers, and their largest terms for and against."""
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
        "Largest flows between providers over the run, and terms of those who moved: util per "
        "mover, new less old. Chance is random taste, and movers are those whom chance favoured.",
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
