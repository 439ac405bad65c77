"""`shareshift watch CONFIG`: a page in the browser on which the market moves."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import DONE
from experiments.failures import show
from experiments.interrupts import Interrupted
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from experiments.watch.scene import Scene


def watch(arguments: argparse.Namespace) -> int:
    """Serve the page of a config or of a finished run until a signal; returns the exit code."""
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ImportError as missing:
        raise StoreError(
            f"watching needs the package {missing.name}: pip install 'shareshift[watch]'"
        ) from None
    from experiments.watch.server import listening, server_of

    scene = asked_for(arguments.source, arguments)
    if arguments.against is not None:
        scene = scene._replace(against=asked_for(arguments.against, arguments))
    listener = listening(arguments.port)
    server, address = server_of(scene, listener)
    both = f"{scene.name} and {scene.against.name}" if scene.against else scene.name
    show(f"watching {both} on {address}\nCtrl-C ends it")
    if not arguments.no_browser:
        open_browser(address)
    server.run(sockets=[listener])
    if server.number:
        raise Interrupted(server.number)
    return DONE


def asked_for(text: str, arguments: argparse.Namespace) -> "Scene":
    """The scene of a config or of a run directory."""
    from experiments.watch.scene import scene_of

    source = Path(text)
    if source.is_dir():
        from experiments.watch.replay import stored

        return stored(source, arguments)
    sets = [*arguments.sets]
    sets += [f"seed={arguments.seed}"] if arguments.seed is not None else []
    return scene_of(source, tuple(sets))


def open_browser(address: str) -> None:
    """Open the page, without waiting for the browser."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
