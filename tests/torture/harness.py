"""Finds the rows of this folder, runs each in a process of its own and writes the report.

README.md says what makes a module a row.
"""

import argparse
import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REPORT = ROOT / ".cache" / "torture.json"
SEED = 1
MOST_SHOWN = 5  # problems of a row on the terminal; the report holds all
TIMED = "--inside" in sys.argv  # rows judge by the clock in `make torture` only
SAYS_ROW = re.compile(r"^ROW = (\d+)", re.MULTILINE)


def rows() -> dict[str, int]:
    """Name of each module that is a row, and the row's number, in order."""
    said = {path.stem: SAYS_ROW.search(path.read_text(encoding="utf-8")) for path in scripts()}
    numbers = {name: int(hit.group(1)) for name, hit in said.items() if hit}
    return dict(sorted(numbers.items(), key=lambda entry: (entry[1], entry[0])))


def scripts() -> list[Path]:
    """Files of this folder that may be rows."""
    return [path for path in sorted(HERE.glob("*.py")) if not path.name.startswith("test_")]


def module(name: str) -> Any:
    """The module of a row."""
    return importlib.import_module(name)


def main(argv: Sequence[str]) -> int:
    """Run what the arguments choose; 1 if there is a problem."""
    arguments = read(argv)
    if arguments.inside:
        say(json.dumps(outcome(arguments.inside, arguments.seed, arguments.count)))
        return 0
    known = rows()
    strange = set(arguments.rows) - {*known, *map(str, known.values())}
    if strange:
        say(f"no such row: {', '.join(sorted(strange))}; there are {', '.join(known)}")
        return 2
    results = []
    for name, row in known.items():
        if not arguments.rows or {name, str(row)} & set(arguments.rows):
            results.append({"row": row, **alone(name, arguments.seed, arguments.count)})
            say(said(results[-1]))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    say(f"report: {REPORT.relative_to(ROOT)}")
    return int(any(result["problems"] for result in results))


def say(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def read(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser("torture", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="number or module [all]")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, help="cases of each row [its full count]")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def alone(name: str, seed: int, count: int | None) -> dict[str, Any]:
    """Outcome of a row in a process of its own; its death is a problem."""
    words = [sys.executable, str(HERE), "--inside", name, "--seed", str(seed)]
    words += [] if count is None else ["--count", str(count)]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    figures, _, last = ended.stdout.rstrip("\n").rpartition("\n")
    if ended.returncode == 0 and last.startswith("{"):
        return {**json.loads(last), "figures": figures.splitlines()}
    died = f"the row itself ended with {ended.returncode}: {ended.stderr[-2000:]}"
    return {"module": name, "seed": seed, "count": count, "seconds": None, "problems": [died]}


def outcome(name: str, seed: int, count: int | None) -> dict[str, Any]:
    """What a row found, in this process."""
    row = module(name)
    cases = row.FULL if count is None else count
    begun = time.monotonic()
    problems = row.run(seed, cases)
    seconds = round(time.monotonic() - begun, 1)
    told = {"module": name, "seed": seed, "count": cases, "seconds": seconds}
    return {**told, "problems": problems}


def said(result: dict[str, Any]) -> str:
    """One line on the outcome of a row, what it measured, and its first problems."""
    problems = result["problems"]
    state = f"{len(problems)} PROBLEMS" if problems else "ok"
    head = f"row {result['row']:>2}  {result['module']:<20} seed {result['seed']}  "
    head += f"{result['count']} cases  {result['seconds']} s  {state}"
    lines = [*result.get("figures", ()), *problems[:MOST_SHOWN]]
    return "\n".join([head, *(f"        {line}" for line in lines)])
