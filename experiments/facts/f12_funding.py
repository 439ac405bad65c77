"""How providers are funded: F12 (multiples), F13 (dilution and pace), F17 (who funds with whom).

Only rounds that investors decided count: those of a file or of an event are no results.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.facts.fact import END, NO_NUMBER, Fact, Part, RunLike, at, dates
from experiments.facts.statistics import rank_correlation

DECIDED = ("round", "down_round")
HOT = ("OpenAI", "Anthropic", "xAI")
BEFORE = "2024-12"


def rounds(records: RunLike) -> dict[str, NDArray[Any]]:
    """One row for each round that investors decided, to the end of 2025, in the order of time."""
    table = records.tables["rounds"]
    kept = np.isin(table["kind"].astype(str), DECIDED) & (table["date"].astype(str) <= END)
    _, first = np.unique(table["round"][kept], return_index=True)
    rows = np.flatnonzero(kept)[first]
    rows = rows[np.argsort(table["month"][rows], kind="stable")]
    return {column: values[rows] for column, values in table.items()}


def multiples(records: RunLike) -> dict[str, float]:
    """Rank correlation of a round's revenue multiple with the revenue behind it."""
    table = rounds(records)
    known = (table["multiple"] > 0) & (table["post_money"] > 0)
    multiple = np.log(table["multiple"][known])
    return {
        "multiple on revenue": rank_correlation(
            multiple, np.log(table["post_money"][known]) - multiple
        )
    }


def pace(records: RunLike) -> dict[str, float]:
    """Median dilution of a round, and median months between rounds of those who raise most."""
    table = rounds(records)
    dilution = table["dilution"][np.isfinite(table["dilution"])]
    gaps = [np.diff(table["month"][table["provider"] == name]) for name in HOT]
    return {"dilution": middle(dilution), "months between rounds": middle(np.concatenate(gaps))}


def middle(values: NDArray[Any]) -> float:
    """Median; NaN of nothing."""
    return float(np.median(values)) if len(values) else NO_NUMBER


def syndicates(records: RunLike) -> dict[str, float]:
    """How unequal co-investment is, and whether who was central joins more rounds later."""
    central = degree(records, BEFORE)
    table = records.tables["rounds"]
    later = np.isin(table["kind"].astype(str), DECIDED) & (table["date"].astype(str) > BEFORE)
    later &= table["date"].astype(str) <= END
    joined = {
        name: len(set(table["round"][later & (table["investor"] == name)].tolist()))
        for name in central
    }
    return {
        "degree gini": at(records, "syndicate_gini"),
        "central joins": rank_correlation(list(central.values()), list(joined.values())),
    }


def degree(records: RunLike, day: str) -> dict[str, float]:
    """Degree of each investor in the co-investment network in a month; nothing without it."""
    if day not in dates(records):
        return {}
    table = records.tables["investors"]
    here = table["date"] == day
    pairs = zip(table["investor"][here], table["degree"][here], strict=True)
    return {str(name): float(value) for name, value in pairs}


FACTS = (
    Fact(
        "F12",
        "revenue multiples fall with scale",
        "[5] 80-400 x in 2023, 15-50 x in 2025-26",
        "Spearman of the logarithms of multiple and revenue over rounds to the end of 2025",
        (Part("multiple on revenue", "rank correlation", "-", high=-0.5),),
        multiples,
    ),
    Fact(
        "F13",
        "a round sells 10 to 20 %; hot firms raise every 6 to 9 months",
        "[23] Carta; [4] five deals of Anthropic in a year",
        f"medians over rounds to the end of 2025; hot: {', '.join(HOT)}",
        (
            Part("dilution", "dilution of a round", "share", 0.10, 0.20),
            Part("months between rounds", "months between rounds, hot firms", "months", 6, 9),
        ),
        pace,
    ),
    Fact(
        "F17",
        "co-investment is skewed, and central investors join more rounds",
        "[24] Hochberg, Ljungqvist and Lu 2007",
        f"Gini of degree, {END}; Spearman of degree {BEFORE} with rounds joined in the year after",
        (
            Part("degree gini", "Gini of degree", "-", low=0.35),
            Part("central joins", "rank correlation, degree and later rounds", "-", low=0.0),
        ),
        syndicates,
    ),
)
