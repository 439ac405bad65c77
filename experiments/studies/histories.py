"""The record changed in one way at a time: when histories leave it, and where they end.

`python -m experiments.studies.histories` runs seeds 1-40 of configs/baseline.yaml and of each
config of configs/histories and keeps what each has in docs/studies/histories.csv.

Shares are those of accounts, each adopter counted once: the spend of a few large buyers is a
lottery in any market.  The distance of a run to the history-friendly path is, in each month, the
Jensen-Shannon distance between its shares and the mean shares of the baseline's other seeds, mean
over the segments.  A run has diverged from the first month from which this stays above what 95 % of
the baseline's own seeds keep to in that month.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments import scoring
from experiments.facts.fact import END, dates
from experiments.facts.history import ALL, CRITERIA, friendly
from experiments.markdown import markdown
from experiments.plots import series
from experiments.studies import spread
from experiments.studies.cells import numbers, share, trimmed
from experiments.studies.rows import BASELINE, CONFIGS, Cell, Row, Study, command
from experiments.studies.spread import Estimate
from experiments.studies.validation import SEEDS, often

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

Numbers = NDArray[np.float64]

OTHERS = "others"  # who entered later
REGIMES = ("monopoly", "oligopoly", "open")
QUANTILE = 0.95
REACH = 1.96  # standard errors of a 95 % interval
HISTORIES = tuple(sorted(CONFIGS.glob("histories/*.yaml")))
LAST = "end"


class Friendly(NamedTuple):
    """The baseline's seeds: shares (seeds, months, segments, labels), and what 95 % keep to.

    first : seed of the first.  limit : (months,) distance.
    """

    first: int
    shares: Numbers
    limit: Numbers


def measured(config: "Config") -> dict[str, float]:
    """When a run diverges, where it ends, and whether it follows the record."""
    from simulation import run

    return outcome(run(config), baseline())


@lru_cache(maxsize=1)
def baseline() -> Friendly:
    """Run the baseline's seeds, once in each process."""
    from simulation import run
    from simulation.config import load, with_changes

    config = load(BASELINE)
    seeds = range(config.seed, config.seed + SEEDS)
    return friendly_path(
        config.seed,
        np.stack([shares_of(run(with_changes(config, {"seed": seed}))) for seed in seeds]),
    )


def friendly_path(first: int, shares: Numbers) -> Friendly:
    """What the baseline's seeds do among themselves; `first` is the seed of the first."""
    own = [distance(shares[seed], mean_of_others(shares, seed)) for seed in range(len(shares))]
    return Friendly(first, shares, np.nanquantile(np.stack(own), QUANTILE, axis=0))


def labels(records: "Records") -> tuple[str, ...]:
    """Providers that the config names and OPEN, then all others together."""
    named = [*records.config.providers, "OPEN"]
    return (*named, OTHERS)


def shares_of(records: "Records") -> Numbers:
    """Shares of accounts by label; (months, segments, labels), 0 where nobody has adopted."""
    names = labels(records)
    counts = np.nan_to_num(series.cube(records, "accounts"))
    place = [names.index(name) if name in names else -1 for name in records.providers]
    found = np.zeros((*counts.shape[:2], len(names)))
    for column, at in enumerate(place):
        found[..., at] += counts[..., column]
    return found / np.maximum(found.sum(axis=-1, keepdims=True), 1.0)


def mean_of_others(shares: Numbers, seed: int) -> Numbers:
    """Mean over the seeds but one; a run is not compared with a path that it is a part of."""
    others = np.delete(shares, seed, axis=0) if 0 <= seed < len(shares) else shares
    return np.asarray(others.mean(axis=0))


def distance(shares: Numbers, path: Numbers) -> Numbers:
    """Jensen-Shannon distance of each month, 0-1, mean over segments that exist: (months,)."""
    from scipy.spatial.distance import jensenshannon

    there = (shares.sum(axis=-1) > 0) & (path.sum(axis=-1) > 0)
    filled = np.where(there[..., None], shares, 1.0), np.where(there[..., None], path, 1.0)
    apart = np.where(there, jensenshannon(*filled, base=2, axis=-1), 0.0)
    return np.asarray(apart.sum(axis=-1) / np.maximum(there.sum(axis=-1), 1))


def divergence_month(apart: Numbers, limit: Numbers) -> float:
    """First month from which a distance stays above the limit to the end; NaN if it does not."""
    within = np.flatnonzero(~(apart > limit))
    first = int(within[-1]) + 1 if len(within) else 0
    return float(first) if first < len(apart) else float("nan")


