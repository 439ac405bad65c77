"""What the command says about an exception, and the exit code it ends with."""

import contextlib
import os
import signal
import sys
import tempfile
import traceback

from experiments.cli import BUG, ENVIRONMENT, USAGE
from experiments.interrupts import Interrupted
from experiments.streams import silence
from experiments.whole_files import StoreError

USERS_ERRORS = (("simulation.config", "ConfigError"), ("simulation.csv_table", "TableError"))


def explain(failure: Exception) -> tuple[str, int]:
    """Message and exit code of a failure; a bug's traceback goes to a file.

    The errors of configs and input files are looked up only among what is already imported: a
    failure that came before they were loaded cannot be one.
    """
    stopped = interruption(failure)
    if stopped is not None:
        return str(stopped), stopped.exit_code
    for module, name in USERS_ERRORS:
        if module in sys.modules and isinstance(failure, getattr(sys.modules[module], name)):
            return str(failure), USAGE
    if isinstance(failure, StoreError):
        return str(failure), ENVIRONMENT
    if isinstance(failure, MemoryError):
        return "out of memory: run a smaller market, or on a larger machine", ENVIRONMENT
    if isinstance(failure, OSError):
        place = failure.filename or "output"
        return f"{place}: {failure.strerror or failure}".lower(), ENVIRONMENT
    return f"a bug: {type(failure).__name__}: {failure}\n{traceback_file(failure)}", BUG


def interruption(failure: Exception) -> Interrupted | None:
    """What stopped the command, if it was stopped.

    A library in C that Ctrl-C hits while it loads ends with an error of its own, with that behind.
    """
    if isinstance(failure, Interrupted):
        return failure
    seen: list[BaseException] = []
    behind: BaseException | None = failure
    while behind is not None and behind not in seen:
        if isinstance(behind, KeyboardInterrupt):
            return Interrupted(signal.SIGINT)
        seen.append(behind)
        behind = behind.__cause__ or behind.__context__
    return None


def traceback_file(failure: Exception) -> str:
    """Write the traceback to a new file, and say where it is."""
    text = "".join(traceback.format_exception(failure))
    try:
        number, path = tempfile.mkstemp(prefix="shareshift-", suffix="-traceback.txt")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return text
    return f"please report it with the traceback in {path} (--debug shows it)"


def show(text: str) -> None:
    """Print a result; a reader that has gone does not stop the work that is left."""
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)
        return
    flush_or_silence()


def flush_or_silence() -> None:
    """Write what is left for stdout; where nobody takes it, stop writing.

    A reader that has gone (`shareshift schema | head`) or a full disk would else make Python
    complain again when it ends.
    """
    try:
        sys.stdout.flush()
    except OSError:
        silence(sys.stdout)
