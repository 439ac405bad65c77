"""Does a run follow the record?  The five criteria of a history-friendly run.

Specification, section 12: leaders of consumers and of coding, the three of the enterprises, nobody
of the five named lost, and pressure of payment on OpenAI; shares are those of the end of 2025.
"""

from typing import NamedTuple

import numpy as np

from experiments.facts.f02_shares import leader, ranked
from experiments.facts.fact import END, NO_NUMBER, RunLike, dates, of_provider

FIVE = ("OpenAI", "Google", "Anthropic", "Meta", "xAI")
THREE = frozenset(("OpenAI", "Anthropic", "Google"))
LOST = ("exited", "acquired")
BEFORE = 48  # month


class Criterion(NamedTuple):
    """One criterion: its key among the readings, and what it asks."""

    key: str
    what: str


CRITERIA = (
    Criterion("(a)", "consumers are led by OpenAI"),
    Criterion("(b)", "coding is led by Anthropic"),
    Criterion("(c)", "the enterprise three are OpenAI, Anthropic and Google"),
    Criterion("(d)", f"none of {', '.join(FIVE)} has left"),
    Criterion("(e)", f"OpenAI is under payment pressure before month {BEFORE}"),
)
ALL = Criterion("all", "all five: the run follows the record")


def friendly(records: RunLike, stressed: float) -> dict[str, float]:
    """Each criterion as 1 or 0, and all together; NaN for a run without the five or the record.

    stressed : payment pressure from which a provider is stressed, `finance.stressed`.
    """
    named = set(records.tables["providers"]["provider"].tolist())
    if END not in dates(records) or not named.issuperset(FIVE):
        return {criterion.key: NO_NUMBER for criterion in (*CRITERIA, ALL)}
    met = (
        leader(records, "consumer") == "OpenAI",
        leader(records, "coding") == "Anthropic",
        set(ranked(records, "enterprise")[:3]) == THREE,
        not any(lost(records, name) for name in FIVE),
        highest_pressure(records) >= stressed,
    )
    found = {criterion.key: float(flag) for criterion, flag in zip(CRITERIA, met, strict=True)}
    return found | {ALL.key: float(all(met))}


def lost(records: RunLike, name: str) -> bool:
    """Whether a provider has left by the end of 2025."""
    rows = of_provider(records, name)
    return bool(np.isin(rows["status"][rows["date"] <= END].astype(str), LOST).any())


def highest_pressure(records: RunLike) -> float:
    """Highest payment pressure of OpenAI before month 48; 0 where it has none."""
    rows = of_provider(records, "OpenAI")
    pressure = rows["payment_pressure"][rows["month"] < BEFORE].astype(np.float64)
    return float(np.nan_to_num(pressure).max(initial=0.0))