def outcome(records: "Records", friends: Friendly) -> dict[str, float]:
    """Divergence month, regime at the end, criteria of section 12, and shares on two dates."""
    shares = shares_of(records)
    path = mean_of_others(friends.shares, records.config.seed - friends.first)
    regime = str(records.table("market")["regime"][-1])
    found = {
        "diverged": divergence_month(distance(shares, path), friends.limit),
        **{name: float(regime == name) for name in REGIMES},
        **friendly(records, records.config.finance.stressed),
    }
    for day, month in ((END, dates(records).index(END)), (LAST, -1)):
        for segment, row in zip(series.BUYERS, shares[month], strict=True):
            for name, value in zip(labels(records), row, strict=True):
                found[f"{day} {segment} {name}"] = float(value)
    return found


CELLS = (
    Cell({"config": "baseline"}, BASELINE, {}),
    *(Cell({"config": path.stem}, path, {}) for path in HISTORIES),
)
STUDY = Study(
    "histories",
    CELLS,
    SEEDS,
    measured,
    (Path(__file__), scoring.FOLDER / "history.py", scoring.FOLDER / "f02_shares.py"),
)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """When and how far each changed history leaves the record, and where it ends."""
    by_config: dict[str, list[Row]] = {}
    for row in rows:
        by_config.setdefault(row["config"], []).append(row)
    base = by_config["baseline"]
    lines = [
        [
            name,
            share(float(np.mean(np.isfinite(numbers(seeds, "diverged"))))),
            months(numbers(seeds, "diverged")),
            *(moved(seeds, base, day) for day in (END, LAST)),
            " / ".join(often(seeds, regime) for regime in REGIMES),
        ]
        for name, seeds in by_config.items()
    ]
    titles = (
        "config",
        "seeds that diverge",
        "month t_d, median [10th-90th]",
        f"D_run {END}, change [95 %]",
        "D_run at the end, change [95 %]",
        f"ends as {' / '.join(REGIMES)}",
    )
    follow = [
        [name, *(often(seeds, criterion.key) for criterion in (*CRITERIA, ALL))]
        for name, seeds in by_config.items()
    ]
    leads = [
        [name, *(leaders(seeds, day, segment) for day in (END, LAST) for segment in series.BUYERS)]
        for name, seeds in by_config.items()
    ]
    dates_of_leads = [f"{segment}, {day}" for day in (END, LAST) for segment in series.BUYERS]
    return {
        "divergence": markdown(titles, lines),
        "leaders": markdown(("config", *dates_of_leads), leads),
        "following": markdown(("config", *(item.key for item in (*CRITERIA, ALL))), follow),
    }


def leaders(rows: Sequence[Row], day: str, segment: str) -> str:
    """Who has most accounts of a segment, and in which share of the seeds."""
    start = f"{day} {segment} "
    columns = [column for column in rows[0] if column.startswith(start)]
    first = np.argmax(np.stack([numbers(rows, column) for column in columns], axis=1), axis=1)
    often_first = np.bincount(first, minlength=len(columns)) / len(rows)
    order = [place for place in np.argsort(-often_first, kind="stable") if often_first[place] > 0]
    return ", ".join(f"{columns[i].removeprefix(start)} {share(often_first[i])}" for i in order)


def months(diverged: Numbers) -> str:
    """Months of the seeds that diverge; a dash where none does."""
    known = diverged[np.isfinite(diverged)]
    if not len(known):
        return "-"
    middle, low, high = np.quantile(known, (0.5, 0.1, 0.9))
    return f"{middle:.0f} [{low:.0f}-{high:.0f}]"


def moved(rows: Sequence[Row], base: Sequence[Row], day: str) -> str:
    """D_run of a config; beside the baseline's, its change with an interval, seed by seed."""
    here = d_run(rows, day)
    value = trimmed(here.value, 3)
    if rows is base:
        return value
    change = spread.difference(here, d_run(base, day))
    low, high = (change.value + sign * REACH * change.error for sign in (-1.0, 1.0))
    return f"{value}, {signed(change.value)} [{signed(low)} to {signed(high)}]"


def signed(value: float) -> str:
    """A change in three decimals with its sign."""
    return f"{'+' if value >= 0 else ''}{trimmed(value, 3)}"


def d_run(rows: Sequence[Row], day: str) -> Estimate:
    """Divergence between the seeds, mean over the segments."""
    parts = [
        spread.divergence(
            np.stack([numbers(rows, column) for column in rows[0] if column.startswith(start)], 1)
        )
        for start in (f"{day} {segment} " for segment in series.BUYERS)
    ]
    return Estimate(
        float(np.mean([part.value for part in parts])),
        np.mean([part.each for part in parts], axis=0),
    )


if __name__ == "__main__":
    command(STUDY, tables)
