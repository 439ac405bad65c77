"""How fast and how large: the engine, beside the plain Mesa twin on the same rule.

    python tests/bench/bench.py [developers] [month] [recorded] [networks] [memory] [start-up]

Times are CPU times of one thread, the best of five in one process, so that a busy machine disturbs
them little; ratios are of figures taken in turn.
"""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from plain_mesa import PlainMarket

from simulation import month as schedule
from simulation import network
from simulation.config import Config, load
from simulation.config_sections import PowerLawCluster, Ring, RingHubs, StochasticBlock
from simulation.market import Market, supply_of
from simulation.tables import tables_of

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
BEST_OF = 5
MILLION = 1_000_000
LARGE, SMALL = MILLION, (1_000, 10_000)
PROVIDERS, OPEN_PROVIDERS = 8, 3
SETTLED = 24  # months after which the recorded market has users, contracts and renewals
FAMILIES = (
    PowerLawCluster(),
    Ring(),
    RingHubs(degree=10, hub_links=2),
    StochasticBlock(industries=8),
)
# What a run needs above its imports, in MB: peaks of resident memory, read in a fresh process.
MEMORY = """
from pathlib import Path
from simulation import load, run
import simulation.market
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
before = peak()
run(load({config!r}, {sets!r}))
print(before / 1e6, peak() / 1e6)
"""


class Figure(NamedTuple):
    """One line of the table."""

    what: str
    value: str
    note: str = ""


def main(names: list[str]) -> int:
    """Measure the sections of these names, or all; returns the exit code."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.stderr.write(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}\n")
        return 2
    sys.stdout.write(f"{machine()}\n")
    for name in names or SECTIONS:
        sys.stdout.write(f"\n{SECTIONS[name].__doc__.splitlines()[0]}\n")
        for figure in SECTIONS[name]():
            sys.stdout.write(
                f"  {figure.what:<58}{figure.value:>14}  {figure.note}".rstrip() + "\n"
            )
            sys.stdout.flush()
    return 0


def machine() -> str:
    """The machine and the versions, on three lines."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "mesa"))
    load_average = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, "
        f"{platform.system()}, load {load_average}\n"
        f"Python {platform.python_version()}, {versions}\n"
        f"CPU time of one thread, best of {BEST_OF}"
    )


def cpu_time(action: Callable[[], object]) -> float:
    """Seconds of this thread's CPU time."""
    start = time.thread_time()
    action()
    return time.thread_time() - start


def best(action: Callable[[], object], times: int = BEST_OF) -> float:
    """Least CPU time of some runs, s."""
    return min(cpu_time(action) for _ in range(times))


def developer_market(developers: int, *sets: str) -> Config:
    """Workload W1: developers who all use one of eight providers, three of them in the nest."""
    offers = {
        f"P{place}": {
            "capability": 1 + 0.05 * place,
            "price": 4 + place,
            "open_weights": place < OPEN_PROVIDERS,
        }
        for place in range(PROVIDERS)
    }
    start = {"adopted": 1, "shares": dict.fromkeys(offers, 1 / PROVIDERS), "tenure": 6}
    nobody = {"family": "none"}
    source = {
        "schema_version": 1,
        "supply": {"offers": offers},
        "developers": {"count": developers},
        "consumers": {"count": 1},
        "enterprises": {"count": 1, "innovation": 0, "imitation": 0},
        "initial": {"developers": start},
        "networks": {
            "developers": {"family": "ring_hubs", "degree": 10, "hub_links": 2},
            "consumers": nobody,
            "enterprises": nobody,
        },
    }
    return load(source, sets)


def time_in_migrate(market: Market, months: int) -> list[float]:
    """CPU seconds that phase 5 takes in each of the next months."""
    phase, spent = schedule.migrate, []

    def timed(world: Market) -> None:
        spent.append(cpu_time(lambda: phase(world)))

    schedule.migrate = timed
    try:
        for _ in range(months):
            market.step()
    finally:
        schedule.migrate = phase
    return spent


def choose(twin: PlainMarket) -> None:
    """The twin's month up to the bills."""
    twin.open_month()
    twin.agents.do("decide")
    twin.agents.do("act")


def developer_figures() -> Iterator[Figure]:
    """Developer step, ns per developer and month.

    Workload W1: ring with hubs, mean degree 10, 8 providers, 3 in the nest, 8 taste types, flows.
    """
    awake = "developers.reconsideration_probability=0.15"
    engine = {}
    for label, sets in (("W1, hazard 0.15", [awake]), ("the same at the default hazards", [])):
        market = Market(developer_market(LARGE, *sets))
        engine[label] = min(time_in_migrate(market, BEST_OF + 1)[1:]) / LARGE * 1e9
        flows = [flow for flow in market.recorder.flows if flow.month == market.month - 1]
        moved = sum(int(flow.agents.sum()) for flow in flows) / LARGE
        yield Figure(
            f"engine, {LARGE:,} developers, {label}",
            f"{engine[label]:,.1f} ns",
            f"{moved:.1%} moved in the last month",
        )
    for size in SMALL:
        market = Market(developer_market(size, awake))
        twin = PlainMarket(market)
        market.step()  # compiled, if it was not
        spent, own = [], []
        for _ in range(BEST_OF):
            twin.copy_state(market)
            twin.month = market.month
            spent.append(cpu_time(partial(choose, twin)))
            own += time_in_migrate(market, 1)
        plain, fast = (min(times) / size * 1e9 for times in (spent, own))
        yield Figure(
            f"plain Mesa, {size:,} developers, W1, hazard 0.15",
            f"{plain:,.0f} ns",
            f"{plain / fast:,.0f} x the engine at this size, "
            f"{plain / engine['W1, hazard 0.15']:,.0f} x at {LARGE:,}",
        )


