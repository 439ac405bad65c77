"""Does the network matter?  Peers, graphs, employers and common shocks, at several sizes.

`python -m experiments.studies.network` runs what docs/studies/network.csv lacks.  The prototype of
this model said: for levels yes, for the divergence between histories no, unless shocks are common.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from experiments.studies import ends
from experiments.studies.rows import RECORDED, Cell, Study, command

PEERS = (0.0, 1.5, 3.0, 6.0)
GRAPHS = ("random", "clustered", "modular")
STEPS: tuple[float, float] = (0.0, 0.1)
SIZES: tuple[int, ...] = (
    1_000,
    10_000,
    100_000,
)  # developers, and consumers; a tenth as many firms
SEEDS = 40
DEGREE = 8
BLOCK = 50  # agents in a module
PULL = 1.5


def graph(name: str, size: int) -> dict[str, Any]:
    """Settings of a graph of mean degree 8."""
    if name == "clustered":
        return {"family": "power_law_cluster", "links": DEGREE // 2, "triangles": 0.3}
    blocks, within = (1, 1.0) if name == "random" else (size // BLOCK, 0.95)
    return {"family": "stochastic_block", "industries": blocks, "degree": DEGREE, "within": within}


def cell(size: int, step: float, name: str, peers: float, pull: float) -> Cell:
    """One market; peers and graph are those of developers and consumers alike."""
    labels = {"size": size, "step": step, "graph": name, "peers": peers, "pull": pull}
    changes: dict[str, Any] = {
        "choice.product_step": step,
        "enterprises.count": size // 10,
        "enterprises.usage_pull": pull,
    }
    for people in ("developers", "consumers"):
        changes |= {f"{people}.count": size, f"{people}.peer_weight": peers}
        changes[f"networks.{people}"] = graph(name, size)
    return Cell(labels, RECORDED, changes)


def cells(sizes: Sequence[int] = SIZES) -> list[Cell]:
    """Every market of the study.

    Pull acts on firms alone, and without it firms do not see developers: their segment is then the
    same, to the last choice, whatever the graph and the peers, and is run once.
    """
    every = []
    for size, step in product(sizes, STEPS):
        every += [cell(size, step, *both, PULL) for both in product(GRAPHS, PEERS)]
        every.append(cell(size, step, GRAPHS[0], PEERS[0], 0.0))
    return every


STUDY = Study("network", cells(), SEEDS, ends.end_of_run, (Path(ends.__file__),))

if __name__ == "__main__":
    from experiments.studies.network_tables import tables

    command(STUDY, tables)
