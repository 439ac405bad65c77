"""Outcomes of several configs side by side, median [10-90 %] over seeds, as Markdown tables.

`python -m experiments.variants` runs the recorded market and each of configs/variants; name configs
to run others.  Outcomes are of a run's last month, or of its last twelve where they are rates.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import simulation
from experiments.cli import DONE, USAGE
from simulation.columns import NOBODY
from simulation.config import Config, ConfigError, with_changes

if TYPE_CHECKING:
    from simulation.records import Records

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
LABS = ("OpenAI", "Anthropic", "Google", "OPEN")
YEAR = 12


def shares(records: "Records") -> dict[str, float]:
    """Shares of the last month by column of the table, and the concentration of revenue."""
    found = {}
    providers, segments = records.frame("providers"), records.frame("segments")
    now = providers[providers.month == providers.month.max()].set_index("provider")
    for name in LABS:
        found[f"API {name}"] = now.enterprise_api_share.get(name, np.nan)
    coding = segments[(segments.month == segments.month.max()) & (segments.segment == "coding")]
    coding = coding.set_index("provider").spend_share
    found |= {f"coding {name}": coding.get(name, np.nan) for name in LABS[:2]}
    found["coding leader"] = coding.max()
    found["consumer OpenAI"] = now.consumer_traffic_share.get("OpenAI", np.nan)
    return found | {"HHI": records.table("market")["hhi_revenue"][-1]}


def behaviour(records: "Records") -> dict[str, float]:
    """Loyalty and adoption: rates of the last twelve months, shares of the last month."""
    market, flows = records.frame("market")[-YEAR:], records.frame("flows")
    since = market.month.iloc[0]
    switched = flows[(flows.segment == "enterprise") & (flows["from"] != NOBODY)]
    under_contract = market.adopted_enterprise.mean() * records.config.enterprises.count
    end = market.iloc[-1]
    return {
        "renewal": end.renewal_rate,
        "vendor switches a year": switched[switched.month >= since].agents.sum() / under_contract,
        "developers kept 12 months": end.retention_coding,
        "developer switches a year": market.switched_coding.sum(),
        "developers adopted": end.adopted_coding,
        "enterprises adopted": end.adopted_enterprise,
        "consumers adopted": end.adopted_consumer,
    }


def table(names: Sequence[str], runs: Sequence[Sequence[dict[str, float]]]) -> str:
    """Markdown table with one row for each config, whose outcomes by seed are one of `runs`."""
    columns = list(runs[0][0])
    lines = [["config", *columns], ["---"] * (len(columns) + 1)]
    for name, seeds in zip(names, runs, strict=True):
        lines.append([name, *(cell([found[column] for found in seeds]) for column in columns)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(values: Sequence[float]) -> str:
    """Median [10th-90th percentile] of the seeds; a dash where a seed has no value."""
    low, middle, high = (
        f"{value:.2f}".lstrip("0") for value in np.quantile(values, [0.1, 0.5, 0.9])
    )
    return "-" if np.isnan(values).any() else f"{middle} [{low}-{high}]"


def outcomes(config: Config, seeds: int) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Shares and behaviour of each seed, from the config's own seed on."""
    found = []
    for seed in range(config.seed, config.seed + seeds):
        records = simulation.run(with_changes(config, {"seed": seed}))
        found.append((shares(records), behaviour(records)))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every config with every seed and print both tables."""
    parser = argparse.ArgumentParser("python -m experiments.variants", description=__doc__)
    parser.add_argument("configs", nargs="*", help="default: the recorded market and its variants")
    parser.add_argument("--seeds", type=int, default=20, help="histories of each config")
    chosen = parser.parse_args(arguments)
    paths = chosen.configs or [CONFIGS / "recorded.yaml", *sorted(CONFIGS.glob("variants/*.yaml"))]
    try:
        configs = [simulation.load(path) for path in paths]
    except ConfigError as failure:
        print(failure, file=sys.stderr)
        return USAGE
    runs = [outcomes(config, chosen.seeds) for config in configs]
    names = [config.name for config in configs]
    for kind in range(2):
        print(table(names, [[found[kind] for found in seeds] for seeds in runs]), end="\n\n")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
