"""What a user waits for and what the machine must hold: fresh processes."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring import BEST_OF, Figure, figure, process_time, python
from workloads import MILLION, RECORDED

SLOW = 3  # runs of what takes seconds
# Peaks of resident memory before and after, in MB.
MEMORY = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from workloads import BASELINE, RECORDED, awake, developer_market
from simulation import load, run
import simulation.market
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
before = peak()
run({config})
print(before / 1e6, peak() / 1e6)
"""
# Resident memory after so many runs, one after the other in one process, in MB.
FEW, MANY = 30, 130
RUNS_IN_A_ROW = """
import os, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from workloads import BASELINE
from simulation import load, run
config = load(BASELINE, ["months=12"])
for number in range(1, {many} + 1):
    run(config)
    if number in ({few}, {many}):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        print(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
"""
MARKETS = {
    "recorded.yaml, 36 months": ("load(RECORDED)", "150 MB"),
    "baseline.yaml, 120 months": ("load(BASELINE)", "150 MB"),
    "recorded.yaml, 1,000,000 developers": (f"load(RECORDED, ['developers.count={MILLION}'])", ""),
    "W1, 12 months": (f"developer_market({MILLION}, 'months=12', *awake())", ""),
}


def memory_figures() -> Iterator[Figure]:
    """Peak memory of a run with network and records, above its imports; growth from run to run."""
    if not Path("/proc/self/status").exists():
        yield Figure("not measured: needs /proc", "-")
        return
    folder = str(Path(__file__).parent)
    for label, (config, target) in MARKETS.items():
        code = MEMORY.format(folder=folder, config=config)
        python(code)  # may have to compile
        peaks = [tuple(map(float, python(code).split())) for _ in range(SLOW)]
        above = [peak - imports for imports, peak in peaks]
        note = f"above {peaks[0][0]:.0f} MB for the imports"
        yield figure(label, above, "MB", target, note)
    code = RUNS_IN_A_ROW.format(folder=folder, few=FEW, many=MANY)
    before, after = map(float, python(code).split())
    label = f"growth over {MANY - FEW} more runs of 12 months of baseline.yaml in one process"
    note = f"{before:.0f} MB after {FEW}"
    yield figure(label, [after - before], "MB", "5 MB", note)


def start_up_figures() -> Iterator[Figure]:
    """Commands in fresh processes, CPU time with their imports."""
    command = Path(sys.executable).with_name("shareshift")
    quick = "0.15 s"
    for words, target in (
        (["--help"], quick),
        (["--version"], quick),
        (["--no-such-option"], quick),
        (["check", RECORDED], ""),
    ):
        shown_words = " ".join(Path(word).name for word in words)
        runs = [process_time([command, *words]) for _ in range(BEST_OF)]
        yield figure(f"shareshift {shown_words}", runs, "s", target)
    equations = [sys.executable, "-c", "import agents.equations.choice"]
    yield figure("import agents.equations.choice", [process_time(equations) for _ in range(5)], "s")
    yield from run_figures(command)
    yield figure("shareshift verify", [process_time([command, "verify"])], "s", "90 s", "once")


def run_figures(command: Path) -> Iterator[Figure]:
    """`run` to its printed table: warm, with figures and report, and with nothing compiled."""
    with tempfile.TemporaryDirectory() as folder:
        run = [command, "run", RECORDED, "--force", "--quiet", "--out", Path(folder) / "out"]
        plain = [*run, "--no-figures"]
        warm = [process_time(plain) for _ in range(SLOW)]
        yield figure("shareshift run, to its printed table", warm, "s", "7 s", "no figures")
        drawn = [process_time(run) for _ in range(SLOW)]
        yield figure("the same with figures and report", drawn, "s", "14 s")
        cold = [
            process_time(run, XDG_CACHE_HOME=str(Path(folder) / f"cache-{place}"))
            for place in range(SLOW)
        ]
        yield figure("the same with nothing compiled", cold, "s", "25 s")
