"""Counts the work of a month outside the kernels: instructions of the interpreter, not time.

    python tests/bench/month_cost.py            prints the cost of each phase as JSON
    python tests/bench/month_cost.py --record   writes it to month_cost.json

Providers are few, so that the time of what they do is that of Python: of calls, and of arrays so
short that a sum takes as long as its call.  The counts are those of baseline.yaml when all its
providers are there; they are the same in every run, on a busy machine too.
"""

import gc
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from workloads import BASELINE

from simulation import month as schedule
from simulation.config import Config, load
from simulation.market import Market

RECORD = Path(__file__).with_name("month_cost.json")
MONTHS_BEFORE, MONTHS = 24, 12
PHASES = schedule.month.__code__.co_names  # in their order
Cost = dict[str, float]


def counting(phase: Callable[[Market], None], spent: Counter[str]) -> Callable[[Market], None]:
    """Count the phase's instructions, and those of all that it calls, into `spent`."""

    def count(frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        spent[phase.__name__] += event == "opcode"
        return count

    def counted(market: Market) -> None:
        before = sys.gettrace()
        sys.settrace(count)
        try:
            phase(market)
        finally:
            sys.settrace(before)

    return counted


def after(config: Config, months: int) -> Market:
    """Market after some months."""
    market = Market(config)
    for _ in range(months):
        market.step()
    return market


def cost() -> Cost:
    """Instructions of each phase in a month of baseline.yaml, mean of a year."""
    config = load(BASELINE)
    after(config, MONTHS_BEFORE + MONTHS)  # what is kept from run to run is no cost of a month
    market = after(config, MONTHS_BEFORE)
    spent: Counter[str] = Counter()
    counted = {name: counting(getattr(schedule, name), spent) for name in PHASES}
    gc.disable()  # a collection runs what others have left behind
    try:
        with patch.multiple(schedule, **counted):
            for _ in range(MONTHS):
                market.step()
    finally:
        gc.enable()
    return {name: round(spent[getattr(schedule, name).__name__] / MONTHS) for name in PHASES}


def made_with() -> dict[str, str]:
    """What instructions there are depends on the interpreter."""
    return {"python": ".".join(map(str, sys.version_info[:2]))}


def main(words: list[str]) -> int:
    """Print the cost, or record it."""
    text = json.dumps({"made_with": made_with(), "cost": cost()}, indent=2) + "\n"
    if words == ["--record"]:
        RECORD.write_text(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