def month_figures() -> Iterator[Figure]:
    """Whole month of the recorded market, ms: developers, as many consumers, a tenth of firms."""
    for size in SMALL:
        market = Market(
            load(
                RECORDED,
                [
                    f"developers.count={size}",
                    f"consumers.count={size}",
                    f"enterprises.count={size // 10}",
                ],
            )
        )
        for _ in range(SETTLED):
            market.step()
        twin = PlainMarket(market)
        for month in range(SETTLED):
            twin.shelf.stock(month, twin.config.choice)
        spent, own = [], []
        for _ in range(BEST_OF):
            twin.copy_state(market)
            spent.append(cpu_time(twin.step))
            own.append(cpu_time(market.step))
        plain, fast = min(spent), min(own)
        yield Figure(
            f"{size:,} developers: engine",
            f"{fast * 1e3:,.2f} ms",
            f"{fast / size * 1e9:,.0f} ns per developer",
        )
        yield Figure(
            f"{size:,} developers: plain Mesa",
            f"{plain * 1e3:,.0f} ms",
            f"{plain / size * 1e9:,.0f} ns per developer, {plain / fast:,.0f} x the engine",
        )


def recorded_figures() -> Iterator[Figure]:
    """The recorded market, 36 months, warm; config parsing and figures not included."""
    config = load(RECORDED)

    def whole() -> Market:
        market = Market(config)
        while market.running:
            market.step()
        return market

    market = whole()
    total, building = best(whole), best(lambda: Market(config))
    reading = best(lambda: supply_of(config))
    tables = best(lambda: tables_of(market.recorder))
    yield Figure("build the market and run it", f"{(total - reading) * 1e3:.0f} ms", "networks too")
    yield Figure("  of which build", f"{(building - reading) * 1e3:.0f} ms")
    yield Figure("  of which months", f"{(total - building) * 1e3:.0f} ms", f"{config.months}")
    yield Figure("read the supply file", f"{reading * 1e3:.0f} ms", "not in the above")
    yield Figure("tables of the records", f"{tables * 1e3:.0f} ms", "not in the above")


def network_figures() -> Iterator[Figure]:
    """Networks, built straight to compressed rows."""
    for settings in FAMILIES:
        times = {}
        for size in (SMALL[-1], LARGE):
            graph = network.build(settings, size, 1, "developers")
            times[size] = best(partial(network.build, settings, size, 1, "developers"))
        degree = len(graph.neighbours) / LARGE
        yield Figure(
            f"{settings.family}, mean degree {degree:.1f}",
            f"{times[LARGE]:.2f} s",
            f"{LARGE:,} agents; {times[SMALL[-1]] * 1e3:.1f} ms for {SMALL[-1]:,}",
        )


def memory_figures() -> Iterator[Figure]:
    """Peak memory of a run above its imports, in a fresh process."""
    if not Path("/proc/self/status").exists():
        yield Figure("not measured: needs /proc", "-")
        return
    for label, sets in (
        ("recorded.yaml, 36 months", []),
        ("the same, 1,000,000 developers", [f"developers.count={LARGE}"]),
    ):
        code = MEMORY.format(config=str(RECORDED), sets=sets)
        command = [sys.executable, "-c", code]
        for _ in range(2):  # the first may have to compile
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        imports, peak = map(float, done.stdout.split())
        yield Figure(label, f"{peak - imports:.0f} MB", f"above {imports:.0f} MB for the imports")


def start_up_figures() -> Iterator[Figure]:
    """Start of the command, CPU time of the process."""
    command = Path(sys.executable).with_name("shareshift")
    for words in (["--help"], ["--no-such-option"], ["check", str(RECORDED)]):
        spent = []
        for _ in range(BEST_OF):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([command, *words], cwd=ROOT, check=False, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        shown = " ".join(Path(word).name for word in words)
        yield Figure(f"shareshift {shown}", f"{min(spent):.2f} s")


SECTIONS: dict[str, Callable[[], Iterator[Figure]]] = {
    "developers": developer_figures,
    "month": month_figures,
    "recorded": recorded_figures,
    "networks": network_figures,
    "memory": memory_figures,
    "start-up": start_up_figures,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
