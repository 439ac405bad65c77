"""What happens to a market compiles no kernel again: a user waits seconds for each."""

import gc
import subprocess
import sys
from pathlib import Path


def forms() -> dict[str, set[object]]:
    """Forms of arguments in which each kernel of ours was compiled, by its name."""
    from agents.compiled import Kernel

    kernels = [each for each in gc.get_objects() if isinstance(each, Kernel)]
    return {
        f"{each.__module__}.{each.__name__}": {
            (way, form) for way in ("borrowing", "usual") for form in getattr(each, way).signatures
        }
        for each in kernels
    }


def compiled_again() -> list[str]:
    """Kernels that a year without events has compiled, and that some event needs in other forms."""
    from test_events import EVERY, after, config_of, event

    after(config_of())
    peace = forms()
    for kind in EVERY:
        after(config_of(event(kind)))
    return sorted(
        name for name, known in forms().items() if peace.get(name) and known - peace[name]
    )


def test_no_event_compiles_a_kernel_again() -> None:
    """In a process of its own: what an earlier test has compiled would not be seen here."""
    done = subprocess.run(
        [sys.executable, "-c", "import test_compiled_once as t; print(t.compiled_again())"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[]\n", done.stdout + done.stderr
