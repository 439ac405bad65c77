"""A fork of a market whose providers decide is the run that its own config gives from the start."""

from pathlib import Path

import pytest

from experiments.cli import main
from simulation.config_layers import CHECKOUT
from simulation.records import Records

SIZES = ["developers.count=300", "consumers.count=300", "enterprises.count=60", "apps.count=20"]
EVENTS = [
    "events.shock={month: 3, efficiency_shock: {provider: OpenAI, gain: .2, public: .5}}",
    "events.war={month: 4, price_war: {provider: Google, factor: .5, months: 6}}",
]
QUIET = ["--quiet", "--no-figures"]
TABLES = ("segments", "providers", "market", "ledger", "events")


def run(*words: str) -> None:
    assert main(["run", *words, *QUIET]) == 0


def test_a_fork_gives_what_its_config_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sets = [word for text in [*SIZES, *EVENTS, "months=10"] for word in ("--set", text)]
    run(str(CHECKOUT / "configs" / "baseline.yaml"), *sets, "--out", "a", "--checkpoint-every", "3")
    change = ["--set", "providers.OpenAI.strategy=routine", "--set", "compute.rent_response=.6"]
    run("--from", "a@7", *change, "--out", "b")
    run("b/config.yaml", "--out", "c")
    for name in TABLES:
        forked, whole = Path(f"b/{name}.parquet"), Path(f"c/{name}.parquet")
        assert forked.read_bytes() == whole.read_bytes(), name
    assert Path("a/market.parquet").read_bytes() != Path("b/market.parquet").read_bytes()
    kinds = Records.load("b").table("events")["kind"].tolist()
    assert {"shock", "war", "fork"} <= set(kinds)
    assert kinds.count("war") == 1  # it lasts to the end
