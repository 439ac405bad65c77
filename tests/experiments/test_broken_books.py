"""Money that was made out of nothing: the command says so, keeps the state, and goes on without."""

from pathlib import Path

import pytest
from stopped_runs import manifest

import simulation.phases.resolve as resolve
from experiments.cli import main
from experiments.verification.trial import CONFIGS
from simulation.checkpoint import restore
from simulation.config import load
from simulation.market import Market

RUN = ("run", str(CONFIGS / "v17_baseline.yaml"), "--set", "months=6", "--no-figures", "--quiet")


def test_money_that_nobody_paid_ends_a_run_with_1_and_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    honest = resolve.check_money

    def check(market: Market) -> None:
        if market.month == 3:
            market.labs.cash[0] += 12.5
        honest(market)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolve, "check_money", check)
        assert main([*RUN, "--out", "out"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "out/checkpoints/broken-003.state: the state in which it broke"
    said = "IdentityError: month 3: cash that the ledger lacks, M$, OpenAI is off by 12.5"
    assert said in lines[1]
    assert manifest()["status"] == "failed"
    content = Path("out/checkpoints/broken-003.state").read_bytes()
    market = restore(content, load("out/config.yaml"), str(manifest()["identity"]))
    assert market.month == 3
    assert market.labs.cash[0] - market.ledger.balance[0] == pytest.approx(12.5)
    assert main(["run", "--resume", "out", "--no-figures", "--quiet"]) == 0
