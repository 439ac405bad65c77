"""How far histories of the recorded market diverge, with peers and without.

`python -m experiments.studies.peers` runs what docs/studies/peers.csv lacks.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from experiments.histories import PEERS_OFF
from experiments.markdown import markdown
from experiments.studies import ends
from experiments.studies.rows import RECORDED, Cell, Row, Study, command
from experiments.studies.spread import difference, divergence, erring, ranged
from experiments.studies.vectors import Ends, by_chance, ends_of
from simulation.columns import SEGMENTS

SEEDS = 40
UNIT = 1e4  # by which D_run is multiplied in the table
STEPS = (0.0, 0.1)
CELLS = [
    Cell(
        {"step": step, "peers": "off" if off else "on"},
        RECORDED,
        {"choice.product_step": step, **(PEERS_OFF if off else {})},
    )
    for step, off in product(STEPS, (False, True))
]
STUDY = Study("peers", CELLS, SEEDS, ends.end_of_run, (Path(ends.__file__),))
TITLES = (
    "`product_step`",
    "segment",
    "accounts",
    "peers off",
    "less peers off",
    "independent draws",
    "spend",
    "peers off",
)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """D_run of accounts and of spend in each segment, x 10,000."""
    markets: dict[tuple[float, str], list[Row]] = {}
    for row in rows:
        markets.setdefault((float(row["step"]), row["peers"]), []).append(row)
    found = {market: ends_of(seeds) for market, seeds in markets.items()}
    lines = [
        [f"{step:g}", name, *cells(found[step, "on"], found[step, "off"], segment)]
        for step in STEPS
        for segment, name in enumerate(SEGMENTS)
    ]
    return {"peers": markdown(TITLES, lines)}


def cells(peers: Ends, alone: Ends, segment: int) -> list[str]:
    """Cells of one segment; consumers' spend is their number."""
    accounts, off = (divergence(end.shares[:, segment]) for end in (peers, alone))
    spend, spend_off = (divergence(end.spend[:, segment]) for end in (peers, alone))
    return [
        ranged(accounts, UNIT),
        ranged(off, UNIT),
        erring(difference(accounts, off), UNIT),
        f"{UNIT * by_chance(peers, segment):.1f}",
        ranged(spend, UNIT),
        ranged(spend_off, UNIT),
    ]


if __name__ == "__main__":
    command(STUDY, tables)
