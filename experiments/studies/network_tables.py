"""Tables of the study of networks."""

from collections.abc import Mapping, Sequence
from itertools import product

from agents.codes import CODING, CONSUMER, ENTERPRISE
from experiments.markdown import markdown
from experiments.studies.cells import share, trimmed
from experiments.studies.network import GRAPHS, PEERS, PULL, SIZES, STEPS
from experiments.studies.rows import Row
from experiments.studies.spread import Estimate, difference, divergence, erring, mean, ranged, slope
from experiments.studies.vectors import Ends, by_chance, ends_of
from simulation.metrics.concentration import jensen_shannon

QUIET, SHOCKS = STEPS
SMALL, LARGE = SIZES[0], SIZES[-1]


Market = tuple[int, float, str, float, float]  # size, step, graph, peers, pull


def ends_by_market(rows: Sequence[Row]) -> dict[Market, Ends]:
    """Rows of the study as arrays."""
    markets: dict[Market, list[Row]] = {}
    for row in rows:
        size, step, peers, pull = (float(row[name]) for name in ("size", "step", "peers", "pull"))
        markets.setdefault((int(size), step, row["graph"], peers, pull), []).append(row)
    return {market: ends_of(seeds) for market, seeds in markets.items()}


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Tables of developers, of consumers and of enterprises."""
    markets = ends_by_market(rows)
    return {
        "network_developers": people_table(markets, CODING),
        "network_consumers": people_table(markets, CONSUMER),
        "network_enterprises": enterprise_table(markets),
    }


def people_table(markets: Mapping[Market, Ends], segment: int) -> str:
    """Developers or consumers: one row for each graph and peer weight."""
    titles = (
        "graph",
        "J",
        *(f"N D_run, N = {size:,}" for size in SIZES),
        "slope",
        "independent draws",
        "OpenAI",
        *(f"shocks: D_run, N = {size:,}" for size in (SMALL, LARGE)),
        "slope",
        "less J = 0",
    )
    rows = [people_row(markets, segment, *both) for both in product(GRAPHS, PEERS)]
    return markdown(titles, rows)


def people_row(markets: Mapping[Market, Ends], segment: int, graph: str, peers: float) -> list[str]:
    """Cells of one graph and peer weight."""

    def ends(size: int, step: float, weight: float = peers) -> Ends:
        return markets[size, step, graph, weight, PULL]

    def spread(size: int, step: float, weight: float = peers) -> Estimate:
        return divergence(ends(size, step, weight).shares[:, segment])

    quiet, shocks = ([spread(size, step) for size in SIZES] for step in STEPS)
    large = ends(LARGE, QUIET)
    return [
        graph,
        f"{peers:g}",
        *(ranged(estimate, size) for size, estimate in zip(SIZES, quiet, strict=True)),
        ranged(slope(SIZES, quiet), places=2),
        f"{LARGE * by_chance(large, segment):.1f}",
        share(large.shares[:, segment, 0].mean()),
        *(ranged(estimate) for estimate in (shocks[0], shocks[-1])),
        ranged(slope(SIZES, shocks), places=2),
        "" if peers == 0 else erring(difference(shocks[-1], spread(LARGE, SHOCKS, 0.0))),
    ]


def enterprise_table(markets: Mapping[Market, Ends]) -> str:
    """Enterprises: without pull, which is the same for all; then by graph and peer weight."""
    titles = (
        "pull",
        "graph",
        "J",
        *(f"F D_run, F = {size // 10:,}" for size in SIZES),
        "slope",
        *(f"spend, F = {size // 10:,}" for size in SIZES),
        "less pull 0",
        "D_seg",
        "less pull 0",
        f"shocks: accounts, F = {LARGE // 10:,}",
        "spend",
        "less pull 0",
    )
    rows = [enterprise_row(markets, GRAPHS[0], PEERS[0], 0.0)]
    rows += [enterprise_row(markets, *both, PULL) for both in product(GRAPHS, PEERS)]
    return markdown(titles, rows)


def enterprise_row(
    markets: Mapping[Market, Ends], graph: str, peers: float, pull: float
) -> list[str]:
    """Cells of one market; firms without pull are those of any graph and peer weight."""

    def ends(size: int, step: float) -> Ends:
        return markets[size, step, graph, peers, pull]

    def without_pull(step: float) -> Ends:
        return markets[LARGE, step, GRAPHS[0], PEERS[0], 0.0]

    def less(step: float) -> str:
        pair = [divergence(e.spend[:, ENTERPRISE]) for e in (ends(LARGE, step), without_pull(step))]
        return erring(difference(*pair))

    accounts = [divergence(ends(size, QUIET).shares[:, ENTERPRISE]) for size in SIZES]
    spend = [divergence(ends(size, QUIET).spend[:, ENTERPRISE]) for size in SIZES]
    shocked = ends(LARGE, SHOCKS)
    segments = between_segments(ends(LARGE, QUIET))
    unpulled = between_segments(ends(LARGE, QUIET), without_pull(QUIET))
    return [
        f"{pull:g}",
        graph if pull else "any",
        f"{peers:g}" if pull else "any",
        *(ranged(estimate, size // 10) for size, estimate in zip(SIZES, accounts, strict=True)),
        ranged(slope(SIZES, accounts), places=2),
        *map(ranged, spend),
        less(QUIET) if pull else "",
        trimmed(segments.value, 3) if pull else "",
        erring(difference(segments, unpulled)) if pull else "",
        ranged(divergence(shocked.shares[:, ENTERPRISE])),
        ranged(divergence(shocked.spend[:, ENTERPRISE])),
        less(SHOCKS) if pull else "",
    ]


def between_segments(people: Ends, firms: Ends | None = None) -> Estimate:
    """D_seg, the mean over seeds; with the firms of other runs of the same seeds."""
    vectors = people.spend.copy()
    vectors[:, ENTERPRISE] = (firms or people).spend[:, ENTERPRISE]
    return mean(jensen_shannon(vectors))
