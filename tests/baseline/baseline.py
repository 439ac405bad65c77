"""What fourteen small markets gave when results last moved, and what they give now.

baseline.json holds, for each market, a few numbers that a person can read, a hash of all that is
whole or text in the tables, which must be the same on every machine, and a hash of every byte,
which must be the same for the same versions on the same kind of processor.
"""

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite.binding
import numpy as np

from simulation.config import Config, load
from simulation.market import run
from simulation.records import Records

ROOT = Path(__file__).resolve().parents[2]
BASELINE = Path(__file__).with_name("baseline.json")
PACKAGES = ("numpy", "numba", "scipy", "pyarrow")
SMALL = ("developers.count=2000", "consumers.count=1500", "enterprises.count=200", "months=24")
# What each market adds to its config; between them every mechanism is at work.
MARKETS: dict[str, tuple[str, ...]] = {
    "recorded": (),
    "seed_2": ("seed=2",),
    "best_model": ("supply.recorded=configs/data/supply_best_model.csv",),
    "no_peers": ("developers.peer_weight=0", "consumers.peer_weight=0"),
    "herds": ("developers.peer_weight=6", "consumers.peer_weight=6"),
    "log_peers": ("developers.peer_form=log", "developers.peer_weight=1"),
    "hubs": ("networks.developers={family: ring_hubs}", "networks.consumers={family: none}"),
    "cliques": ("networks.developers={family: complete, blocks: 40}",),
    "plain_logit": ("choice.nest_dissimilarity=1", "enterprises.scaling=min_max"),
    "product_shocks": ("choice.product_step=0.1",),
    "restless": (
        "developers.leaving_hazard=0.02",
        "developers.trial_probability=0.7",
        "consumers.reconsideration_base=0.2",
    ),
    "rule": (
        "events={rule: {month: 8, set: {enterprises.safety_minimum: 0.3}}}",
        "supply.exclude=[Mistral]",
    ),
    "deciding": ("months=60",),
    "scarce": (
        "months=60",
        "finance.rounds=null",
        "compute.sublet=0.5",
        "events.scarce={month: 12, supply_shock: {factor: 0.5, months: 12}}",
        "events.withdrawn={month: 30, set: {providers.Google.parent_flow: 0}}",
    ),
}
DECIDING = ("deciding", "scarce")  # on the baseline; all others on the recorded market
NUMBERS = {
    "segments": ("accounts", "second_accounts", "users", "tokens", "spend", "revenue"),
    "market": ("hhi_coding", "hhi_enterprise", "hhi_consumer", "renewal_rate", "retention_coding"),
}


def config(name: str) -> Config:
    """The config of a market of the baseline."""
    market = "baseline" if name in DECIDING else "recorded"
    return load(ROOT / "configs" / f"{market}.yaml", [*SMALL, *MARKETS[name]])


def outcome(records: Records) -> dict[str, Any]:
    """What is kept of a run: numbers of the last month, a hash of what is whole, one of all."""
    return {
        "numbers": numbers(records),
        "whole": hash_of_whole(records),
        "bytes": {name: digest(records.parquet(name)) for name in sorted(records.tables)},
    }


def numbers(records: Records) -> dict[str, float | None]:
    """A few columns at the end of the run; sums over providers, None for a missing number."""
    last = records.config.months - 1
    found = {}
    for table, columns in NUMBERS.items():
        rows = records.table(table)["month"] == last
        for column in columns:
            value = float(np.sum(records.table(table)[column][rows]))
            found[f"{table}.{column}"] = None if np.isnan(value) else value
    leaders = records.table("segments")
    for segment in ("coding", "enterprise", "consumer"):
        rows = (leaders["month"] == last) & (leaders["segment"] == segment)
        shares = leaders["user_share"][rows]
        for provider, share in zip(leaders["provider"][rows], shares, strict=True):
            found[f"{segment}.{provider}"] = float(share)
    return found


def hash_of_whole(records: Records) -> str:
    """Hash of every column of whole numbers, flags and text, in all tables."""
    parts = hashlib.sha256()
    for name in sorted(records.tables):
        for column, values in sorted(records.table(name).items()):
            if values.dtype.kind != "f":
                parts.update(f"{name}.{column}\n".encode())
                parts.update("\n".join(map(str, values.tolist())).encode())
    return parts.hexdigest()[:16]


def digest(content: bytes) -> str:
    """Short hash of a table's bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def here() -> dict[str, str]:
    """Versions and processor for which bytes are promised to be the same."""
    return {
        "processor": llvmlite.binding.get_host_cpu_name(),
        "machine": platform.machine(),
        **{name: version(name) for name in PACKAGES},
    }


def measured() -> dict[str, Any]:
    """The baseline as it would be written now."""
    return {"here": here(), "markets": {name: outcome(run(config(name))) for name in MARKETS}}


def write() -> None:
    """Replace the baseline by what the code gives."""
    BASELINE.write_text(json.dumps(measured(), indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """The baseline as it was written."""
    return dict(json.loads(BASELINE.read_text(encoding="utf-8")))
