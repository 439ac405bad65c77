"""The histories of one point of a sweep: where they end, and when that can be told."""

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.forks import basins_of, fork_of
from experiments.plots import factor_names
from experiments.plots.divergence_map import Histories
from experiments.sweep_labels import MARKET, REGIME, rows_of

if TYPE_CHECKING:
    from pandas import DataFrame

Numbers = NDArray[np.float64]
FEWEST = 4  # histories of a point
# State of a market where shares of providers are not kept: all from 0 to 1.
STATE = ("hhi_revenue", "top_two", "openness", "open_token_share")
SHOWN = {"hhi_revenue": "HHI of revenue"}
PROVIDERS, SHARE = "providers", "revenue_share"
MOST_VALUES = 4


class Told(NamedTuple):
    """States (R, T, P) of histories by name, months in words, and the regime each ends in."""

    states: Numbers
    names: list[str]
    dates: list[str]
    regimes: list[str]


def histories_of(study: Any, frame: "DataFrame") -> Histories | str:
    """Histories of the point whose runs lie furthest apart, or why there are none."""
    keep = set(study.sweep.keep)
    if not keep & {MARKET, PROVIDERS}:
        return "histories are not stored: keep the table `market` in the sweep file"
    done = frame[frame.status == "done"]
    runs = done.groupby("point").run.count()
    if not len(runs) or int(runs.max()) < FEWEST:
        most = int(runs.max()) if len(runs) else 0
        return (
            f"histories of one point are compared from {FEWEST} on, and the point with most has "
            f"{most}: more seeds are needed"
        )
    point = furthest_apart(study, done, runs[runs >= FEWEST].index)
    rows = done[done.point == point].sort_values("run", kind="stable")
    told = states_of(study, rows.run.tolist())
    basins = basins_of(told.states[:, -1])
    fork, separate = fork_of(told.states, basins), bool(basins.max() > 0)
    names = [basin_name(told, basins == code) for code in range(int(basins.max()) + 1)]
    if not separate:  # one broad cloud is no place to end in: the regimes say more of it
        basins, names = by_regime(told.regimes)
    shown = most_telling(told.states)
    return Histories(
        told.dates,
        SHOWN.get(told.names[shown], f"share of {told.names[shown]}"),
        told.states[:, :, shown],
        told.names[shown] not in STATE,
        basins,
        names,
        fork,
        point_words(study, rows.iloc[0]),
        separate,
    )


def furthest_apart(study: Any, done: "DataFrame", points: Any) -> int:
    """The point whose runs differ most in the first outcome that is a number; else the first."""
    plain = [name for name in study.sweep.outcomes if not study.sweep.labels(name)]
    for name in plain:
        spread = done[done.point.isin(points)].groupby("point")[name].std()
        if spread.notna().any() and float(spread.max()) > 0:
            return int(spread.idxmax())
    return int(points[0])


def states_of(study: Any, runs: list[int]) -> Told:
    """Shares of revenue by provider where they are kept, else what the market table says."""
    regimes = [""] * len(runs)
    if MARKET in study.sweep.keep:
        table = rows_of(study, MARKET, ("month", "date", REGIME, *STATE), runs)
        table = table.sort_values(["run", "month"], kind="stable")
        regimes = table.groupby("run")[REGIME].last().loc[runs].astype(str).tolist()
    if PROVIDERS in study.sweep.keep:
        table = rows_of(study, PROVIDERS, ("month", "date", "provider", SHARE), runs)
        table = table.sort_values(["run", "month", "provider"], kind="stable")
        names = list(dict.fromkeys(table.provider.astype(str)))
        columns = [table[SHARE][table.provider == name].to_numpy(np.float64) for name in names]
        table = table[table.provider == names[0]]
    else:
        names = [name for name in STATE if table[name].notna().any()]
        columns = [table[name].to_numpy(np.float64) for name in names]
    months = table.groupby("run").month.count()
    if months.nunique() != 1:
        raise ValueError("histories of the point have different lengths")
    shape = (len(runs), int(months.iloc[0]))
    states = np.stack([np.nan_to_num(column).reshape(shape) for column in columns], axis=2)
    return Told(states, names, table.date.astype(str).tolist()[: shape[1]], regimes)


def most_telling(states: Numbers) -> int:
    """The part of the state whose ends differ most; the first where none does."""
    return int(np.argmax(states[:, -1].std(axis=0)))


def basin_name(told: Told, inside: NDArray[np.bool_]) -> str:
    """What a basin is: its mean state, the most frequent regime, and who is largest."""
    ends = told.states[inside, -1].mean(axis=0)
    regimes = Counter(regime for regime, here in zip(told.regimes, inside, strict=True) if here)
    regime = min(regimes, key=lambda name: (-regimes[name], name))
    if told.names[0] in STATE:
        said = [f"{SHOWN.get(told.names[0], told.names[0])} {ends[0]:.2f}"]
    else:
        best = int(ends.argmax())
        said = [f"{told.names[best]} {100 * ends[best]:.0f} %"]
    return ", ".join([*said, *([regime] if regime else [])])


def by_regime(regimes: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Code of the regime that each history ends in, and names, the most frequent first."""
    counts = Counter(regimes)
    names = sorted(counts, key=lambda name: (-counts[name], name))
    codes = np.array([names.index(regime) for regime in regimes], np.int64)
    return codes, [name or "all histories" for name in names]


def point_words(study: Any, row: Any) -> str:
    """The factor values of a point, of many only the first."""
    short = factor_names.short_names(study.factors)
    said = [f"{short[name]} {factor_names.level(row[name])}" for name in study.factors]
    more = f" and {len(said) - MOST_VALUES} more" if len(said) > MOST_VALUES else ""
    return f"point {int(row.point)}, {', '.join(said[:MOST_VALUES])}{more}"
