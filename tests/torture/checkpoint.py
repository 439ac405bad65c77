"""What the rows on saved states share: markets with everything on, faults, and what must be equal.

Runs are stopped at every month, killed at any instant, and what they saved is damaged.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

from small_runs import finished

from experiments.cli import main as shareshift
from simulation.checkpoint import CheckpointError, read, restore, save
from simulation.columns import TABLES
from simulation.config import Config, load
from simulation.market import Market

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
COUNTS = ("developers.count=300", "consumers.count=200", "enterprises.count=80")
# Everything at work: shocks, a nest, tenders that wait, second sources, fees, news every month.
BUSY = (
    *COUNTS,
    "seed=7",
    "choice.product_step=0.1",
    "developers.peer_weight=3",
    "developers.reconsideration_base=0.2",
    "developers.leaving_hazard=0.02",
    "developers.second_share=0.4",
    "consumers.ad_revenue=0.4",
    "enterprises.innovation=0.05",
    "enterprises.dual_share=0.6",
    "enterprises.pull_minimum=4",
    "enterprises.regulated_share=0.5",
    "events.war={month: 5, set: {developers.price_weight: 1.5, enterprises.discount: 0.3}}",
    "events.peace={month: 11, set: {developers.price_weight: 0.5, choice.product_step: 0.2}}",
    "initial.developers={adopted: 0.4, shares: {OpenAI: 1.0}, tenure: 7}",
    "initial.enterprises={adopted: 0.2, shares: {OpenAI: 1.0}, tenure: 3}",
)
OFFERS = (
    "supply={offers: {A: {capability: 1.0, runway: 5}, B: {capability: 1.2, price: 30}, "
    "C: {capability: 0.8, open_weights: true, reliability: 0.9}, OPEN: {capability: 0.8}}}"
)
VARIANTS = {
    path.stem: (path, BUSY) for path in sorted((ROOT / "configs" / "variants").glob("*.yaml"))
}
CONFIGS: dict[str, tuple[Path, tuple[str, ...]]] = {
    "recorded": (RECORDED, BUSY),
    "other_seed": (RECORDED, (*BUSY, "seed=8", "start=2023-06", "months=24")),
    "log_peers": (RECORDED, (*BUSY, "developers.peer_form=log", "choice.nest_dissimilarity=0.4")),
    "market_adoption": (
        RECORDED,
        (*BUSY, *(f"{name}.adoption_reference=market" for name in ("developers", "enterprises"))),
    ),
    "frozen": (
        RECORDED,
        (*BUSY, "freeze={developers.tenure: 3, enterprises.tenure: 9, supply.price: 4.0}"),
    ),
    "short_contracts": (
        RECORDED,
        (*BUSY, "enterprises.pay_as_you_go=0.9", "enterprises.terms={1: 0.5, 2: 0.5}"),
    ),
    "excluded": (RECORDED, (*BUSY, "supply.exclude=[Meta]", "months=30")),
    "hubs": (RECORDED, (*BUSY, "networks.developers={family: ring_hubs}")),
    "blocks": (
        RECORDED,
        (
            *BUSY,
            "networks.developers={family: complete, blocks: 3}",
            "networks.consumers={family: none}",
            "developers.arrival=one_per_month",
            "networks.enterprises={family: power_law_cluster}",
        ),
    ),
    "deciding": (
        ROOT / "configs" / "baseline.yaml",
        (
            *COUNTS,
            "months=30",
            "compute.contract_lead=0",
            "compute.sublet=0.4",
            "finance.debt_limit=2",
            "planning.imitation=0.9",
            "research.refocus=0.3",
            "consumers.ad_revenue=1",
            "consumers.advertisers=[OpenAI]",
            "providers.OpenAI.cash=300",  # it fails within the run
            "finance.rounds=null",
            "events.scarce={month: 4, supply_shock: {factor: 0.4, months: 5}}",
            "events.cut={month: 6, set: {providers.Google.parent_flow: 0}}",
            "events.harm={month: 8, incident: {provider: Google}}",
            "events.gift={month: 9, mega_round: {provider: Anthropic, amount: 900, "
            "investor: Microsoft}}",
        ),
    ),
    **VARIANTS,
    "offers": (
        ROOT / "configs" / "verification" / "v20_market.yaml",
        (
            *COUNTS,
            OFFERS,
            "choice.product_step=0.2",
            "events.war={month: 3, set: {developers.price_weight: 2}}",
        ),
    ),
}


def config_of(name: str, *sets: str) -> Config:
    """One of the small configs."""
    source, own = CONFIGS[name]
    return load(source, [*own, *sets])


# --- Stop at every month -------------------------------------------------------------------------


def values(content: bytes) -> Any:
    """What a checkpoint says, in a form that can be compared: arrays as type, shape and bytes.

    Which arrays share memory is left out: it may differ where nobody writes into them.
    """
    found = read(content)

    def plain(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {key: plain(part) for key, part in tree.items()}
        if not isinstance(tree, list):
            return repr(tree)
        if tree and tree[0] in ("array", "number"):
            array = found.arrays[tree[1]]
            return tree[0], array.dtype.str, array.shape, array.tobytes()
        return [plain(part) for part in tree]

    return plain(found.tree)


def states_of(config: Config) -> list[bytes]:
    """State before the first month and after each month of a run that nobody stops."""
    market = Market(config)
    states = [save(market, "run")]
    while market.running:
        market.step()
        states.append(save(market, "run"))
    return states


def tables(market: Market) -> dict[str, bytes]:
    """Bytes of every table of a market."""
    return {name: market.records.parquet(name) for name in TABLES}


def differing_months(config: Config, states: list[bytes]) -> list[int]:
    """Months after which a run that stops there and goes on is in another state a month later.

    If there are none, a run may be stopped at any number of months and ends in the same state.
    """
    found = []
    for month, before in enumerate(states[:-1]):
        market = restore(before, config, "run")
        market.step()
        if values(save(market, "run")) != values(states[month + 1]):
            found.append(month)
    return found


def stopped_everywhere(config: Config) -> Market:
    """The market at the end of a run that is stopped, saved and restored after every month."""
    market = Market(config)
    while market.running:
        market.step()
        market = restore(save(market, "run"), config, "run")
    return market


def stop_at_every_month(names: list[str]) -> tuple[int, int]:
    """Months at which runs were stopped, and stops after which anything differed."""
    months = wrong = 0
    for name in names:
        config = config_of(name)
        states = states_of(config)
        months += len(states) - 1
        wrong += len(differing_months(config, states))
        straight = restore(states[-1], config, "run")
        wrong += tables(straight) != tables(stopped_everywhere(config))
    return months, wrong


# --- Damage --------------------------------------------------------------------------------------


def damaged(content: bytes, luck: random.Random) -> bytes:
    """A copy with one random fault: a bit flipped, bytes cut off, zeroed, lost, or added."""
    kind = luck.choice(("flip", "cut", "zero", "lose", "add"))
    place = luck.randrange(len(content)) if luck.random() < 0.7 else luck.randrange(80)
    length = luck.choice((1, 8, 512))
    if kind == "flip":
        flipped = content[place] ^ (1 << luck.randrange(8))
        return content[:place] + bytes([flipped]) + content[place + 1 :]
    if kind == "cut":
        return content[:place]
    if kind == "zero":
        zeroed = bytes(len(content[place : place + length]))
        return content[:place] + zeroed + content[place + length :]
    if kind == "lose":
        return content[:place] + content[place + length :]
    return content[:place] + luck.randbytes(length) + content[place:]


def unnoticed(content: bytes, count: int, luck: random.Random) -> int:
    """How many of `count` damaged copies are read as if they were whole."""
    missed = 0
    for _ in range(count):
        copy = damaged(content, luck)
        if copy != content:
            try:
                read(copy)
                missed += 1
            except CheckpointError:
                continue
    return missed


# --- Kills and signals ---------------------------------------------------------------------------

KILLED = """\
schema_version: 1
name: killed
extends: configs/recorded.yaml
seed: 3
months: 36
developers: {count: 3000}
consumers: {count: 1000}
enterprises: {count: 300}
choice: {product_step: 0.1}
events: {war: {month: 9, set: {developers.price_weight: 1.5}}}
"""
RUN = (sys.executable, "-m", "experiments.cli", "run", "killed.yaml", "--no-figures", "--quiet")


def quietly(*words: str) -> int:
    """Run the command in this process and throw away what it says."""
    from contextlib import redirect_stderr, redirect_stdout

    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return shareshift([*words, "--no-figures", "--quiet"])


def result(path: str) -> dict[str, bytes]:
    """Config and tables of a run directory."""
    return {
        file.name: file.read_bytes()
        for file in sorted(Path(path).iterdir())
        if file.suffix in (".parquet", ".yaml")
    }


def started(*words: str) -> "subprocess.Popen[bytes]":
    """A real run in a process group of its own, which has begun its run directory."""
    process = subprocess.Popen(
        [*RUN, *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    out = Path(words[words.index("--out") + 1]) / "config.yaml"
    while not out.exists() and process.poll() is None:
        time.sleep(0.002)
    return process


def ended(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Exit code and last line of a process; nothing of its group may be left."""
    _, told = process.communicate()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        lines = told.decode().splitlines()
        return process.returncode, lines[-1] if lines else ""
    raise AssertionError("a process of the run is still there")


