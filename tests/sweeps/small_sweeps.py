"""Small sweep files for tests: `loaded` puts one into the current folder, `told` its errors."""

from pathlib import Path

import pytest

from experiments.sweeps.sweep import SweepFile
from experiments.sweeps.sweep_file import load_sweep_file
from simulation.config import ConfigError

BASE = "schema_version: 1\nmonths: 12\nsupply: {offers: {A: {}, B: {}}}\n"
HEAD = "schema_version: 1\nbase: base.yaml\n"
PARTS = {
    "factors": "{developers.peer_weight: {range: [0, 4]}, choice.upgrade_share: {}}",
    "design": "{kind: lhs, points: 5}",
    "outcomes": "{hhi_revenue: {}}",
}


def text_of(**parts: str) -> str:
    """Text of a sweep file with other parts, each on one line; an empty one is left out."""
    said = {**PARTS, **parts}
    return HEAD + "".join(f"{key}: {value}\n" for key, value in said.items() if value)


def loaded(base: str = BASE, **parts: str) -> SweepFile:
    """Load a sweep file with other parts from the current folder."""
    Path("base.yaml").write_text(base)
    Path("sweep.yaml").write_text(text_of(**parts))
    return load_sweep_file("sweep.yaml")


def told(base: str = BASE, **parts: str) -> list[str]:
    """Messages of a sweep file that is refused."""
    with pytest.raises(ConfigError) as refused:
        loaded(base, **parts)
    return refused.value.messages
