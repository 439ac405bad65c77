"""Whole months, whole runs and networks."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from unittest.mock import patch

from measuring import Figure, cpu_time, figure, in_turn, ratio, shown, timed
from plain_mesa import PlainMarket
from workloads import BASELINE, MILLION, RECORDED, recorded_market

from simulation import month as schedule
from simulation import network
from simulation.config import Config, load
from simulation.config_sections import PowerLawCluster, Ring, RingHubs, StochasticBlock
from simulation.market import POPULATIONS, Market, supply_of
from simulation.tables import tables_of

PHASES = schedule.month.__code__.co_names  # in their order
TURNS = 7  # of the market whose providers decide
SMALL = (1_000, 10_000)
SETTLED = 24  # months after which the recorded market has users, contracts and renewals
FAMILIES = (
    PowerLawCluster(),
    Ring(),
    RingHubs(degree=10, hub_links=2),
    StochasticBlock(industries=8),
)


def whole_run(config: Config) -> Market:
    """Run a market to its end."""
    market = Market(config)
    while market.running:
        market.step()
    return market


def phase_times(config: Config) -> list[float]:
    """CPU time of each phase in one run, s; looking at the clock is counted too."""
    spent = dict.fromkeys(PHASES, 0.0)

    def timed_phase(name: str, phase: Callable[[Market], None]) -> Callable[[Market], None]:
        def run(market: Market) -> None:
            spent[name] += cpu_time(partial(phase, market))

        return run

    timed_phases = {name: timed_phase(name, getattr(schedule, name)) for name in PHASES}
    with patch.multiple(schedule, **timed_phases):
        whole_run(config)
    return list(spent.values())


def baseline_figures() -> Iterator[Figure]:
    """120 months of baseline.yaml, all phases, warm, network included; then where the time goes."""
    config = load(BASELINE)
    whole_run(config)
    actions = (partial(whole_run, config), partial(Market, config))
    total, building = in_turn([partial(cpu_time, action) for action in actions], TURNS)
    phases = zip(*(phase_times(config) for _ in range(TURNS)), strict=True)
    yield figure("run with network and records, parsing left out", total, "s", "0.15 s")
    rows = {"the market before its first month": building, **dict(zip(PHASES, phases, strict=True))}
    for name, runs in rows.items():
        label = f"- {name.replace('_', ' ')}"
        yield figure(label, [1e3 * run for run in runs], "ms", note=share_of(runs, total))


def share_of(part: Sequence[float], whole: Sequence[float]) -> str:
    """The best of the one over the best of the other."""
    return f"{min(part) / min(whole):.0%}"


def recorded_figures() -> Iterator[Figure]:
    """The recorded market, 36 months, 10,000 developers, warm; all of it, then its parts."""
    config = load(RECORDED)
    networks = config.networks
    whole = partial(whole_run, config)

    def knit() -> None:
        for name in POPULATIONS:
            count = getattr(config, name).count
            network.build(getattr(networks, name), count, config.seed, name)

    market = whole()
    actions = (
        whole,
        lambda: Market(config),
        knit,
        lambda: supply_of(config),
        lambda: tables_of(market.recorder),
        lambda: load(RECORDED),
    )
    total, building, knitting, reading, tables, parsing = in_turn(
        [partial(cpu_time, action) for action in actions]
    )

    def without(longer: list[float], *shorter: list[float]) -> list[float]:
        """Milliseconds of the one less the best of the others."""
        return [1e3 * (run - sum(map(min, shorter))) for run in longer]

    months = without(total, building)
    yield figure("run with its networks, parsing left out", without(total, reading), "ms", "100 ms")
    yield figure("- networks", without(knitting), "ms")
    yield figure("- the rest of the market", without(building, reading, knitting), "ms")
    each = f"{min(months) / config.months:.2f} ms each"
    yield figure(f"- {config.months} months", months, "ms", note=each)
    yield figure("tables of the records", without(tables), "ms", note="not in the run")
    yield figure("reading the supply file", without(reading), "ms", note="not in the run")
    yield figure("reading the config", without(parsing), "ms", note="not in the run")


def month_figures() -> Iterator[Figure]:
    """One month of the recorded market: as many consumers as developers, a tenth of firms."""
    for size in SMALL:
        market = Market(recorded_market(size))
        for _ in range(SETTLED):
            market.step()
        twin = PlainMarket(market)
        for month in range(SETTLED):
            twin.shelf.stock(month, twin.config.choice)

        def plain(twin: PlainMarket = twin, market: Market = market) -> float:
            twin.copy_state(market)
            return cpu_time(twin.step)

        mesa, engine = in_turn([plain, partial(cpu_time, market.step)])
        yield figure(f"engine, {size:,} developers", [1e3 * run for run in engine], "ms")
        note = shown(1e3 * min(mesa), "ms")
        yield ratio(f"plain Mesa over the engine, {size:,} developers", mesa, engine, note)


def network_figures() -> Iterator[Figure]:
    """Networks, built straight to compressed rows."""
    for settings in FAMILIES:
        build = partial(network.build, settings, MILLION, 1, "developers")
        graph = build()
        small = timed(partial(network.build, settings, SMALL[-1], 1, "developers"))
        degree = len(graph.neighbours) / MILLION
        note = f"{shown(1e3 * min(small), 'ms')} for {SMALL[-1]:,}"
        what = f"{settings.family}, mean degree {degree:.1f}, {MILLION:,} agents"
        yield figure(what, timed(build), "s", note=note)
