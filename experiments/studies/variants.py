"""What each mechanism and each choice of the data does to the recorded market.

`python -m experiments.studies.variants` runs the recorded market, each of configs/variants and a
few single changes with seeds 1-20, and keeps outcomes in docs/studies/variants.csv.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.markdown import markdown
from experiments.studies import outcomes
from experiments.studies.cells import middle, numbers
from experiments.studies.rows import CONFIGS, RECORDED, Cell, Row, Study, command

SEEDS = 20
VARIANTS = sorted(CONFIGS.glob("variants/*.yaml"))
NO_SAFETY = ("developers.safety_weight", "consumers.safety_weight", "enterprises.criteria.safety")
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "enterprises.scales.cost 3.69 (ln 40)": {"enterprises.scales.cost": 3.69},
    "enterprises.incumbent_base 2": {"enterprises.incumbent_base": 2},
    "choice.upgrade_share 1, upgrade_rate 100": {
        "choice.upgrade_share": 1,
        "choice.upgrade_rate": 100,
    },
    "safety weights 0": dict.fromkeys(NO_SAFETY, 0),
    "developers.reconsideration_release .023": {"developers.reconsideration_release": 0.023},
    "trial_probability 0": {"developers.trial_probability": 0, "consumers.trial_probability": 0},
}
CELLS = (
    Cell({"config": "recorded"}, RECORDED, {}),
    *(Cell({"config": path.stem}, path, {}) for path in VARIANTS),
    *(Cell({"config": name}, RECORDED, changes) for name, changes in CHANGES.items()),
)
STUDY = Study("variants", CELLS, SEEDS, outcomes.outcomes_of_run, (Path(outcomes.__file__),))

SHARES = {
    **{f"API {lab}": f"API {lab}" for lab in outcomes.LABS},
    **{f"coding {lab}": f"coding {lab}" for lab in outcomes.LABS[:2]},
    "coding leader": "coding leader",
    "consumer OpenAI": "consumer OpenAI",
    "HHI": "HHI revenue",
}
RATES = (
    "renewal",
    "vendor switches a year",
    "developers kept 12 months",
    "developer switches a year",
    "developers adopted",
    "enterprises adopted",
    "consumers adopted",
)


def table(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """Markdown table with one row for each config; `columns` maps titles to outcomes."""
    by_config: dict[str, list[Row]] = {}
    for row in rows:
        by_config.setdefault(row["config"], []).append(row)
    cells = [
        [name, *(middle(numbers(seeds, column)) for column in columns.values())]
        for name, seeds in by_config.items()
    ]
    return markdown(["config", *columns], cells)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Tables of the configs and of the single changes, shares first and then rates."""
    whole = [row for row in rows if row["config"] not in CHANGES]
    compared = [row for row in rows if row["config"] in {"recorded", *CHANGES}]
    rates = dict(zip(RATES, RATES, strict=True))
    return {
        "variants": f"{table(whole, SHARES)}\n\n{table(whole, rates)}",
        "changes": f"{table(compared, SHARES)}\n\n{table(compared, rates)}",
    }


if __name__ == "__main__":
    command(STUDY, tables)
