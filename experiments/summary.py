"""The short table that a run prints: plain text, at most 90 columns wide."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.plots import series
from experiments.plots.reasons import TERM_WORDS
from experiments.watch_metrics import watch_lines
from simulation.columns import NOBODY, SEGMENTS, TERMS
from simulation.metrics.concentration import exists

if TYPE_CHECKING:
    from simulation.records import Records

Numbers = NDArray[np.float64]

MEASURES = {"spend_share": "spend", "user_share": "users"}
OPENING = "2024-01"
MONTHS_OF_FLOWS = 12
SMALLEST_SHARE = 0.005
LARGEST_FLOWS = 3
OPENNESS = {
    "openness_shares": "even shares",
    "openness_weights": "open weights",
    "openness_frontier": "frontier",
}
NAME_WIDTH = 16
NUMBER_WIDTH = 9


class Shares(NamedTuple):
    """Shares of every provider in every segment and month of one run.

    dates : (months,) text; values : (months, segments, providers), 0 where nobody has adopted
    """

    dates: list[str]
    values: Numbers


def opening_month(shares: Shares) -> int:
    """Where the table starts: January 2024, or the first month with adopters in every segment."""
    if OPENING in shares.dates[:-1]:
        return shares.dates.index(OPENING)
    complete = exists(shares.values).sum(axis=1) == len(SEGMENTS)
    return int(np.argmax(complete)) if complete.any() else 0


def run_summary(records: "Records") -> str:
    """Shares at the start and the end, indices, regime, what to watch, and flows of one run."""
    shares = Shares(series.dates(records), series.shares(records))
    months = (opening_month(shares), len(shares.dates) - 1)
    lines = [title(records, shares.dates), ""]
    lines += share_table(records.providers, shares, months)
    lines += index_rows(records, months)
    lines += ["", *regime_lines(records)]
    lines += ["", *watch_lines(records)]
    lines += ["", *flow_lines(records, len(shares.dates))]
    return "\n".join(line.rstrip() for line in lines)


def title(records: "Records", dates: Sequence[str], seeds: str = "") -> str:
    """Name what was run."""
    config = records.config
    market = (
        f"{config.developers.count:,} developers, {config.enterprises.count:,} enterprises, "
        f"{config.consumers.count:,} consumers"
    )
    when = f"{len(dates)} months, {dates[0]} to {dates[-1]}"
    return f"{config.name}: {when}, {seeds or f'seed {config.seed}'}\n{market}"


def share_table(names: Sequence[str], shares: Shares, months: tuple[int, int]) -> list[str]:
    """Rows of shares in percent, largest provider first, with the small ones summed."""
    values = shares.values[list(months)]  # (2, segments, providers)
    order = np.argsort(-values[-1].sum(axis=0), kind="stable")
    large = [j for j in order if values[:, :, j].max() >= SMALLEST_SHARE]
    small = [j for j in order if 0 < values[:, :, j].max() < SMALLEST_SHARE]
    titles = [f"{name}, {MEASURES[series.SHARE_COLUMN[name]]}" for name in SEGMENTS]
    lines = header(titles, shares, months)
    lines += [row(names[j], percents(values[:, :, j])) for j in large]
    if small:
        name = names[small[0]] if len(small) == 1 else f"{len(small)} others"
        lines.append(row(name, percents(values[:, :, small].sum(axis=2))))
    return lines


def header(titles: Sequence[str], shares: Shares, months: tuple[int, int]) -> list[str]:
    """Two lines above the columns: segment and measure, then the two dates."""
    width = 2 * NUMBER_WIDTH
    above = "".join(f"  {text:>{width}}" for text in titles)
    dates = [shares.dates[month] for month in months] * len(SEGMENTS)
    below = row("", dates)
    return [f"{'share, %':<{NAME_WIDTH}}{above}", below, "-" * len(below)]


def row(name: str, cells: Sequence[str]) -> str:
    """One line of the table: two cells for each segment."""
    pairs = [
        "  " + "".join(f"{cell:>{NUMBER_WIDTH}}" for cell in cells[start : start + 2])
        for start in range(0, len(cells), 2)
    ]
    return f"{name[:NAME_WIDTH]:<{NAME_WIDTH}}" + "".join(pairs)


def percents(pairs: Numbers) -> list[str]:
    """Cells of (2, segments) shares, by segment; a dot where there is none."""
    return [f"{100 * value:.1f}" if value > 0 else "." for value in pairs.T.ravel()]


def index_rows(records: "Records", months: tuple[int, int]) -> list[str]:
    """Rows of the indices of the market table, one column pair for each segment."""
    market = records.table("market")
    rows = (
        ("HHI", ("hhi_coding", "hhi_enterprise", "hhi_consumer"), 1),
        ("adopted, %", ("adopted_coding", "adopted_enterprise", "adopted_consumer"), 100),
        ("retention 12m, %", ("retention_coding", None, "retention_consumer"), 100),
        ("renewal 12m, %", (None, "renewal_rate", None), 100),
    )
    lines = ["-" * len(row("", ["", ""] * len(SEGMENTS)))]
    for name, columns, scale in rows:
        cells: list[str] = []
        for column in columns:
            cells += [number(market[column][month], scale) if column else "" for month in months]
        lines.append(row(name, cells))
    return lines


def regime_lines(records: "Records") -> list[str]:
    """The regime at the end, since when, and the openness index with its terms."""
    market, labels = records.table("market"), series.regimes(records)
    since = series.last_change(labels)
    when = (
        f"since {market['date'][since]} ({labels[since - 1]} before)" if since else "all the time"
    )
    lines = [f"{'regime':<{NAME_WIDTH}}{labels[-1]} {when}"]
    end = {name: market[name][-1] for name in ("hhi_revenue", "openness", *OPENNESS)}
    if np.isfinite(end["openness"]):
        terms = ", ".join(f"{words} {end[name]:.2f}" for name, words in OPENNESS.items())
        lines[0] += f"; HHI of revenue {end['hhi_revenue']:.2f}"
        lines.append(f"{'openness':<{NAME_WIDTH}}{end['openness']:.2f}, the mean of {terms}")
    return lines


def number(value: float, scale: int) -> str:
    """A percentage with one decimal, an index with three; a dash where it is missing."""
    if not np.isfinite(value):
        return "-"
    return f"{scale * value:.1f}" if scale > 1 else f"{value:.3f}"


def flow_lines(records: "Records", months: int) -> list[str]:
    """Largest adoptions and switches of the last months, and terms of the largest switch."""
    flows = records.table("flows")
    span = min(MONTHS_OF_FLOWS, months)
    recent = np.asarray(flows["month"]) >= months - span
    lines = [f"largest moves of the last {span} months, agents, and terms of the largest switch"]
    for segment in SEGMENTS:
        inside = recent & (np.asarray(flows["segment"]) == segment)
        origins, targets = flows["from"][inside], flows["to"][inside]
        counts = np.asarray(flows["agents"])[inside]
        adoptions = largest(origins, targets, counts, origins == NOBODY)
        switches = largest(origins, targets, counts, origins != NOBODY)
        new = listing([(target, count) for (_, target), count in adoptions])
        switched = listing([(f"{origin} > {target}", n) for (origin, target), n in switches])
        lines += [flow_line(segment, "new", new), flow_line("", "switched", switched)]
        if switches:
            lines.append(flow_line("", "terms", reasons(flows, inside, *switches[0])))
    return lines


def flow_line(segment: str, kind: str, text: str) -> str:
    """One line about the moves in a segment."""
    return f"  {segment:<12}{kind:<10}{text}"


def largest(
    origins: NDArray[np.object_],
    targets: NDArray[np.object_],
    counts: NDArray[np.int64],
    chosen: NDArray[np.bool_],
) -> list[tuple[tuple[str, str], int]]:
    """The largest flows by (from, to), and how many agents each moved."""
    totals: dict[tuple[str, str], int] = {}
    for origin, target, count in zip(origins[chosen], targets[chosen], counts[chosen], strict=True):
        pair = (str(origin), str(target))
        totals[pair] = totals.get(pair, 0) + int(count)
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [item for item in ranked[:LARGEST_FLOWS] if item[1] > 0]


def listing(items: Sequence[tuple[str, int]]) -> str:
    """Write flows on one line."""
    return ", ".join(f"{name} {count:,}" for name, count in items) or "nobody"


def reasons(
    flows: dict[str, NDArray[np.generic]],
    inside: NDArray[np.bool_],
    pair: tuple[str, str],
    count: int,
) -> str:
    """The utility terms of those agents: the three largest, in util per mover."""
    moved = inside & (np.asarray(flows["from"]) == pair[0]) & (np.asarray(flows["to"]) == pair[1])
    terms = [(float(np.nansum(flows[name][moved])) / count, name) for name, _ in TERMS]
    ranked = sorted(terms, key=lambda term: -abs(term[0]))[:LARGEST_FLOWS]
    parts = ", ".join(f"{TERM_WORDS[name]} {value:+.2f}" for value, name in ranked if value)
    return f"{parts or 0} util each"
