"""Finished runs that lie near, and can be shown beside what is watched."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.watch.scene import Scene

RUNS = Path("runs")
MOST_RUNS = 40


def runs_near(scene: "Scene") -> dict[str, Path]:
    """Finished runs of one market by name: those beside a stored run, and those in `runs`."""
    beside = {RUNS} if scene.origin is None else {scene.origin.path.resolve().parent, RUNS}
    found = {}
    for folder in beside:
        for manifest in sorted(folder.glob("*/manifest.json")):
            if is_finished(manifest):
                found[manifest.parent.name] = manifest.parent
    if scene.origin is not None:
        found.pop(scene.origin.path.resolve().name, None)
    return dict(sorted(found.items())[:MOST_RUNS])


def is_finished(manifest: Path) -> bool:
    """Whether a manifest is that of a finished run."""
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    whole = isinstance(told, dict)
    return whole and told.get("status") == "finished" and told.get("kind") == "run"
