"""Rounds and holders of a run as figures and tables need them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import HOLDERS
from experiments.plots import palette, series

OTHERS, FOUNDERS, PUBLIC = HOLDERS
SMALLEST, LARGEST = 7.0, 34.0  # pixels across, of the smallest and largest round


class Round(NamedTuple):
    """One round: who led, and who else paid; money in M$.

    multiple : value after money over yearly revenue.  dilution : share that it sold.
    """

    month: int
    provider: str
    kind: str
    lead: str
    others: tuple[str, ...]
    amount: float
    post_money: float
    multiple: float
    dilution: float

    def revenue(self) -> float:
        """Yearly revenue that the multiple is of, M$."""
        return self.post_money / self.multiple if self.multiple > 0 else float("nan")


def any_rounds(records: series.RunLike) -> bool:
    """Whether anybody raised money."""
    return len(records.tables["rounds"]["month"]) > 0


def rounds(records: series.RunLike) -> list[Round]:
    """Rounds in the order of the table, which has a row for each ticket."""
    table = records.tables["rounds"]
    _, starts = np.unique(np.asarray(table["round"]), return_index=True)
    ends = np.append(starts, len(table["round"]))[1:]
    found = []
    for start, end in zip(starts, ends, strict=True):
        leads = np.asarray(table["lead"][start:end], np.bool_)
        payers = [str(name) for name in table["investor"][start:end]]
        first = int(np.argmax(leads))
        found.append(
            Round(
                int(table["month"][start]),
                str(table["provider"][start]),
                str(table["kind"][start]),
                payers[first],
                tuple(payers[:first] + payers[first + 1 :]),
                *(
                    float(table[name][start])
                    for name in ("amount", "post_money", "multiple", "dilution")
                ),
            )
        )
    return found


def kinds(records: series.RunLike) -> dict[str, str]:
    """Kind of each holder there can be: investors by kind, then other investors and so on."""
    table = records.tables["investors"]
    found = dict(zip(map(str, table["investor"]), map(str, table["kind"]), strict=True))
    order = {kind: place for place, kind in enumerate(palette.HOLDER_KINDS)}
    named = sorted(found, key=lambda name: order.get(found[name], len(order)))
    return {name: found[name] for name in named} | {name: name for name in HOLDERS}


def holdings(records: series.RunLike, holders: Sequence[str]) -> series.Numbers:
    """Shares by month, provider and holder: (T, P, H), 0 where there is no row."""
    table = records.tables["cap_tables"]
    code = {name: i for i, name in enumerate(records.providers)}
    place = {name: i for i, name in enumerate(holders)}
    found = np.zeros((series.month_count(records), len(code), len(place)))
    rows = (
        np.asarray(table["month"], np.int64),
        np.array([code[name] for name in table["provider"]], np.int64),
        np.array([place[name] for name in table["holder"]], np.int64),
    )
    found[rows] = table["share"]
    return found


def holder_colours(found: Mapping[str, str]) -> dict[str, str]:
    """A colour for each holder of `kinds`: that of its kind, one shade for each investor."""
    count: dict[str, int] = {}
    places = []
    for kind in found.values():
        places.append(count.get(kind, 0))
        count[kind] = places[-1] + 1
    return {
        name: palette.mixed(
            palette.HOLDER_KINDS.get(kind, palette.OF_SPEND),
            palette.PAPER,
            0.5 * place / max(count[kind] - 1, 1),
        )
        for (name, kind), place in zip(found.items(), places, strict=True)
    }


def across(amounts: series.Numbers) -> NDArray[np.float64]:
    """Pixels across of circles of which the area is money."""
    most = max(float(amounts.max()), 1e-9) if len(amounts) else 1.0
    return np.maximum(LARGEST * np.sqrt(amounts / most), SMALLEST)


def rank_correlation(one: series.Numbers, other: series.Numbers) -> float:
    """Spearman's rank correlation; NaN of less than three pairs, or where all are alike."""
    if len(one) < 3:
        return float("nan")
    ranks = np.array([ranked(one), ranked(other)])
    if not (np.ptp(ranks, axis=1) > 0).all():
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])


def ranked(values: series.Numbers) -> series.Numbers:
    """Rank of each value, ties at their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place], np.float64)
