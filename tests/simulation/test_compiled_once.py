"""What happens to a market compiles no kernel again: a user waits seconds for each."""

import gc
import subprocess
import sys
from pathlib import Path


def forms() -> dict[str, set[object]]:
    """Forms of arguments in which each kernel of ours was called, by its name.

    One that only kernels call has none where their compiled code was on the disk.
    """
    from numba.core.dispatcher import Dispatcher

    kernels = [each for each in gc.get_objects() if isinstance(each, Dispatcher)]
    ours = [
        each for each in kernels if each.py_func.__module__.startswith(("agents", "simulation"))
    ]
    return {
        f"{each.py_func.__module__}.{each.py_func.__name__}": set(each.signatures) for each in ours
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
