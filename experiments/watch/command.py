"""`shareshift watch CONFIG`: a page in the browser on which the market moves."""

import argparse
from pathlib import Path

from experiments.cli import DONE
from experiments.failures import show
from experiments.interrupts import Interrupted
from experiments.whole_files import StoreError


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
    from experiments.watch.scene import Scene, scene_of
    from experiments.watch.server import listening, server_of

    source = Path(arguments.source)
    scene: Scene
    if source.is_dir():
        from experiments.watch.replay import stored

        scene = stored(source, arguments)
    else:
        sets = [*arguments.sets]
        sets += [f"seed={arguments.seed}"] if arguments.seed is not None else []
        scene = scene_of(source, tuple(sets))
    listener = listening(arguments.port)
    server, address = server_of(scene, listener)
    show(f"watching {scene.name} on {address}\nCtrl-C ends it")
    if not arguments.no_browser:
        open_browser(address)
    server.run(sockets=[listener])
    if server.number:
        raise Interrupted(server.number)
    return DONE


def open_browser(address: str) -> None:
    """Open the page, without waiting for the browser."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