def wait(process: "subprocess.Popen[bytes]", out: str, luck: random.Random) -> None:
    """Wait for a random instant: while the market is built, in any month, while tables are written.

    The start of a run takes far longer than its months, so that an instant is that after a month.
    """
    month = luck.randrange(37)
    state = Path(out) / "checkpoints" / f"month-{min(month, 35):03d}.state"
    while month and not state.exists() and process.poll() is None:
        time.sleep(0.0005)
    time.sleep(luck.random() * (2.0 if month == 0 else 0.3 if month == 36 else 0.05))


def faults(count: int, luck: random.Random, fault: Callable[[Any], bool]) -> tuple[int, int]:
    """Runs hit by a fault at a random instant, and those that did not end with the same bytes.

    fault(process) : does harm; whether the run is unfinished because of it.  Runs that were over
    before are not counted.
    """
    assert quietly("run", "killed.yaml", "--out", "whole") == 0
    whole = result("whole")
    hit = wrong = number = 0
    while hit < count and number < 3 * count:
        number += 1
        out = f"out-{number}"
        process = started("--out", out, "--checkpoint-every", "1")
        wait(process, out, luck)
        if fault(process):
            hit += 1
            wrong += quietly("run", "--resume", out) != 0 or result(out) != whole
    return hit, wrong


