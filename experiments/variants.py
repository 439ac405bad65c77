"""Outcomes of several configs side by side, median [10-90 %] over seeds, as Markdown tables.

`python -m experiments.variants` runs the recorded market and each of configs/variants; name configs
to run others.  Outcomes are of a run's last month, or of its last twelve where they are rates.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.model_tables import markdown
from simulation import Records, load, run
from simulation.columns import NOBODY
from simulation.config import ConfigError, with_changes

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
LABS = ("OpenAI", "Anthropic", "Google", "OPEN")
WIDTH = 9  # outcomes in one table


def outcomes(records: Records) -> dict[str, float]:
    """Shares of the last month, then loyalty and adoption; NaN for a lab that is not there."""
    frames = {name: records.frame(name) for name in ("market", "providers", "segments", "flows")}
    year = frames["market"][-12:]
    end, first = year.iloc[-1], year.month.iloc[0]
    now = {name: frame[frame.month == end.month] for name, frame in frames.items()}
    labs = now["providers"].set_index("provider")
    coding = now["segments"][now["segments"].segment == "coding"].set_index("provider").spend_share
    moves = frames["flows"][frames["flows"].month >= first]
    switched = moves[(moves.segment == "enterprise") & (moves["from"] != NOBODY)].agents.sum()
    under_contract = year.adopted_enterprise.mean() * records.config.enterprises.count
    return {
        **{f"API {name}": labs.enterprise_api_share.get(name, np.nan) for name in LABS},
        **{f"coding {name}": coding.get(name, np.nan) for name in LABS[:2]},
        "coding leader": coding.max(),
        "consumer OpenAI": labs.consumer_traffic_share.get("OpenAI", np.nan),
        "HHI": end.hhi_revenue,
        "renewal": end.renewal_rate,
        "vendor switches a year": switched / under_contract,
        "developers kept 12 months": end.retention_coding,
        "developer switches a year": year.switched_coding.sum(),
        "developers adopted": end.adopted_coding,
        "enterprises adopted": end.adopted_enterprise,
        "consumers adopted": end.adopted_consumer,
    }


def cell(values: Sequence[float]) -> str:
    """Median [10th-90th percentile] of the seeds; a dash where a seed has no value."""
    quantiles = [f"{value:.2f}".lstrip("0") for value in np.quantile(values, (0.5, 0.1, 0.9))]
    return "-" if np.isnan(values).any() else "{} [{}-{}]".format(*quantiles)


def table(found: dict[str, list[dict[str, float]]], columns: Sequence[str]) -> str:
    """Markdown table with one row for each config; `found` holds outcomes by config and seed."""
    rows = [
        [name, *(cell([seed[column] for seed in seeds]) for column in columns)]
        for name, seeds in found.items()
    ]
    return markdown(["config", *columns], rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every config with every seed and print the tables."""
    parser = argparse.ArgumentParser("python -m experiments.variants", description=__doc__)
    parser.add_argument("configs", nargs="*", help="default: the recorded market and its variants")
    parser.add_argument("--seeds", type=int, default=20, help="histories of each config")
    chosen = parser.parse_args(arguments)
    paths = chosen.configs or [CONFIGS / "recorded.yaml", *sorted(CONFIGS.glob("variants/*"))]
    try:
        configs = [load(path) for path in paths]
    except ConfigError as failure:
        parser.error(str(failure))
    found = {}
    for config in configs:
        seeds = range(config.seed, config.seed + max(1, chosen.seeds))
        found[config.name] = [outcomes(run(with_changes(config, {"seed": n}))) for n in seeds]
    columns = list(found[configs[0].name][0])
    print(table(found, columns[:WIDTH]), table(found, columns[WIDTH:]), sep="\n\n")


if __name__ == "__main__":
    main()
