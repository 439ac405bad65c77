"""What the market's conclusions rest on: the risks that the specification names, one by one.

`python -m experiments.studies.risks` runs seeds 1-20 of configs/baseline.yaml and of each change
below and keeps what each has in docs/studies/risks.csv.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.facts import f04_race
from experiments.facts.fact import of_provider
from experiments.markdown import markdown
from experiments.studies.cells import brief, middle, numbers, share
from experiments.studies.rows import BASELINE, CONFIGS, Cell, Row, Study, command

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.records import Records

SEEDS = 20
YEAR = 12
EARLY = 24  # months, up to which renewals are counted
ALIKE = {"coding": 1 / 3, "enterprise": 1 / 3, "consumer": 1 / 3}
DECIDERS = ("OpenAI", "Google", "Anthropic", "Meta", "xAI", "Mistral", "DeepSeek")


def money(factor: float) -> dict[str, Any]:
    """All money of investors times a factor."""
    from simulation.config import load

    paths: dict[str, Any] = {}
    for name, fund in load(BASELINE).investors.items():
        paths[f"investors.{name}.dry_powder"] = factor * fund.dry_powder
        paths[f"investors.{name}.inflow"] = factor * fund.inflow
    return paths


CHANGES: Mapping[str, tuple[Path, Mapping[str, Any]]] = {
    "baseline": (BASELINE, {}),
    "R2 a tenth of the money of investors": (BASELINE, money(0.1)),
    "R2 half of it": (BASELINE, money(0.5)),
    "R2 twice of it": (BASELINE, money(2)),
    "R3 equal execution": (CONFIGS / "histories" / "equal_execution.yaml", {}),
    "R3 equal focus": (BASELINE, {f"providers.{name}.focus": ALIKE for name in DECIDERS}),
    "R3 focus follows revenue, .5 a year": (BASELINE, {"research.refocus": 0.5}),
    "R4 usage grows half as fast": (
        BASELINE,
        {"developers.usage_slope": 0.2, "enterprises.usage_slope": 0.2},
    ),
    "R4 usage saturates at 5 OOM": (
        BASELINE,
        {"developers.usage_saturation": 5, "enterprises.usage_saturation": 5},
    ),
    "R4 price elasticity .8": (
        BASELINE,
        {"developers.price_elasticity": 0.8, "enterprises.price_elasticity": 0.8},
    ),
    "R5 one efficiency": (BASELINE, {"research.serve_factor": 1}),
    "R6 no nest of open weights": (BASELINE, {"choice.nest_dissimilarity": 1}),
    "R6 a close nest": (BASELINE, {"choice.nest_dissimilarity": 0.3}),
    "R8 half of Alphabet's limit": (BASELINE, {"providers.Google.parent_limit": 1_000}),
    "R8 twice of it": (BASELINE, {"providers.Google.parent_limit": 4_000}),
}


def measured(config: "Config") -> dict[str, float]:
    """Run and return what the table holds."""
    from simulation import run

    return outcomes(run(config))


def outcomes(records: "Records") -> dict[str, float]:
    """Ends of a run and what happened on the way; shares and HHI are 0-1, revenue is $bn a year."""
    market, segments = records.table("market"), records.table("segments")
    last = segments["month"] == segments["month"].max()
    coding = last & (segments["segment"] == "coding") & (segments["provider"] == "Anthropic")
    google = of_provider(records, "Google")
    pressure = of_provider(records, "OpenAI")["payment_pressure"]
    ends = market["regime"][-1]
    return {
        "monopoly": float(ends == "monopoly"),
        "HHI": float(market["hhi_revenue"][-1]),
        "revenue": YEAR * float(market["revenue"][-1]) / 1_000,
        "coding": float(segments["spend_share"][coding].sum()),
        "Google": float(google["revenue_share"][-1]),
        "OPEN": float(market["open_token_share"][-1]),
        "pressure": float(np.nanmax(pressure)),
        "raised": float(market["raised"].sum()) / 1_000,
        "gone": float(market["failures"].sum() + market["acquisitions"].sum()),
        "early renewals": float(market["renewals_held"][:EARLY].sum()),
        **f04_race.prices(records),
    }


STUDY = Study(
    "risks",
    [Cell({"change": name}, path, changes) for name, (path, changes) in CHANGES.items()],
    SEEDS,
    measured,
    (Path(__file__), Path(f04_race.__file__)),
)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """One line for each change."""
    titles = (
        "change",
        "end as a monopoly, share of seeds",
        "HHI of revenue at the end",
        "revenue at the end, $bn a year",
        "Anthropic in coding",
        "Google in revenue",
        "OPEN in tokens",
        "highest pressure of OpenAI",
        "raised, $bn",
        "failed or sold",
        "price of GPT-4 level, OOM a year",
        "renewals before 2025",
    )
    return {"risks": markdown(titles, [line(name, rows) for name in CHANGES])}


def line(name: str, rows: Sequence[Row]) -> list[str]:
    """Medians [10-90 %] of the seeds of one change."""
    own = [row for row in rows if row["change"] == name]

    def cell(column: str, word: Any = share) -> str:
        return middle(numbers(own, column), word)

    return [
        name,
        share(float(np.mean(numbers(own, "monopoly")))),
        cell("HHI"),
        cell("revenue", brief),
        cell("coding"),
        cell("Google"),
        cell("OPEN"),
        cell("pressure"),
        cell("raised", brief),
        cell("gone", brief),
        cell("fixed price"),
        cell("early renewals", brief),
    ]


if __name__ == "__main__":
    command(STUDY, tables)