def is_over(process: Any) -> bool:
    """Whether the run of a process has finished, so that there is nothing to go on with."""
    return finished(Path(process.args[process.args.index("--out") + 1]))


def kill(process: Any) -> bool:
    """`kill -9`."""
    process.kill()
    return ended(process)[0] == -signal.SIGKILL and not is_over(process)


def ask_to_stop(number: int, times: int) -> Callable[[Any], bool]:
    """Make a fault that sends a signal once or twice; the run must say the right things."""

    def fault(process: Any) -> bool:
        for _ in range(times):
            if process.poll() is None:
                process.send_signal(number)
        code, last = ended(process)
        # A signal that comes when the run is over ends a process that is about to end.
        if code == 0 or is_over(process):
            return False
        saved = code == 128 + number and "go on with: shareshift run --resume" in last
        if not (saved or (times == 2 and code == -number)):
            raise AssertionError(f"signal {number} sent {times} times: code {code}, {last!r}")
        return True

    return fault


def hit_elsewhere(
    count: int, luck: random.Random, fault: Callable[[Any], bool], source: str = "recorded"
) -> list[str]:
    """`faults` in a folder of its own: one line if any was not survived, or too few runs hit.

    source : shipped config whose runs are hit.
    """
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("killed.yaml").write_text(KILLED.replace("recorded", source))
        Path("configs").symlink_to(ROOT / "configs")
        hit, wrong = faults(count, luck, fault)
    found = [f"{wrong} of {hit} runs did not end with the same bytes"] if wrong else []
    return found + ([f"only {hit} of {count} runs were hit"] if hit < count else [])
