"""The work of the migrate kernel is what it was: counted instructions, so no clock is looked at.

The bounds hold for the version of Numba and the kind of processor that they were recorded with.
After a change of the kernel: `python tests/bench/kernel_cost.py --record`.
"""

import json
import platform
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

RECORD = json.loads(Path(__file__).with_name("kernel_cost.json").read_text())
HERE = {"numba": version("numba"), "processor": platform.machine()}
MORE, LESS = 1.02, 0.9  # of the record: above is a slow-down, below a gain that nobody recorded
NEVER = 0.02  # for each developer: what happens but once a call, or to rare hubs

PLANTED: dict[str, dict[str, Any]] = {
    "a loop over an array instead of its places": {
        "replace": [
            [
                "range(len(options)):\n                    word",
                "options:\n                    slot = slots[slot]\n                    word",
            ]
        ]
    },
    "an exponential for each offer": {
        "replace": [
            [
                "factors[slot] = peers[nested[code], degree, counts[code]]",
                "factors[slot] = np.exp(peer_weight * counts[code] / degree / scale[code])",
            ]
        ]
    },
    "a logarithm for each offer": {
        "replace": [
            [
                "weight * arrival[lots[slot] >> SHIFT_48]",
                "weight / -np.log((lots[slot] >> SHIFT_48 | ONE) * 2.0**-16)",
            ]
        ]
    },
    "a power for each who is awake": {
        "replace": [["score = powers[step] * shared", "score = inner**lam * shared"]]
    },
    "everybody is awake": {"replace": [["woken += np.int64(", "woken += np.int64(True or "]]},
    "choices as 64-bit numbers": {"widen": ["seen"]},
}
# What each of them must raise.
RAISED = dict(
    zip(
        PLANTED,
        ("references", "exponentials", "logarithms", "powers", "instructions", "bytes read"),
        strict=True,
    )
)


@lru_cache(maxsize=1)
def costs() -> dict[str, dict[str, float]]:
    """Cost of the kernel as it is, under "", and of each planted slow-down."""
    command = [sys.executable, Path(__file__).with_name("kernel_cost.py"), "--variants"]
    variants = json.dumps({"": {}} | PLANTED)
    done = subprocess.run(command, input=variants, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def broken(cost: dict[str, float]) -> list[str]:
    """Promises that hold under every version: what the loop never does."""
    promises = {
        "no reference is counted in the loop": cost["references"] < NEVER,
        "no exponential but for hubs": cost["exponentials"] < NEVER,
        "logarithms only of who moves": cost["logarithms"] < 0.5,
        "powers only of the few that their bounds leave open": cost["powers"] < 0.02,
        "few bytes are read": cost["bytes read"] < 150,
        "few instructions": cost["instructions"] < 400,
    }
    return [promise for promise, kept in promises.items() if not kept]


def off_record(cost: dict[str, float]) -> list[str]:
    """Counts that are not those of the record."""
    recorded = RECORD["cost"]
    return [
        f"{name}: {cost[name]}, recorded {recorded[name]}"
        for name in recorded
        if not recorded[name] * LESS - NEVER <= cost[name] <= recorded[name] * MORE + NEVER
    ]


def test_the_kernel_keeps_its_promises() -> None:
    assert broken(costs()[""]) == []


@pytest.mark.skipif(
    RECORD["made_with"] != HERE, reason=f"recorded with {RECORD['made_with']}, here {HERE}"
)
def test_the_kernel_costs_what_was_recorded() -> None:
    assert off_record(costs()[""]) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_slow_down_is_caught(name: str) -> None:
    sound, slow = costs()[""], costs()[name]
    assert slow[RAISED[name]] > sound[RAISED[name]] * MORE + NEVER  # under every version
    assert broken(slow) != [] or RAISED[name] == "bytes read"
    if RECORD["made_with"] == HERE:
        assert off_record(slow) != []
