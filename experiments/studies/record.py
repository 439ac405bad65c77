"""The recorded market beside the published figures of configs/data/targets.csv.

`python -m experiments.studies.record` runs seeds 1-20 of configs/recorded.yaml and keeps what each
has where a figure was published, in the figure's unit, in docs/studies/record.csv.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.markdown import markdown
from experiments.studies.cells import brief, middle, numbers, share
from experiments.studies.outcomes import vendor_switches
from experiments.studies.rows import CONFIGS, RECORDED, Cell, Row, Study, command

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

SEEDS = 20
TARGETS = CONFIGS / "data" / "targets.csv"
RENEWAL = "renewal_rate 2025-12"  # published as a range, for software of all kinds
THREE = ("OpenAI", "Anthropic", "Google")


def figures() -> dict[str, Row]:
    """Published figures by `DATE CHANNEL PROVIDER`."""
    lines = TARGETS.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {f"{row['date']} {row['channel']} {row['provider']}": row for row in rows}


def compared(config: "Config") -> dict[str, float]:
    """What a run has where a figure was published."""
    from simulation import run

    return beside(run(config))


def beside(records: "Records") -> dict[str, float]:
    """The same of records that are there; December 2025 must be among their months."""
    found = {name: ours(records, figure) for name, figure in figures().items()}
    market = records.table("market")
    last = market["date"].tolist().index(RENEWAL[-7:])
    return found | {RENEWAL: float(market["renewal_rate"][last])}


def ours(records: "Records", figure: Row) -> float:
    """The run's number for a published figure, in its unit; `among` some vendors where it says."""
    if figure["table"] == "flows":
        month = int(records.table("market")["date"].tolist().index(figure["date"][:7]))
        return float(figure["factor"]) * vendor_switches(records, month)
    table = records.table(figure["table"])
    here = table["date"] == figure["date"][:7]
    if figure["segment"]:
        here = here & (table["segment"] == figure["segment"])
    value = summed(table, here, figure["column"], figure["provider"])
    if figure["among"]:
        vendors = figure["among"].split(";")
        value /= sum(summed(table, here, figure["column"], name) for name in vendors)
    return float(figure["factor"]) * value


def summed(
    table: Mapping[str, NDArray], here: NDArray[np.bool_], column: str, provider: str
) -> float:
    """A column in the rows `here`, of one provider or of all."""
    if provider != "all":
        here = here & (table["provider"] == provider)
    return float(table[column][here].sum())


STUDY = Study("record", [Cell({}, RECORDED, {})], SEEDS, compared, (Path(__file__), TARGETS))


class Line(NamedTuple):
    """One line of the table: figures of one channel, and how their numbers are written."""

    title: str
    channel: str
    figures: Sequence[str]  # as DATE PROVIDER
    word: Callable[[float], str]


def percent(value: float) -> str:
    """Percent as a share."""
    return share(value / 100)


def whole(value: float) -> str:
    """A number without decimals."""
    return f"{value:.0f}"


def vendors(date: str, names: Sequence[str] = THREE) -> list[str]:
    """One figure for each vendor, of one date."""
    return [f"{date} {name}" for name in names]


LINES = (
    Line(
        "API spend 2023-12, of the three: OpenAI / Anthropic / Google",
        "enterprise API spend",
        vendors("2023-12-31"),
        percent,
    ),
    Line(
        "API spend 2024-12, of all: Anthropic",
        "enterprise API spend",
        ["2024-12-31 Anthropic"],
        percent,
    ),
    Line(
        "API spend 2025-12, of the three: OpenAI / Anthropic / Google",
        "enterprise API spend",
        vendors("2025-12-09"),
        percent,
    ),
    Line(
        "API use 2025-07 (accounts), of the three: OpenAI / Anthropic / Google",
        "enterprise API use",
        vendors("2025-07-01"),
        percent,
    ),
    Line(
        "API spend, $bn a year: 2024-11 / 2025-06",
        "enterprise API spend, annualised",
        ["2024-11-30 all", "2025-06-30 all"],
        brief,
    ),
    Line(
        "coding spend 2025-12: Anthropic / OpenAI",
        "coding spend",
        ["2025-12-09 Anthropic", "2025-12-09 OpenAI"],
        percent,
    ),
    Line(
        "firms on open weights: 2024-12 / 2025-07 / 2025-12",
        "enterprise workloads",
        ["2024-12-31 OPEN", "2025-07-01 OPEN", "2025-12-09 OPEN"],
        percent,
    ),
    Line(
        "consumer traffic of OpenAI: 2025-01 / 06 / 10",
        "consumer web traffic",
        ["2025-01-02 OpenAI", "2025-06-15 OpenAI", "2025-10-15 OpenAI"],
        percent,
    ),
    Line(
        "consumer users, million: OpenAI 2023-09 / 2025-12, Google 2025-10",
        "consumer users",
        ["2023-09-20 OpenAI", "2025-12-09 OpenAI", "2025-10-29 Google"],
        whole,
    ),
    Line(
        "revenue, $bn a year: OpenAI 2023-12 / 2024-12 / 2025-12",
        "revenue, annualised",
        ["2023-12-31 OpenAI", "2024-12-31 OpenAI", "2025-12-31 OpenAI"],
        brief,
    ),
    Line(
        "revenue, $bn a year: Anthropic 2024-12 / 2025-12",
        "revenue, annualised",
        ["2024-12-31 Anthropic", "2025-12-31 Anthropic"],
        brief,
    ),
    Line(
        "developers who have adopted: 2023-06 / 2024-07 / 2025-07 (the survey counts plans)",
        "developer adoption",
        ["2023-06-13 all", "2024-07-24 all", "2025-07-29 all"],
        percent,
    ),
    Line(
        "enterprises that have adopted: 2025-10", "enterprise adoption", ["2025-10-09 all"], percent
    ),
    Line(
        "firms that changed the vendor in the year to 2025-07",
        "enterprise switching",
        ["2025-07-01 all"],
        percent,
    ),
)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """The table of the record beside the model."""
    return {"record": beside_table(rows)}


def beside_table(rows: Sequence[Row]) -> str:
    """Published figures and ours, line by line."""
    published = figures()
    lines = [line_cells(line, published, rows) for line in LINES]
    renewals = ["contract renewals: 2025", "about .90", middle(numbers(rows, RENEWAL))]
    lines.insert(len(lines) - 1, renewals)
    return markdown(("measure", "record", "model"), lines)


def line_cells(line: Line, published: Mapping[str, Row], rows: Sequence[Row]) -> list[str]:
    """Title, published figures and ours; figures `among` vendors are shares of their sum."""
    names = [f"{day} {line.channel} {who}" for day, who in map(str.split, line.figures)]
    record, model = [], []
    for name in names:
        figure = published[name]
        value = float(figure["value"])
        if figure["among"]:
            others = [name.removesuffix(figure["provider"]) + v for v in figure["among"].split(";")]
            value *= 100 / sum(float(published[other]["value"]) for other in others)
        record.append(line.word(value))
        model.append(middle(numbers(rows, name), line.word))
    return [line.title, " / ".join(record), " / ".join(model)]


if __name__ == "__main__":
    command(STUDY, tables)
