"""Results move only on purpose: `make baseline` writes them anew, CHANGELOG.md says why."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import baseline
import numpy as np
import pytest

from simulation.market import Market, run
from simulation.phases import migrate

FLOATS = 1e-9  # relative: what another kind of processor may change in a sum
OTHER_PROCESSOR = {
    "NUMBA_CPU_NAME": "x86-64",
    "NUMBA_CPU_FEATURES": "",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX AVX512_ICL AVX512_SPR X86_V3 X86_V4",
}
IMPORTS = "import json; from baseline import config, outcome; from simulation.market import run"
CURE = "results moved: if you meant it, run `make baseline` and say in CHANGELOG.md what and why"


def apart(found: dict[str, Any], wanted: dict[str, Any], exactly: bool) -> list[str]:
    """Differences between two outcomes; `exactly` where every byte is promised."""
    told = [
        f"{name}: {found['numbers'].get(name)} instead of {number}"
        for name, number in wanted["numbers"].items()
        if not close(found["numbers"].get(name), number)
    ]
    told += ["whole numbers or text differ"] * (found["whole"] != wanted["whole"])
    if exactly:
        tables = {name for name in wanted["bytes"] if found["bytes"][name] != wanted["bytes"][name]}
        told += [f"bytes of {name}" for name in sorted(tables)]
    return told


def close(found: float | None, wanted: float | None) -> bool:
    """Whether two numbers are the same within what a processor may change."""
    if found is None or wanted is None:
        return found is wanted
    return bool(np.isclose(found, wanted, rtol=FLOATS, atol=0.0))


@pytest.mark.parametrize("name", baseline.MARKETS)
def test_results_are_those_of_the_baseline(name: str) -> None:
    wanted = baseline.read()
    found = baseline.outcome(run(baseline.config(name)))
    assert apart(found, wanted["markets"][name], baseline.here() == wanted["here"]) == [], CURE


def test_the_baseline_knows_every_market_and_each_is_another() -> None:
    markets = baseline.read()["markets"]
    assert list(markets) == list(baseline.MARKETS)
    assert len({market["bytes"]["segments"] for market in markets.values()}) == len(markets)


def test_one_agent_that_decides_otherwise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: the last developer of the list is passed over."""
    kernel = migrate.migrate_range
    monkeypatch.setattr(
        migrate, "migrate_range", lambda first, last, *rest: kernel(first, last - 1, *rest)
    )
    found = baseline.outcome(run(baseline.config("recorded")))
    assert apart(found, baseline.read()["markets"]["recorded"], exactly=False)


def test_one_part_in_a_billion_of_money_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: bills grow by a little more than processors may differ."""
    step = Market.step

    def dearer(market: Market) -> None:
        step(market)
        np.multiply(market.bills.spend, 1 + 4e-9, out=market.bills.spend)
        np.multiply(market.bills.revenue, 1 + 4e-9, out=market.bills.revenue)

    monkeypatch.setattr(Market, "step", dearer)
    found = baseline.outcome(run(baseline.config("recorded")))
    assert apart(found, baseline.read()["markets"]["recorded"], exactly=False)


def elsewhere(code: str, **settings: str) -> Any:
    """What `code` prints as JSON, in another process with other settings of its environment."""
    paths = os.pathsep.join([str(baseline.ROOT), str(baseline.BASELINE.parent)])
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{IMPORTS}; print(json.dumps({code}))"],
        env=os.environ | {"PYTHONPATH": paths} | settings,
        cwd=baseline.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="names features of x86 processors")
def test_another_kind_of_processor_takes_the_same_decisions(tmp_path: Path) -> None:
    """Row 23: without the vector instructions whole numbers are the same and sums within 1e-9."""
    code = "{name: outcome(run(config(name))) for name in ('recorded', 'hubs')}"
    wanted = baseline.read()["markets"]
    for name, found in elsewhere(code, XDG_CACHE_HOME=str(tmp_path), **OTHER_PROCESSOR).items():
        assert apart(found, wanted[name], exactly=False) == []


@pytest.mark.parametrize("salt", ["0", "1", "4242"])
def test_the_order_of_sets_does_not_matter(salt: str) -> None:
    """Nothing in the model depends on Python's salted hashes."""
    found = elsewhere("outcome(run(config('rule')))['bytes']", PYTHONHASHSEED=salt)
    assert found == baseline.outcome(run(baseline.config("rule")))["bytes"]
