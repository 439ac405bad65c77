"""Sweeps without a market: a real sweep file and made-up outcomes."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pyarrow

from experiments.sweeps.running import Counts
from experiments.sweeps.study import Study
from experiments.sweeps.sweep_file import load_sweep_file

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = (
    "developers.peer_weight",
    "developers.switching_cost_factor",
    "research.spillover",
    "developers.capability_weight",
    "consumers.peer_weight",
    "consumers.brand_weight",
    "research.specialisation",
    "compute.capacity_growth",
)
MONTHS = 24
Numbers = Any
Answer = Callable[[Numbers, Numbers, Numbers], Numbers]


def tipping(unit: Numbers, luck: Numbers, network: Numbers) -> Numbers:
    """An HHI that jumps where the first two factors are both high: (points, seeds, networks)."""
    jump = ((unit[:, 0] > 0.5) & (unit[:, 1] > 0.4))[:, None, None]
    return 0.25 + 0.1 * unit[:, 0, None, None] + 0.3 * jump + 0.03 * luck + 0.01 * network


class Synthetic(Study):
    """A study whose outcomes are made up.

    sweep : of a file that is written to `folder`
    """

    def __init__(self, folder: Path, text: str, answer: Answer = tipping, seed: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "made.yaml"
        file.write_text(text, encoding="utf-8")
        super().__init__(load_sweep_file(file), folder, file)
        self.rng = np.random.default_rng(seed)
        unit = self.sweep.matrix()
        shape = (len(unit), self.sweep.seeds, self.sweep.networks or 1)
        # Luck that seeds bring to all points alike, and some of each point's own.
        luck = self.rng.normal(size=(1, shape[1], 1)) + 0.7 * self.rng.normal(size=shape)
        network = np.broadcast_to(self.rng.normal(size=(1, 1, shape[2])), shape)
        self.hhi = np.array(answer(unit, luck, network), np.float64)
        self.status_of = np.full(shape, "done", object)
        self.reasons = np.full(shape, "", object)

    # --- What happened ---------------------------------------------------------------------------

    def unfinished(self, share: float) -> "Synthetic":
        """The same, with only the first runs of all, by seed, committed."""
        order = np.arange(self.hhi.size).reshape(self.hhi.shape)
        by_seed = np.argsort(np.argsort(np.moveaxis(order, 1, 0).ravel()))
        rank = np.empty(self.hhi.size, int)
        rank[np.moveaxis(order, 1, 0).ravel()] = by_seed
        rank[np.moveaxis(order, 1, 0).ravel()] = np.arange(self.hhi.size)
        self.status_of[rank.reshape(self.hhi.shape) >= share * self.hhi.size] = ""
        return self

    def failing(self, share: float, reason: str = "no market") -> "Synthetic":
        """The same, with a share of all runs failed."""
        lost = self.rng.random(self.hhi.shape) < share
        self.status_of[lost & (self.status_of == "done")] = "failed"
        self.reasons[self.status_of == "failed"] = reason
        return self

    # --- What is read of it ----------------------------------------------------------------------

    def status(self) -> Counts:
        done, failed = (int((self.status_of == word).sum()) for word in ("done", "failed"))
        left = self.hhi.size - done - failed
        return Counts(done, failed, left, complete=True)

    def measure(self, name: str) -> Numbers:
        """An outcome of every run, whether it was committed or not."""
        outcome = self.sweep.outcomes[name]
        if outcome.vector is not None:
            first = np.clip(self.hhi, 0.01, 0.9)[..., None]
            count = len(self.sweep.labels(name))
            return np.concatenate([first, np.repeat((1 - first) / (count - 1), count - 1, -1)], -1)
        if outcome.equal is not None:
            return (self.regimes() == outcome.equal).astype(float)
        return self.hhi

    def regimes(self) -> Numbers:
        """Regime by HHI."""
        return np.where(self.hhi > 0.5, "monopoly", np.where(self.hhi < 0.3, "open", "oligopoly"))

    def values(self, name: str) -> Numbers:
        found = np.array(self.measure(name), float)
        found[self.status_of != "done"] = np.nan
        return found

    def frame(self) -> pandas.DataFrame:
        there = np.argwhere(self.status_of != "")
        number = there[:, 0] * np.prod(self.hhi.shape[1:]) + there[:, 1] * self.hhi.shape[2]
        number = number + there[:, 2]
        at = tuple(there.T)
        columns: dict[str, Any] = {
            "run": number,
            "point": there[:, 0],
            "seed": there[:, 1],
            "network": there[:, 2],
            "status": self.status_of[at],
        }
        points = self.points
        columns |= {name: points[name].to_numpy()[there[:, 0]] for name in self.factors}
        for name in self.sweep.outcomes:
            values, labels = self.values(name)[at], self.sweep.labels(name)
            columns |= {f"{name}.{label}": values[:, i] for i, label in enumerate(labels)}
            if not labels:
                columns[name] = values
        columns["seconds"] = self.rng.random(len(there))  # as a clock: never the same twice
        columns["reason"] = self.reasons[at]
        columns["identity"] = [f"id-{one}" for one in number]
        return pandas.DataFrame(columns)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pyarrow.Table:
        if name not in self.sweep.keep or name != "market":
            raise KeyError(f"no run has a table {name!r}")
        frame = self.frame()
        done = frame[frame.status == "done"]
        at = (done.point.to_numpy(), done.seed.to_numpy(), done.network.to_numpy())
        hhi, regimes = self.hhi[at], self.regimes()[at]
        part = np.clip((np.arange(MONTHS) - MONTHS // 3) / (MONTHS // 2), 0, 1)
        wander = np.random.default_rng(3).normal(0, 0.005, (len(hhi), MONTHS)).cumsum(axis=1)
        path = 0.3 + (hhi[:, None] - 0.3) * part + wander * (1 - part)
        dates = [f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)]
        count = len(hhi)
        whole = pyarrow.table(
            {
                "run": np.repeat(done.run.to_numpy(), MONTHS),
                "month": np.tile(np.arange(MONTHS), count),
                "date": np.tile(np.array(dates), count),
                "regime": np.repeat(regimes.astype(str), MONTHS),
                "hhi_revenue": path.ravel(),
                "top_two": (0.5 + 0.5 * path).ravel(),
                "openness": (1 - path).ravel(),
                "open_token_share": np.full(count * MONTHS, 0.1),
            }
        )
        return whole if columns is None else whole.select(["run", *columns])


def sweep_text(
    design: str,
    factors: Mapping[str, str] | int = 2,
    replicates: str = "3",
    keep: str = "[market]",
    more: str = "",
) -> str:
    """A sweep file over some factors."""
    if isinstance(factors, int):
        factors = dict.fromkeys(PARAMETERS[:factors], "{}")
    lines = "\n".join(f"  {name}: {how}" for name, how in factors.items())
    return f"""schema_version: 1
name: made
description: Does a made-up market tip?
base: {ROOT}/configs/baseline.yaml
set: {{months: {MONTHS}}}
factors:
{lines}
design: {design}
replicates: {replicates}
outcomes:
  hhi_revenue: {{}}
  monopoly: {{column: regime, is: monopoly}}
  shares: {{table: providers, column: revenue_share, vector: provider}}
regions:
  tipped: {{outcome: hhi_revenue, above: .5}}
keep: {keep}
{more}
"""
