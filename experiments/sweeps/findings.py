"""Problems of a sweep file, each at its place in the text."""

from collections.abc import Sequence
from pathlib import Path

from simulation.config_errors import ConfigError, locate
from simulation.config_shape import Shape
from simulation.yaml_text import Finding, Node, shown_path


class Findings:
    """Collects what is wrong with a sweep file; `tree` is its text, `folder` where it lies."""

    def __init__(self, tree: Node, root: Shape, folder: Path) -> None:
        self.tree, self.root, self.folder = tree, root, folder
        self.found: list[Finding] = []
        self.further: list[str] = []  # of other files, in their own words
        self.unsound: set[str] = set()  # sections whose form is wrong: no more is said of them

    def add(self, steps: Sequence[str], text: str) -> None:
        """Note a problem at the steps of a path, or at the nearest value above it."""
        if steps[0] in self.unsound:
            return
        node = locate(self.tree, self.root, steps).node
        self.found.append(Finding(node.place, shown_path(steps), text))

    def node(self, *steps: str) -> Node:
        """Return the node at the steps of a path."""
        return locate(self.tree, self.root, steps).node

    def any(self) -> bool:
        """Whether something is wrong."""
        return bool(self.found or self.further)

    def refuse(self) -> None:
        """Raise everything that is wrong, in the order of the text.

        Raises
        ------
        ConfigError
        """
        if self.any():
            mine = sorted(self.found, key=lambda finding: finding.place)
            raise ConfigError([*mine, *self.further])
