"""Plants a bug in a copy of the sources and runs the test that must find it.

A mutant is found if that test, and not the collection of tests, fails.  One that survives is a
hole in the tests; one whose place is no longer in the sources is out of date.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from planted import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("agents", "configs", "experiments", "simulation", "tests")
FILES = ("pyproject.toml", "README.md", "MODEL.md", "CHANGELOG.md", "Makefile")
TESTS_FAILED = 1  # exit code of pytest; others say that it could not run them
SECONDS = 600
FAILURE = re.compile(r"^(?:FAILED|ERROR) .*", re.MULTILINE)


def main(argv: Sequence[str]) -> int:
    """Run the mutants that the arguments name; 1 if one survives."""
    parser = argparse.ArgumentParser("mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutants to plant [all]")
    names = parser.parse_args(argv).names
    strange = set(names) - {mutant.name for mutant in MUTANTS}
    if strange:
        parser.error(f"no such mutant: {', '.join(sorted(strange))}")
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        outcomes = [shown(mutant, copy) for mutant in MUTANTS if not names or mutant.name in names]
    say(f"{sum(outcomes)} of {len(outcomes)} planted bugs were found")
    return int(not all(outcomes))


def copied(folder: Path) -> Path:
    """A copy of the sources and tests in `folder`."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def shown(mutant: Mutant, copy: Path) -> bool:
    """Plant a mutant, say on one line what became of it, and whether it was found."""
    begun = time.monotonic()
    problem = survived(mutant, copy)
    state = f"SURVIVED: {problem}" if problem else "found"
    say(f"{mutant.name:<34} {time.monotonic() - begun:5.1f} s  {state}")
    return not problem


def survived(mutant: Mutant, copy: Path) -> str:
    """Why a mutant was not found; empty if it was."""
    path = copy / mutant.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutant.sound) != 1:
        return f"its place stands {sound.count(mutant.sound)} times in {mutant.file}"
    path.write_text(sound.replace(mutant.sound, mutant.planted), encoding="utf-8")
    try:
        code, told = tested(mutant.test, copy)
    finally:
        path.write_text(sound, encoding="utf-8")
    if code == 0:
        return f"{mutant.test} passes"
    return "" if code == TESTS_FAILED and FAILURE.search(told) else f"pytest could not run: {told}"


def tested(test: str, copy: Path) -> tuple[int, str]:
    """Exit code and last words of a test that is run in the copy."""
    alone = {"PYTHONPATH": str(copy), "XDG_CACHE_HOME": str(copy / ".cache")}
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", test]
    ended = subprocess.run(
        words,
        cwd=copy,
        env=os.environ | alone,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return ended.returncode, (ended.stdout + ended.stderr)[-1500:]


def say(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
