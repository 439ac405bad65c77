"""Whether a file is a sweep file or a config, from the keys at its left margin."""

import re
from pathlib import Path

from simulation.yaml_text import MOST_BYTES

SWEEP_KEYS = re.compile(rb"^[\"']?(base|factors|design|outcomes)[\"']?[ \t]*:", re.MULTILINE)


def is_sweep(path: Path) -> bool:
    """Whether a file says what only sweep files say; a file that cannot be read does not."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES)
    except (OSError, ValueError):
        return False
    return SWEEP_KEYS.search(raw) is not None
