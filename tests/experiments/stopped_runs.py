"""Small runs that are stopped after some months and go on, for tests of saved states and forks."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from experiments import interrupts
from experiments.cli import main
from experiments.interrupts import Stop

ROOT = Path(__file__).resolve().parents[2]
QUIET = ("--no-figures", "--quiet")


def place(folder: Path, name: str, months: int, war: int) -> None:
    """Write a small config with a war in some month, and its supply file, into a folder."""
    shutil.copy(ROOT / "configs" / "data" / "supply_recorded.csv", folder / "supply.csv")
    (folder / f"{name}.yaml").write_text(f"""\
schema_version: 1
name: {name}
months: {months}
supply: {{recorded: supply.csv}}
developers: {{count: 400}}
consumers: {{count: 300}}
enterprises: {{count: 60, innovation: 0.1}}
choice: {{product_step: 0.1}}
events: {{war: {{month: {war}, set: {{developers.price_weight: 2}}}}}}
initial:
  developers: {{adopted: 0.5, shares: {{OpenAI: 1.0}}}}
""")


def run(*words: str) -> int:
    """Run the small config into `out`."""
    return main(["run", "small.yaml", *QUIET, "--out", "out", *words])


def resume(*words: str, path: str = "out") -> int:
    """Go on with a run directory."""
    return main(["run", "--resume", path, *QUIET, *words])


def manifest(path: str = "out") -> dict[str, object]:
    """Entries of a manifest."""
    entries: dict[str, object] = json.loads((Path(path) / "manifest.json").read_text())
    return entries


def change_manifest(path: str = "out", **changes: object) -> None:
    """Overwrite entries of a manifest."""
    (Path(path) / "manifest.json").write_text(json.dumps(manifest(path) | changes))


@contextmanager
def stopping_after(months: int, number: int = signal.SIGINT) -> Iterator[None]:
    """Within it, this process gets a signal after some months."""
    with pytest.MonkeyPatch.context() as patch:
        left = iter(range(months, -1, -1))
        real = Stop.check

        def check(stop: Stop) -> None:
            if next(left, 0) == 1:
                os.kill(os.getpid(), number)
            real(stop)

        patch.setattr(interrupts.Stop, "check", check)
        yield


def stop_after(months: int, *words: str) -> int:
    """Run the small config, and interrupt it after some months."""
    with stopping_after(months):
        return run(*words)
