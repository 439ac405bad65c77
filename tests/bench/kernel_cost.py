"""Counts the work of the migrate kernel: instructions that it executes, not time.

    python tests/bench/kernel_cost.py            prints the cost as JSON
    python tests/bench/kernel_cost.py --record   writes it to kernel_cost.json

The kernel is compiled for a plain processor of its kind, and a counter is put into each of its
basic blocks in LLVM's intermediate code, after optimisation.  One month of a small market then says
how often each block ran, so that the counts are the same in every run, on a busy machine too.
They see more work, not slower memory.
"""

import os

# Before Numba is imported: which instructions there are must not depend on the machine.
os.environ |= {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}

import ctypes
import importlib.util
import json
import platform
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core.codegen import CPUCodeLibrary
from workloads import awake, developer_market

from agents.kernels import migrate
from simulation.market import Market
from simulation.phases import migrate as phase

RECORD = Path(__file__).with_name("kernel_cost.json")
DEVELOPERS = 20_000
MONTHS_BEFORE = 2  # the first one compiles
COUNTS = "executed_blocks"  # the global array of counters
LABEL = re.compile(r'("[^"]+"|[\w.$-]+):')
LEADING = re.compile(r"  \S+ = (phi|landingpad)\b")
OPERATION = re.compile(r'  (?:(?:%"[^"]*"|%[\w.$-]+) = )?(?:tail |musttail |notail )?([a-z]\w*)')
CALLEE = re.compile(r'@"?([\w.]+)"?\(')
MOVED = re.compile(r"(?:load|store) (?:volatile )?(?:<(\d+) x )?(i\d+|float|double|ptr)")
WIDTH = {"i1": 1, "float": 4, "double": 8, "ptr": 8}
CALLS = {  # what is counted under which name; of vectors too
    "references": re.compile(r"NRT_(incref|decref)$"),
    "exponentials": re.compile(r"llvm\.exp|expf?$|expm1$"),
    "logarithms": re.compile(r"llvm\.log|logf?$"),
    "powers": re.compile(r"llvm\.pow|powf?$"),
}
Cost = dict[str, float]
Variant = dict[str, Any]


def price_of(line: str) -> Counter[str]:
    """What one instruction adds to the cost."""
    operation = OPERATION.match(line)
    if operation is None:  # the rows of a jump table
        return Counter()
    price = Counter({"instructions": 1})
    kind = operation[1]
    moved = MOVED.search(line) if kind in ("load", "store") else None
    if moved:
        width = WIDTH.get(moved[2]) or int(moved[2][1:]) // 8
        price["bytes read" if kind == "load" else "bytes written"] = width * int(moved[1] or 1)
    callee = CALLEE.search(line) if kind == "call" else None
    for name, functions in CALLS.items():
        price[name] += callee is not None and functions.match(callee[1]) is not None
    return price


def with_counters(code: str) -> tuple[str, list[Counter[str]]]:
    """LLVM code that counts how often each basic block runs, and what each block costs."""
    lines, prices = [], []
    counted = is_start = False
    for line in code.splitlines():
        if line.startswith("define "):
            # Not the wrapper that unpacks Python's arguments, once a call.
            counted = is_start = "@_ZN7cpython" not in line and "@cfunc." not in line
        elif line.startswith("}"):
            counted = False
        elif counted and LABEL.match(line):
            is_start = True
        elif counted and line.startswith("  ") and not LEADING.match(line):
            if is_start:
                lines += counter(len(prices))
                prices.append(Counter())
                is_start = False
            prices[-1].update(price_of(line))
        lines.append(line)
    lines.append(f"@{COUNTS} = global [{len(prices)} x i64] zeroinitializer")
    return "\n".join(lines), prices


def counter(block: int) -> list[str]:
    """Code that adds one to the counter of a block."""
    place = f"ptr getelementptr inbounds (i64, ptr @{COUNTS}, i64 {block}), align 8"
    return [
        f"  %ran.{block} = load i64, {place}",
        f"  %runs.{block} = add i64 %ran.{block}, 1",
        f"  store i64 %runs.{block}, {place}",
    ]


def counting(kernel: Callable[..., Any]) -> tuple[Any, Callable[[], Counter[str]]]:
    """Make the kernel compile with counters; returns it, and a reading of its cost so far."""
    compiled = numba.njit(nogil=True, error_model="numpy")(kernel)
    optimise = CPUCodeLibrary._optimize_final_module
    found: dict[str, Any] = {}

    def optimise_and_count(library: Any) -> None:
        optimise(library)
        if library.name == kernel.__name__:
            code, found["prices"] = with_counters(str(library._final_module))
            library._final_module = llvm.parse_assembly(code)
            found["engine"] = library._codegen._engine

    def cost() -> Counter[str]:
        address = found["engine"].get_global_value_address(COUNTS)
        runs = (ctypes.c_int64 * len(found["prices"])).from_address(address)
        total: Counter[str] = Counter()
        for times, price in zip(runs, found["prices"], strict=True):
            total.update({name: times * amount for name, amount in price.items()})
        return total

    CPUCodeLibrary._optimize_final_module = optimise_and_count
    return compiled, cost


def cost_of(variant: Variant) -> Cost:
    """Cost of one month of workload W1, for each developer.

    variant : `replace` says what to write in place of which words of the kernel, `widen` which
    columns to keep as 64-bit numbers.  An empty one is the kernel as it is.
    """
    optimise = CPUCodeLibrary._optimize_final_module
    phase.migrate_range, cost = counting(kernel_with(variant.get("replace", [])))
    try:
        market = Market(developer_market(DEVELOPERS, *awake()))
        for people in (market.developers, market.consumers):  # alike, to be compiled once
            for column in variant.get("widen", []):
                wide = getattr(people.crowd, column).astype(np.int64)
                people.crowd = people.crowd._replace(**{column: wide})
        readings = [read_after(market, cost) for _ in range(MONTHS_BEFORE + 1)]
    finally:
        phase.migrate_range = migrate.migrate_range
        CPUCodeLibrary._optimize_final_module = optimise
    spent = readings[-1] - readings[-2]
    names = ("instructions", "bytes read", "bytes written", *CALLS)
    return {name: round(spent[name] / DEVELOPERS, 6) for name in names}


def read_after(market: Market, cost: Callable[[], Counter[str]]) -> Counter[str]:
    """Cost so far after one more month."""
    market.step()
    return cost()


def kernel_with(replacements: list[tuple[str, str]]) -> Callable[..., Any]:
    """The kernel's source, with some words replaced."""
    source = Path(migrate.__file__).read_text()
    for words, instead in replacements:
        if words not in source:
            raise ValueError(f"the kernel does not hold {words!r}")
        source = source.replace(words, instead)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "variant.py"
        path.write_text(source)
        described = importlib.util.spec_from_file_location("variant", path)
        module = importlib.util.module_from_spec(described)
        described.loader.exec_module(module)
    return module.migrate_range.__wrapped__


def costs(variants: dict[str, Variant]) -> Iterator[tuple[str, Cost]]:
    """Name and cost of each variant."""
    for name, variant in variants.items():
        yield name, cost_of(variant)


def main(words: list[str]) -> int:
    """Print the costs of the variants on standard input, or of the kernel, or record the latter."""
    if words == ["--variants"]:
        sys.stdout.write(json.dumps(dict(costs(json.load(sys.stdin)))))
        return 0
    made_with = {"numba": numba.__version__, "processor": platform.machine()}
    text = json.dumps({"made_with": made_with, "cost": cost_of({})}, indent=2) + "\n"
    if words == ["--record"]:
        RECORD.write_text(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
