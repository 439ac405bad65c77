"""`shareshift export RUN_DIR`: a finished run as a file to send: replay, animation, film."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import DONE, UsageError
from experiments.failures import show
from experiments.interrupts import Stop
from experiments.progress import Progress
from experiments.whole_files import StoreError, write_whole

if TYPE_CHECKING:
    from experiments.watch.session import Session

KINDS = ("html", "gif", "mp4")
MEGABYTE = 1e6


def export(arguments: argparse.Namespace) -> int:
    """Write what is asked for of a finished run; returns the exit code."""
    source = Path(arguments.source)
    wanted = {kind: Path(getattr(arguments, kind)) for kind in KINDS if getattr(arguments, kind)}
    refuse(source, wanted, arguments.force)
    with Stop() as stop:
        session = seen(source, stop, arguments.quiet)
        for kind, path in wanted.items():
            content = made(kind, session, arguments, stop.check)
            stop.check()
            write_whole(path, content)
            show(f"{kind}: {path} ({len(content) / MEGABYTE:.1f} MB)")
    return DONE


def refuse(source: Path, wanted: dict[str, Path], force: bool) -> None:
    """Refuse, before anything is simulated, what could not be written in the end.

    Raises
    ------
    UsageError, StoreError
    """
    if not wanted:
        raise UsageError("nothing to export: name --html FILE, --gif FILE or --mp4 FILE")
    if len(set(wanted.values())) < len(wanted):
        raise UsageError("each kind needs a file of its own")
    if source.is_file():
        raise UsageError(f"{source}: is no run directory; run it first: shareshift run {source}")
    if not source.is_dir():
        raise StoreError(f"{source}: no such run directory")
    for path in wanted.values():
        if path.is_dir():
            raise UsageError(f"{path}: is a folder; name a file in it")
        if path.exists() and not force:
            raise StoreError(f"{path}: is there already; name another file, or add --force")
        if not path.parent.is_dir():
            raise StoreError(f"{path.parent}: no such folder; make it, or name another one")
    if "mp4" in wanted:
        from experiments.watch.movie import encoder

        encoder()


def seen(source: Path, stop: Stop, quiet: bool) -> "Session":
    """A session that has seen the run to its end, and found it to be the stored one.

    Raises
    ------
    StoreError, UsageError, ConfigError, Interrupted
    """
    from experiments.watch.replay import scene_of_run
    from experiments.watch.session import Session
    from experiments.watch.side import Side

    class Told(Side):
        """A market that says how far it is, and stops where it is told to."""

        def step(self) -> None:
            """One month, unless a signal came."""
            stop.check()
            super().step()
            progress.advance()

    scene = scene_of_run(source)
    with Progress(scene.name, scene.config.months, quiet=quiet) as progress:
        session = Session(scene, lambda: None)
        session.sides = [Told(scene, session.lock)]
        session.open()
    return session


def made(
    kind: str, session: "Session", arguments: argparse.Namespace, look: Callable[[], None]
) -> bytes:
    """Content of a file of a kind; `look` is called now and then, and may raise."""
    if kind == "html":
        from experiments.watch.archive import archive
        from experiments.watch.offline import offline_page

        return offline_page(archive(session, look), f"{session.scene.name} · Shareshift")
    from experiments.watch.animation import Animation
    from experiments.watch.movie import gif, mp4

    animation = Animation(session.side)
    if kind == "gif":
        return gif(animation, arguments.speed, look)
    return mp4(animation, arguments.speed, look)
