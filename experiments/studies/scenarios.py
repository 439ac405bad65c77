"""What each scenario does to the market: S0-S14 of the specification, over common seeds.

`python -m experiments.studies.scenarios` runs seeds 1-10 of every file of configs/scenarios, and of
the values that its families name, and keeps what each has in docs/studies/scenarios.csv.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.markdown import markdown
from experiments.studies.cells import middle, numbers, share, trimmed
from experiments.studies.rows import CONFIGS, Cell, Row, Study, command

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

Numbers = NDArray[np.float64]
SEEDS = 10
BASE = "s00_baseline"
FOLDER = CONFIGS / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
YEARS = {"2027": slice(48, 60), "2032": slice(108, 120)}
WHO, SAFEST = "OpenAI", "Anthropic"
RESAMPLES = 10_000
ENDS = (0.025, 0.975)

PEERS = ("developers.peer_weight", "consumers.peer_weight")
MINIMUM = "events.safety_regulation.safety_rule.minimum"
LEVERAGE = "providers.OpenAI.leverage"
FACTORS = [
    f"events.revenue_miss_{segment}.demand_shock.factor" for segment in ("coding", "enterprise")
]
# Values of the families, beside those that stand in their files.
FAMILIES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "s02_supercritical_network": {
        f"J {weight}": dict.fromkeys(PEERS, weight) for weight in (0, 1, 2, 3, 5, 6)
    },
    "s04_safety_regulation": {
        f"minimum {share(minimum)}": {MINIMUM: minimum} for minimum in (0.2, 0.3, 0.4, 0.6)
    },
    "s07_commitment_lock_in": {
        **{f"leverage {value:g}": {LEVERAGE: value} for value in (0.25, 0.5, 1)},
        "optimism 0": {"providers.OpenAI.optimism": 0},
        "demand × .25": dict.fromkeys(FACTORS, 0.25),
    },
}


def cells() -> list[Cell]:
    """Every file, and after it the other values of its family."""
    found = []
    for path in FILES:
        values = {"": {}, **FAMILIES.get(path.stem, {})}
        found += [Cell({"scenario": path.stem, "with": w}, path, c) for w, c in values.items()]
    return found


def measured(config: "Config") -> dict[str, float]:
    """Run and return what the tables hold."""
    from simulation import run

    return outcomes(run(config))


def outcomes(records: "Records") -> dict[str, float]:
    """Means over two calendar years, what happened until the end, and the highest pressure.

    Shares and HHI are 0-1, the gap is in OOM; pressure is that of OpenAI in its worst month; left,
    sold and entered are providers; monopoly is 1 where the last month is one.
    """
    market, providers = records.table("market"), records.table("providers")
    last = providers["month"] == providers["month"].max()
    exited = set(providers["provider"][last & (providers["status"] == "exited")])
    pressure = providers["payment_pressure"][providers["provider"] == WHO]
    found = {"pressure": float(np.nanmax(pressure))}
    for name, year in YEARS.items():
        for word, column in (
            ("HHI", "hhi_revenue"),
            ("segments", "segment_divergence"),
            ("OPEN", "open_token_share"),
            ("gap", "capability_gap"),
        ):
            found[f"{word} {name}"] = float(market[column][year].mean())
        for lab in (WHO, SAFEST):
            found[f"firms {lab} {name}"] = firms_share(records, lab, year)
    return found | {
        "left": float(len(exited)),
        f"left {WHO}": float(WHO in exited),
        "sold": float(market["acquisitions"].sum()),
        "entered": float(market["entries"].sum()),
        "monopoly": float(market["regime"][-1] == "monopoly"),
    }


def firms_share(records: "Records", lab: str, year: slice) -> float:
    """Share of what enterprises spend, mean over a year."""
    table = records.table("segments")
    own = (table["provider"] == lab) & (table["segment"] == "enterprise")
    held = own & (table["month"] >= year.start) & (table["month"] < year.stop)
    return float(table["spend_share"][held].sum() / (year.stop - year.start))


STUDY = Study("scenarios", cells(), SEEDS, measured, (Path(__file__),))

SHOWN = {
    "HHI 2027": "HHI 2027",
    "HHI 2032": "HHI 2032",
    "D_seg 2032": "segments 2032",
    "OPEN 2032": "OPEN 2032",
    "gap 2032": "gap 2032",
    "firms OpenAI 2027": f"firms {WHO} 2027",
    "firms Anthropic 2027": f"firms {SAFEST} 2027",
    "pressure OpenAI": "pressure",
}
# Events of a run, of which the mean over seeds is told.
COUNTED = {"monopoly 2032": "monopoly", "left": "left", "sold": "sold", "entered": "entered"}


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Levels, and paired differences from the baseline."""
    found = by_cell(rows)
    base = found[BASE, ""]
    titles = ["scenario", *SHOWN, *COUNTED]
    levels = [
        [
            named(cell),
            *(middle(numbers(seeds, column)) for column in SHOWN.values()),
            *(trimmed(float(numbers(seeds, column).mean()), 1) for column in COUNTED.values()),
        ]
        for cell, seeds in found.items()
    ]
    apart = [
        [named(cell), *(beside(seeds, base, c) for c in (*SHOWN.values(), *COUNTED.values()))]
        for cell, seeds in found.items()
        if cell != (BASE, "")
    ]
    return {"scenarios": markdown(titles, levels), "scenario_differences": markdown(titles, apart)}


def by_cell(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows of each scenario and value, in the order of the study."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["scenario"], row["with"]), []).append(row)
    return found


def named(cell: tuple[str, str]) -> str:
    """A scenario, and the value of its family where it is not that of the file."""
    name, value = cell
    return f"{name}, {value}" if value else name


def beside(seeds: Sequence[Row], base: Sequence[Row], column: str) -> str:
    """Mean difference of the same seeds, with its bootstrap interval; bold where that leaves 0."""
    here, there = ({row["seed"]: float(row[column]) for row in rows} for rows in (seeds, base))
    apart = np.array([here[seed] - there[seed] for seed in here])
    mean, low, high = map(signed, (float(apart.mean()), *interval(apart)))
    text = f"{mean} [{low} to {high}]"
    return f"**{text}**" if low.startswith("+") or high.startswith("−") else text


def interval(differences: Numbers) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean over seeds; the same draws every time."""
    count = len(differences)
    drawn = np.random.default_rng(1).integers(0, count, (RESAMPLES, count))
    low, high = np.quantile(differences[drawn].mean(axis=1), ENDS)
    return float(low), float(high)


def signed(value: float) -> str:
    """A difference in two decimals with its sign; 0 where it has none."""
    text = trimmed(value, 2)
    return "0" if float(f"{value:.2f}") == 0.0 else text if value < 0.0 else f"+{text}"


if __name__ == "__main__":
    command(STUDY, tables)
