"""Bugs to plant in the program, each the loss of one guard: with it, a row must find problems.

`forked.Commands(plant=NAME)` plants one in the process that forks; nothing else calls them.
"""

import re
import sys
from pathlib import Path
from typing import Any

from experiments import check, run, store, whole_files
from simulation import config_errors, config_layers, csv_table, supply_file, yaml_text


def no_place() -> None:
    """Findings do not say where."""
    setattr(yaml_text.Finding, "__str__", lambda finding: f"{finding.path}: {finding.text}")  # noqa: B010


def bytes_trusted() -> None:
    """A byte that is not UTF-8 is left to Python, in configs."""
    config_layers.read_text = lambda path, label: path.read_bytes().decode()


def raw_messages() -> None:
    """Messages hold what the file holds, whatever it does to a terminal."""
    config_errors.shown = lambda value, longest=40: str(value)
    yaml_text.shown = lambda value, longest=40: str(value)
    yaml_text.UNPRINTABLE = re.compile("(?!)")


def greedy() -> None:
    """Reading a config takes memory that it does not need."""
    parse = config_layers.parse

    def hungry(text: str, label: str) -> Any:
        return bytearray(b"x") * 400_000_000 and parse(text, label)

    config_layers.parse = hungry


def silent() -> None:
    """A refusal says nothing."""
    check.tell = lambda text: None


def supply_bytes_trusted() -> None:
    """A byte that is not UTF-8 is left to Python, in supply files."""
    csv_table.text_of = lambda path, content: (content or Path(path).read_bytes()).decode()


def supply_without_lines() -> None:
    """Complaints about a supply file do not name the line."""
    row, text = supply_file._row, csv_table.text_of
    supply_file._row = lambda line: row(line._replace(where=line.where.rpartition(":")[0]))
    csv_table.text_of = lambda *said: text(*said).replace("\0", "")


def supply_unread() -> None:
    """Supply files are not read before the run."""
    check.check_inputs = lambda config: None


def any_size() -> None:
    """A config may be as large as it likes."""
    yaml_text.MOST_BYTES = 2_000_000_000


def any_kind_of_file() -> None:
    """Whatever can be opened is read as a config."""
    config_layers.read_text = lambda path, label: path.read_text(encoding="utf-8")


def aliases_allowed() -> None:
    """Anchors, aliases and tags are no reason to refuse."""
    setattr(yaml_text._Reader, "refuse_extras", lambda reader, event: None)  # noqa: B010


def keys_twice_allowed() -> None:
    """A finding of the parser is not kept."""
    setattr(yaml_text._Reader, "note", lambda reader, finding: None)  # noqa: B010


def reads_anywhere() -> None:
    """A config may name any file."""
    config_layers.CHECKOUT = Path("/")


def writes_through_links() -> None:
    """A link in place of a folder of a run is written through."""

    def write(directory: store.RunDirectory, name: str, content: bytes) -> None:
        whole_files.write_whole(directory.path / name, content)

    outputs = store.RunDirectory.outputs
    store.RunDirectory.write = write
    store.RunDirectory.outputs = lambda directory: [
        path for path in outputs(directory) if not path.is_symlink()
    ]


def runs_lead_out() -> None:
    """The name of a run may lead out of the folder of runs."""
    run.RUNS = Path("../outside")


def slow() -> None:
    """Reading a config never ends."""

    def forever(text: str, label: str) -> Any:
        while True:
            sys.stderr.flush()

    config_layers.parse = forever
