"""The recorded supply, damaged in bytes and in cells: it is read, or refused with its line."""

import random
import re
import tempfile
from pathlib import Path

import harness
from forked import Commands
from malformed_configs import problems_of
from mutations import BYTES, VALUES, mutated

ROW = 12
REDUCED, FULL = 300, 3_000
LEAST_PLACED = 0.99  # share of the refused that must say the line
# What is missing has no line.
PLACED = re.compile(r"supply\.csv(:[0-9]+: |: empty|: no row |: supply (starts|ends) )")
RECORDED = harness.ROOT / "configs" / "data" / "supply_recorded.csv"
MONTHS = 4
CONFIG = "schema_version: 1\nmonths: 4\nsupply: {recorded: supply.csv}\n"
CELLS = (
    *VALUES, b"2023-02", b"2022-12", b"0000-00", b"9999-12", b"OpenAI", b"coding", b"gov",
    b"1e-7", b"41", b"2", b"US", b"usa", b" 1 ", b"1,5", b"1.5.1", b"\xff", b'"', b'a"b', b"\x00",
    b"\r", b"#", b"TRUE", b"none",
)  # fmt: skip


def run(seed: int, count: int, plant: str = "") -> list[str]:
    """Check `count` configs whose supply file is damaged."""
    whole = first_months(RECORDED.read_bytes())
    with tempfile.TemporaryDirectory() as name, Commands(plant=plant) as check:
        folder = Path(name)
        (folder / "exp.yaml").write_text(CONFIG)
        (folder / "supply.csv").write_bytes(whole)
        ended = check("check", "exp.yaml", folder=folder)
        problems = [] if ended.code == 0 else [f"the whole file is refused: {ended.err}"]
        unplaced, refused = [], 0
        for case in range(count):
            chance = random.Random(f"{seed} {case}")
            raw = damaged(chance, whole)
            (folder / "supply.csv").write_bytes(raw)
            ended = check("check", "exp.yaml", folder=folder)
            problems += [f"case {case}: {problem}" for problem in problems_of(ended)]
            refused += ended.code == 2
            if ended.code == 2 and not PLACED.search(ended.err):
                unplaced.append(f"case {case}: {ended.err.partition(chr(10))[0]}")
        if len(unplaced) > (1 - LEAST_PLACED) * refused:
            problems += [f"{len(unplaced)} of {refused} refusals name no line", *unplaced]
        if refused < count / 4:
            problems.append(f"only {refused} of {count} were refused: too little was damaged")
        return problems


def damaged(chance: random.Random, whole: bytes) -> bytes:
    """Damaged bytes, or a table with wrong cells."""
    return mutated(chance, whole, chance.choice((BYTES, (in_cells,))))


def in_cells(chance: random.Random, raw: bytes) -> bytes:
    """Get one to three cells of a table wrong, or lose, repeat or move one."""
    rows = [row.split(b",") for row in raw.split(b"\n")]
    for _ in range(chance.choice((1, 1, 3))):
        row = chance.choice([row for row in rows if row])
        at = chance.randrange(len(row))
        cell = row.pop(at)
        row[at:at] = chance.choice(([chance.choice(CELLS)],) * 6 + ([], [cell, cell]))
        if chance.random() < 0.1:
            row.reverse()
    return b"\n".join(b",".join(row) for row in rows)


def first_months(raw: bytes) -> bytes:
    """Comments, header and the rows of the first months."""
    rows = raw.splitlines(keepends=True)
    months = [b"2023-%02d" % number for number in range(1, MONTHS + 1)]
    return b"".join(row for row in rows if not row[:4].isdigit() or row[:7] in months)
