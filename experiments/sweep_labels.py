"""How each run ended, as a word: its regime, or whether it lies in a region of the sweep file."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.metrics.regime import REGIMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas
    from pandas import DataFrame

MARKET, REGIME = "market", "regime"
NO_LABEL = ""


class Labels(NamedTuple):
    """A word for each row of the frame, empty where there is none, and what it is of."""

    of: str
    words: NDArray[np.object_]


def labels_of(study: Any, frame: "DataFrame") -> Labels | str:
    """Regimes where outcomes or the table `market` tell them, else the first region."""
    done = (frame.status == "done").to_numpy()
    if not done.any():
        return "no run is done"
    words = regimes_of_outcomes(study, frame)
    if words is None and MARKET in study.sweep.keep:
        words = regimes_of_tables(study, frame)
    if words is not None:
        return Labels("regime at the end", np.where(done, words, NO_LABEL).astype(object))
    for region in study.sweep.regions.values():
        inside = region.holds(frame[region.outcome].to_numpy(np.float64))
        told = np.where(inside == 1, region.name, f"not {region.name}")
        return Labels(region.name, np.where(np.isfinite(inside), told, NO_LABEL).astype(object))
    return (
        "how runs ended is not known: keep the table `market`, or name outcomes "
        "{column: regime, is: ...} or a region in the sweep file"
    )


def regimes_of_outcomes(study: Any, frame: "DataFrame") -> NDArray[np.object_] | None:
    """Regime of each run from outcomes that ask for it with yes or no; None if they do not."""
    asked = {
        outcome.equal: name
        for name, outcome in study.sweep.outcomes.items()
        if (outcome.column, outcome.at) == (REGIME, "end") and outcome.equal in REGIMES
    }
    missing = [regime for regime in REGIMES if regime not in asked]
    if len(missing) > 1:
        return None
    words = np.full(len(frame), missing[0] if missing else NO_LABEL, object)
    for regime, name in asked.items():
        words[(frame[name] == 1).to_numpy()] = regime
    known = frame[list(asked.values())].notna().all(axis=1).to_numpy()
    return np.where(known, words, NO_LABEL).astype(object)


def regimes_of_tables(study: Any, frame: "DataFrame") -> NDArray[np.object_] | None:
    """Regime of the last month of each run; None where no run has the table."""
    try:
        table = rows_of(study, MARKET, ("month", REGIME))
    except KeyError:
        return None
    last = table.sort_values(["run", "month"]).groupby("run")[REGIME].last()
    return frame.run.map(last).fillna(NO_LABEL).to_numpy(object)


def rows_of(
    study: Any, name: str, columns: "Sequence[str]", runs: "Sequence[int] | None" = None
) -> "pandas.DataFrame":
    """Some columns of a kept table, with the number of the run; of some runs, or of all.

    Raises
    ------
    KeyError
        No run has the table.
    """
    table = study.table(name, list(columns)).to_pandas()
    return table if runs is None else table[table.run.isin(list(runs))]
