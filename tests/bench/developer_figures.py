"""The developer step: the engine, plain Mesa, plain NumPy, and what memory allows."""

import gc
from collections.abc import Callable, Iterator
from functools import partial

from measuring import BEST_OF, Figure, cpu_time, figure, ratio, shown
from plain_mesa import PlainMarket
from plain_numpy import PlainDevelopers
from speed_limits import Step, bound, bytes_of, measured
from workloads import HAZARD, MILLION, PROVIDERS, awake, developer_market

from simulation import month as schedule
from simulation.market import Market

SMALL = (1_000, 10_000)
TEN_MILLION = 10 * MILLION
BEFORE = 3  # months that are not measured: compilation, and second providers to begin with
Timers = dict[str, Callable[[Market], float]]


def developer_figures() -> Iterator[Figure]:
    """Developer step, for each developer and month.

    Workload W1: a million developers on a ring with hubs of mean degree 10, 8 providers, 3 of them
    in a nest, 8 taste types, 15 % awake, flows and second providers on.
    """
    calm = Market(developer_market(MILLION))
    spent = times_of(calm, engine_only)["engine"]
    market = Market(developer_market(MILLION, *awake()))
    numpy = PlainDevelopers(market)
    times = times_of(market, lambda phase: engine_only(phase) | {"numpy": numpy_step(numpy)})
    moved = moved_share(market)
    yield figure("engine, W1", times["engine"], "ns", "30 ns, then 18", f"{moved:.1%} moved")
    note = f"{moved_share(calm):.1%} moved"
    yield figure("engine, the same at the default hazards", spent, "ns", note=note)
    yield figure("plain NumPy, W1", times["numpy"], "ns")
    yield ratio("plain NumPy over the engine, W1", times["numpy"], times["engine"])
    yield from limit_figures(min(times["engine"]), moved, market)
    for size in SMALL:
        yield from peer_figures(size, min(times["engine"]))


def peer_figures(size: int, at_a_million: float) -> Iterator[Figure]:
    """Mesa, NumPy and the engine at one size, from the same state in every month."""
    market = Market(developer_market(size, *awake()))
    numpy, mesa = PlainDevelopers(market), PlainMarket(market)
    times = times_of(
        market,
        lambda phase: {"mesa": mesa_step(mesa), "numpy": numpy_step(numpy)} | engine_only(phase),
    )
    for name, words in (("mesa", "plain Mesa"), ("numpy", "plain NumPy")):
        more = f"{shown(min(times[name]), 'ns')}; {min(times[name]) / at_a_million:,.0f} x W1"
        what = f"{words} over the engine, {size:,} developers"
        yield ratio(what, times[name], times["engine"], more)


def times_of(
    market: Market, timers: Callable[[Callable[[Market], None]], Timers]
) -> dict[str, list[float]]:
    """CPU time of each timer in phase 5 of some months, ns for each developer.

    timers : from the engine's phase to what is timed, by name; the engine comes last.
    """
    phase, size = schedule.migrate, len(market.developers)
    actions = timers(phase)
    taken: dict[str, list[float]] = {name: [] for name in actions}

    def in_turn(world: Market) -> None:
        gc.collect()
        for name, action in sorted(actions.items(), key=lambda item: item[0] == "engine"):
            taken[name].append(action(world) / size * 1e9)

    schedule.migrate = in_turn
    try:
        for _ in range(BEFORE + BEST_OF):
            market.step()
    finally:
        schedule.migrate = phase
    return {name: times[BEFORE:] for name, times in taken.items()}


def engine_only(phase: Callable[[Market], None]) -> Timers:
    """Timer of the engine's own phase."""
    return {"engine": lambda market: cpu_time(partial(phase, market))}


def numpy_step(plain: PlainDevelopers) -> Callable[[Market], float]:
    """Timer of the NumPy version, from the engine's state."""

    def take(market: Market) -> float:
        plain.copy_state(market)
        return cpu_time(partial(plain.step, market))

    return take


def mesa_step(twin: PlainMarket) -> Callable[[Market], float]:
    """Timer of the twin's month up to the bills, from the engine's state."""

    def choose() -> None:
        twin.open_month()
        twin.agents.do("decide")
        twin.agents.do("act")

    def take(market: Market) -> float:
        twin.copy_state(market)
        twin.month = market.month
        return cpu_time(choose)

    return take


def moved_share(market: Market) -> float:
    """Share of the developers who moved in the last month."""
    flows = [flow for flow in market.recorder.flows if flow.month == market.month - 1]
    return sum(int(flow.agents.sum()) for flow in flows) / len(market.developers)


def limit_figures(engine: float, moved: float, market: Market) -> Iterator[Figure]:
    """What memory allows, and how far the engine is from it."""
    rates = measured([MILLION, TEN_MILLION])
    degree = len(market.graphs["developers"].neighbours) / MILLION
    step = Step(MILLION, HAZARD, moved, degree, PROVIDERS)
    parts = bound(rates, step)
    least = sum(parts.values())
    note = ", ".join(f"{name} {value:.2f}" for name, value in parts.items())
    yield Figure("least time that memory allows, W1", shown(least, "ns"), note=note)
    yield Figure("engine over that bound", shown(engine / least, "x"))
    slow = [1.0 / value for value in rates.stream]
    fastest = shown(max(rates.stream), "GB/s")
    middle = figure("", slow, "").spread
    note = f"W1 moves {bytes_of(step):.0f} bytes for each developer"
    yield Figure("memory, streamed (triad with write-allocate)", fastest, "", middle, "", note)
    for size, runs in rates.gather.items():
        yield figure(f"independent read of a byte among {size:,}", runs, "ns")
    yield figure("independent read of a quantile among 65,536", rates.entry, "ns")
    yield figure("one keyed draw", rates.draw, "ns")
