"""The market whose providers decide beside the record: published figures, and facts of supply.

`python -m experiments.studies.deciders` runs seeds 1-20 of configs/baseline.yaml and keeps what
each has in docs/studies/deciders.csv.  Facts are those of the specification, section 10, to 2025.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.markdown import markdown
from experiments.studies import record
from experiments.studies.cells import brief, middle, numbers, share, trimmed
from experiments.studies.rows import BASELINE, Cell, Row, Study, command

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

Numbers = NDArray[np.float64]
SEEDS = 20
END = "2025-12"
YEAR = 12
NAMES = ("OpenAI", "Anthropic", "xAI", "Mistral")  # those who raise money
MARGINS = (("OpenAI", "2024-01"), ("OpenAI", "2024-12"), ("OpenAI", "2025-10"))


def measured(config: "Config") -> dict[str, float]:
    """What a run has where a figure was published, and its facts of supply."""
    from simulation import run

    records = run(config)
    return record.beside(records) | facts(records)


def facts(records: "Records") -> dict[str, float]:
    """Facts of supply up to the end of 2025, and who had left at the end of the run."""
    market, dates = records.table("market"), records.table("market")["date"].tolist()
    last = dates.index(END) + 1
    until = {name: values[:last] for name, values in market.items() if values.dtype != object}
    revenue = YEAR * until["revenue"] / 1000.0
    fixed, best = slope(until["fixed_price"]), slope(until["frontier_price"])
    found = {
        "revenue 2025-12": revenue[-1],
        "revenue growth": revenue[-1] / revenue[dates.index("2023-12")],
        "fixed price": fixed,
        "frontier price": best,
        "record cost": 10.0 ** slope(until["record_run_cost"]),
        "open lag": float(np.nanmedian(until["open_lag"])),
        "gap 2025-12": float(until["capability_gap"][-1]),
        **{f"rent {day}": market["rent"][dates.index(day)] for day in ("2023-12", "2024-12", END)},
        "leaders differ": float(leader(records, "coding") != leader(records, "consumer")),
    }
    for name, day in (*MARGINS, ("Anthropic", "2024-12"), ("Anthropic", END)):
        found[f"margin {name} {day}"] = held(records, name, "compute_margin", day)
    for name in ("OpenAI", "Anthropic"):
        found[f"promised {name}"] = held(records, name, "commitments_to_revenue", END)
        found[f"pressure {name}"] = highest_pressure(records, name, last)
    for name in NAMES:
        found[f"left {name}"] = float("exited" in statuses(records, name))
    return {name: float(value) for name, value in found.items()}


def slope(values: Numbers) -> float:
    """Change of the logarithm to base 10 in a year, by least squares; NaN below two values."""
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 2:
        return float("nan")
    return float(np.polyfit(known / YEAR, np.log10(values[known]), 1)[0])


def of(records: "Records", name: str) -> dict[str, NDArray[Any]]:
    """Rows of one provider."""
    table = records.table("providers")
    return {column: values[table["provider"] == name] for column, values in table.items()}


def held(records: "Records", name: str, column: str, day: str) -> float:
    """A column of a provider in one month."""
    rows = of(records, name)
    return float(rows[column][rows["date"] == day][0])


def highest_pressure(records: "Records", name: str, last: int) -> float:
    """Highest payment pressure of a provider in the first `last` months."""
    return float(np.nanmax(of(records, name)["payment_pressure"][:last]))


def statuses(records: "Records", name: str) -> list[str]:
    """Status of a provider by month."""
    found: list[str] = of(records, name)["status"].tolist()
    return found


def leader(records: "Records", segment: str) -> str:
    """Who has the largest share of a segment at the end of 2025: of spend, of consumers' users."""
    table = records.table("segments")
    here = (table["segment"] == segment) & (table["date"] == END)
    column = "user_share" if segment == "consumer" else "spend_share"
    return str(table["provider"][here][np.argmax(table[column][here])])


STUDY = Study(
    "deciders",
    [Cell({}, BASELINE, {})],
    SEEDS,
    measured,
    (Path(__file__), Path(record.__file__), record.TARGETS),
)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """The record beside the market that decides, and the facts of its supply."""
    titles = ("fact", "record or band", "model")
    return {"deciders": record.beside_table(rows), "supply_facts": markdown(titles, lines(rows))}


def lines(rows: Sequence[Row]) -> list[list[str]]:
    """One line for each fact."""

    def cell(*columns: str, word: Any = share) -> str:
        return " / ".join(middle(numbers(rows, column), word) for column in columns)

    def often(column: str) -> str:
        return share(float(np.mean(numbers(rows, column))))

    def rents(value: float) -> str:
        return trimmed(value, 1)

    days = ("2023-12", "2024-12", END)
    return [
        ["F1 revenue of all 2025-12, $bn a year", "20-60", cell("revenue 2025-12", word=brief)],
        ["F1 over that of 2023-12", "5 or more", cell("revenue growth", word=brief)],
        ["F3 coding and consumers are led by different providers, share of seeds", ".50 or more",
         often("leaders differ")],
        ["F4 price of GPT-4 level, OOM a year", "-.90 or less", cell("fixed price")],
        ["F4 price of the best offer, OOM a year", "-.60 to .20", cell("frontier price")],
        ["F5 cost of record runs, x a year", "2.0-3.1", cell("record cost", word=brief)],
        ["F6 lag of open weights, months, median of a run", "2-14", cell("open lag", word=brief)],
        ["best less second 2025-12, OOM", "about .02", cell("gap 2025-12")],
        ["F10 compute margin of OpenAI 2024-01 / 2024-12 / 2025-10", ".35 / .52 / .70",
         cell(*(f"margin {name} {day}" for name, day in MARGINS))],
        ["F10 compute margin of Anthropic 2024-12 / 2025-12", "-.90 / .40 to .53",
         cell("margin Anthropic 2024-12", f"margin Anthropic {END}")],
        ["F14 commitments over revenue 2025-12: OpenAI / Anthropic",
         "70, ratio above 1.5", cell("promised OpenAI", "promised Anthropic", word=brief)],
        ["highest payment pressure to 2025-12: OpenAI / Anthropic", ".60 or more / -",
         cell("pressure OpenAI", "pressure Anthropic")],
        ["F15 rent 2023-12 / 2024-12 / 2025-12, $ an hour", "high, then lower, then rising",
         cell(*(f"rent {day}" for day in days), word=rents)],
        [f"left by 2032-12, share of seeds: {' / '.join(NAMES)}", "-",
         " / ".join(often(f"left {name}") for name in NAMES)],
    ]  # fmt: skip


if __name__ == "__main__":
    command(STUDY, tables)
