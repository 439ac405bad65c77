"""The states that a run saves on its way: written whole, the last two kept, damage passed over."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store import CHECKPOINTS, FINISHED, RunDirectory, is_member, read_manifest
from experiments.streams import tell
from experiments.whole_files import StoreError, remove

if TYPE_CHECKING:
    from experiments.run import Plan
    from simulation.config import Config
    from simulation.market import Market

KEPT = 2
NAME = re.compile(r"month-([0-9]{3})\.state")


class Keeper:
    """Saves the state of one run: after every `every` months, and where the run ends early.

    directory, plan : of the run.  every : months; None for never.
    look : called after each month, before a state is saved; it may raise to stop the run.
    """

    def __init__(
        self,
        directory: RunDirectory,
        plan: "Plan",
        every: int | None,
        look: "Callable[[Market], None] | None" = None,
    ) -> None:
        self.directory, self.plan, self.every, self.look = directory, plan, every, look
        self.month = 0

    def after_month(self, market: "Market") -> None:
        """Save the state if it is time to."""
        if self.look is not None:
            self.look(market)
        if self.every and market.running and market.month % self.every == 0:
            self.save(market)

    def save(self, market: "Market") -> None:
        """Save the state after the month, and forget all but the last two.

        States of later months were found damaged when the run went on from an earlier one.
        """
        self.write(f"month-{market.month:03d}.state", market)
        self.month = market.month
        states = saved(self.directory.path)
        later = [file for month, file in states if month > market.month]
        for file in later + [file for _, file in states[len(later) + KEPT :]]:
            remove(file)

    def save_broken(self, market: "Market") -> None:
        """Save the state within a month that broke, to look at; no run goes on from it."""
        name = f"broken-{market.month:03d}.state"
        try:
            self.write(name, market)
        except StoreError as failure:
            tell(str(failure))
            return
        tell(f"{self.directory.path / CHECKPOINTS / name}: the state in which it broke")

    def write(self, name: str, market: "Market") -> None:
        """Write a state to a file of the folder."""
        from simulation.checkpoint import save

        self.directory.write(f"{CHECKPOINTS}/{name}", save(market, self.plan.identity))

    def leave(self, market: "Market") -> str:
        """Save the state of a run that is stopped; returns how far it is, and how to go on."""
        path, done = self.directory.path, f"after {market.month} of {market.origin.months} months"
        if self.month != market.month:
            try:
                self.save(market)
            except StoreError as failure:
                return f"{done}, which could not be saved ({failure}); {how_to_go_on(path)}"
        return f"{done}; {how_to_go_on(path)}"


def how_to_go_on(path: Path) -> str:
    """The command that goes on with an unfinished run."""
    return f"go on with: shareshift run --resume {shlex.quote(str(path))}"


def saved(path: Path) -> list[tuple[int, Path]]:
    """Months done and file of each state that a run directory keeps, the newest first."""
    folder = path / CHECKPOINTS
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = ((NAME.fullmatch(file.name), file) for file in folder.iterdir())
    return sorted(((int(name[1]), file) for name, file in found if name), reverse=True)


def refuse_saved(directory: RunDirectory, keep: tuple[str, ...] = ()) -> None:
    """Refuse to start a run anew over one that can go on, unless that is asked for.

    The seeds of a study are such runs too, but for those named in `keep`.

    Raises
    ------
    StoreError
    """
    members = filter(is_member, directory.outputs())
    for path in (directory.path, *(path for path in members if path.name not in keep)):
        states, status = saved(path), (read_manifest(path) or {}).get("status")
        if states and status != FINISHED and not directory.force:
            raise StoreError(
                f"{path}: holds an unfinished run, saved after {states[0][0]} months; "
                f"{how_to_go_on(path)} (--force starts it again)"
            )


def newest(
    path: Path, identity: str, config: "Config", threads: int, last: int | None = None
) -> "Market | None":
    """The market in the newest whole state of a run directory, or None where there is none.

    Parameters
    ----------
    path, identity : of the run that saved it
    config : to go on with
    threads : for the market
    last : month after which no state is taken; None for any
    """
    from simulation.checkpoint import CheckpointError, restore

    for month, file in saved(path):
        if last is not None and month > last:
            continue
        try:
            return restore(file.read_bytes(), config, identity, threads)
        except OSError as failure:
            tell(f"{file}: {(failure.strerror or str(failure)).lower()}; passed over")
        except CheckpointError as damage:
            tell(f"{file}: {damage}; passed over")
    return None
