"""What depends on the number of agents: the recorded market at several sizes.

A mean that moves with the size is told from chance by its paired standard error: runs of one seed
share what luck they can at any size.

`python -m experiments.studies.convergence` runs what docs/studies/convergence.csv lacks.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.markdown import markdown
from experiments.studies import ends, outcomes
from experiments.studies.cells import brief, middle, numbers, share, trimmed
from experiments.studies.rows import RECORDED, Cell, Row, Study, command
from experiments.studies.spread import Estimate, difference, divergence, erring, mean, ranged
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from simulation.config import Config

SEEDS = 40
AT_END = "end "  # of columns that hold accounts and spend by provider


class Size(NamedTuple):
    """Developers, and consumers; enterprises; what hosting open weights costs one, M$ a year."""

    individuals: int
    firms: int
    hosting_fee: float = 2.0


BASE = Size(10_000, 1_000)
SIZES = (
    Size(1_000, 1_000),
    BASE,
    Size(100_000, 1_000),
    Size(1_000, 100),
    Size(10_000, 10_000),
    Size(100_000, 10_000),
    # As dear for a firm of a tenth of the seats as it is at the default size.
    Size(10_000, 10_000, 0.2),
)


def measured(config: "Config") -> dict[str, float]:
    """Outcomes, coarseness of the enterprise side, and accounts and spend by provider."""
    from simulation import Market

    market = Market(config)
    while market.running:
        market.step()
    found = outcomes.outcomes(market.records) | outcomes.buyers(market)
    return found | {f"{AT_END}{name}": value for name, value in ends.ends(market).items()}


def cells(sizes: Sequence[Size] = SIZES) -> list[Cell]:
    """One market for each size."""
    return [
        Cell(
            size._asdict(),
            RECORDED,
            {
                "developers.count": size.individuals,
                "consumers.count": size.individuals,
                "enterprises.count": size.firms,
                "enterprises.hosting_fee": size.hosting_fee,
            },
        )
        for size in sizes
    ]


SOURCES = (Path(outcomes.__file__), Path(ends.__file__))
STUDY = Study("convergence", cells(), SEEDS, measured, SOURCES)

SURE = 4.0  # standard errors; chance puts a cell beyond them in about one table of 25
OUTCOMES = (
    *(f"{part} {lab}" for part in ("API", "coding") for lab in outcomes.LABS),
    "consumer OpenAI",
    "consumer Google",
    *(f"HHI {part}" for part in (*SEGMENTS, "revenue")),
    "renewal",
    "vendor switches a year",
    "firms with a second source",
    "developers kept 12 months",
    "developer switches a year",
    "developers with a second",
    "consumers kept 12 months",
    "consumer switches a year",
    "developers adopted",
    "enterprises adopted",
    "consumers adopted",
)
COARSENESS = ("firms that follow their own developers", "largest buyer")


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Medians by size, and how far means and spreads are from those of the default size."""
    by_size: dict[Size, list[Row]] = {}
    for row in rows:
        size = Size(int(row["individuals"]), int(row["firms"]), float(row["hosting_fee"]))
        by_size.setdefault(size, []).append(row)
    return {"convergence": medians(by_size), "convergence_shifts": shifts(by_size)}


def titles(sizes: Sequence[Size]) -> list[str]:
    """Heads of the columns: individuals of each kind, firms, and another fee."""
    return [
        f"{size.individuals:,} / {size.firms:,}"
        + ("" if size.hosting_fee == BASE.hosting_fee else f", fee {size.hosting_fee:g}")
        for size in sizes
    ]


def medians(by_size: dict[Size, list[Row]]) -> str:
    """Median [10-90 %] of each outcome by size; D_run with its interval."""
    lines = [
        [name, *(middle(numbers(rows, name), word) for rows in by_size.values())]
        for names, word in (
            (OUTCOMES, share),
            (COARSENESS, share),
            (["buyers, as equal ones"], brief),
        )
        for name in names
    ]
    lines += [
        [f"D_run of accounts, {part}, x 10,000"]
        + [ranged(spread(rows, part), 10_000) for rows in by_size.values()]
        for part in SEGMENTS
    ]
    return markdown(["outcome", *titles(list(by_size))], lines)


def spread(rows: Sequence[Row], segment: str) -> Estimate:
    """D_run of the accounts of a segment."""
    columns = [name for name in rows[0] if name.startswith(f"{AT_END}{segment} ")]
    accounts = [numbers(rows, name) for name in columns if f"{AT_END}{segment} spend" not in name]
    counts = np.stack(accounts, axis=1)
    return divergence(counts / counts.sum(axis=1, keepdims=True))


def shifts(by_size: dict[Size, list[Row]]) -> str:
    """Mean less that of the default size (its standard error), and the ratio of the spreads."""
    others = [size for size in by_size if size != BASE]
    lines = []
    for name in OUTCOMES:
        base = numbers(by_size[BASE], name)
        lines.append([name, *(shift(numbers(by_size[size], name), base) for size in others)])
    return markdown(["outcome", *titles(others)], lines)


def shift(values: NDArray[np.float64], base: NDArray[np.float64]) -> str:
    """Shift of the mean (standard error), bold where it is sure, and the ratio of the spreads."""
    moved = difference(mean(values), mean(base))
    told = erring(moved)
    if abs(moved.value) > SURE * moved.error:
        told = f"**{told}**"
    return f"{told}, x {trimmed(values.std() / base.std(), 1)}"


if __name__ == "__main__":
    command(STUDY, tables)
