"""The market whose providers decide beside the record: published figures, and facts of supply.

`python -m experiments.studies.deciders` runs seeds 1-20 of configs/baseline.yaml and keeps what
each has in docs/studies/deciders.csv.  Facts are those of the specification, section 10, to 2025.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.facts import f01_scale, f02_shares, f04_race, f10_compute
from experiments.facts.fact import END, at, of_provider
from experiments.markdown import markdown
from experiments.scoring import FOLDER
from experiments.studies import record
from experiments.studies.cells import brief, middle, numbers, share, trimmed
from experiments.studies.rows import BASELINE, Cell, Row, Study, command

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

SEEDS = 20
NAMES = ("OpenAI", "Anthropic", "xAI", "Mistral")  # those who raise money
MARGINS = tuple(("OpenAI", day) for day in f10_compute.PATH)


def measured(config: "Config") -> dict[str, float]:
    """What a run has where a figure was published, and its facts of supply."""
    from simulation import run

    records = run(config)
    return record.beside(records) | facts(records)


def facts(records: "Records") -> dict[str, float]:
    """Facts of supply up to the end of 2025, and who had left at the end of the run."""
    found = {
        **f01_scale.revenue(records),
        **f04_race.prices(records),
        **f04_race.training_cost(records),
        **f04_race.open_lag(records),
        "gap 2025-12": at(records, "capability_gap"),
        **f10_compute.rents(records),
        **f02_shares.leaders(records),
        **f10_compute.margins(records),
        **f10_compute.promises(records),
    }
    for name in ("OpenAI", "Anthropic"):
        found[f"pressure {name}"] = highest_pressure(records, name)
    for name in NAMES:
        found[f"left {name}"] = float("exited" in of_provider(records, name)["status"].tolist())
    return found


def highest_pressure(records: "Records", name: str) -> float:
    """Highest payment pressure of a provider to the end of 2025."""
    rows = of_provider(records, name)
    return float(np.nanmax(rows["payment_pressure"][rows["date"] <= END]))


STUDY = Study(
    "deciders",
    [Cell({}, BASELINE, {})],
    SEEDS,
    measured,
    (Path(__file__), Path(record.__file__), record.TARGETS, *sorted(FOLDER.glob("*.py"))),
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
