"""Draw docs/network.png from its rows: `python -m experiments.studies.network_figure`."""

import numpy as np

from experiments.plots.sizes import Curve, draw_sizes
from experiments.plots.style import png
from experiments.studies.network import PEERS, PULL, SEEDS, SIZES, STEPS, STUDY
from experiments.studies.network_tables import Market, ends_by_market
from experiments.studies.rows import FOLDER, read
from experiments.studies.spread import divergence
from experiments.studies.vectors import Ends, by_chance
from experiments.whole_files import write_whole

GRAPH = "clustered"
PANELS = {"Developers": 0, "Consumers": 2}
TOLD = (
    f"Clustered graph, December 2025, {SEEDS} seeds; solid: with a product walk of {STEPS[1]} util "
    "a month that all share, dashed: without, dotted: independent draws",
    "study network · stylised paths of named firms, not forecasts · shaded: 80 % of the jackknife",
)


def main() -> None:
    """Draw the figure."""
    markets = ends_by_market(read(STUDY.path))
    panels = {name: curves_of(markets, segment) for name, segment in PANELS.items()}
    path = FOLDER.parent / "network.png"
    write_whole(path, png(draw_sizes(SIZES, panels, TOLD)))
    print(path)


def curves_of(markets: dict[Market, Ends], segment: int) -> list[Curve]:
    """Curves of one segment: by step and weight of peers, and of independent draws."""
    curves = []
    for step, dashes in zip(STEPS, ("--", "-"), strict=True):
        for peers in PEERS:
            found = [
                divergence(markets[size, step, GRAPH, peers, PULL].shares[:, segment])
                for size in SIZES
            ]
            values = np.array([estimate.value for estimate in found])
            low, high = np.array([estimate.ends for estimate in found]).T
            words = f"J = {peers:g}{', shocks' if step else ''}"
            curves.append(Curve(words, values, low, high, dashes, 0.2 + 0.8 * peers / PEERS[-1]))
    drawn = np.array(
        [by_chance(markets[size, STEPS[0], GRAPH, PEERS[0], PULL], segment) for size in SIZES]
    )
    return [*curves, Curve("independent", drawn, drawn, drawn, ":", 0.2)]


if __name__ == "__main__":
    main()
