"""GraphML, read as a stream: nodes in the order of the document, edges, and industries.

expat reads it and not NetworkX, which says no lines, holds the whole tree in memory, and refuses
files for data that no network needs.  A document type is refused where it begins, so that no
entity is ever expanded.  Directions, and all data but the `industry` of nodes, are passed over.
"""

from array import array
from typing import NoReturn
from xml.parsers import expat

import numpy as np

from simulation.config_errors import ConfigError
from simulation.graph_listing import Faults, Listing, Source, check_count
from simulation.yaml_text import shown

ROOT, INDUSTRY = "graphml", "industry"
OF_NODES = ("node", "all")
HOLDERS = {"graph": ROOT, "node": "graph", "edge": "graph"}
# Elements that make more of a graph than nodes and pairs of them.
BEYOND = {
    "hyperedge": "a hyperedge joins more than two nodes; write it as edges",
    "port": "a node with ports is not possible; join edges to nodes",
}


def listing(source: Source) -> Listing:
    """Pairs of rows of a GraphML file.

    Raises
    ------
    ConfigError
        With file and line of everything that is wrong.
    """
    reader = Reader(source.label)
    try:
        reader.parser.Parse(source.content, True)
    except expat.ExpatError as error:
        reader.refuse(f"not XML: {expat.ErrorString(error.code)}")
    except ConfigError:
        raise
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or of many bytes
        reader.refuse(str(error))
    ends = np.frombuffer(reader.settled(), np.int64).reshape(-1, 2)
    check_count(len(reader.rows), source, " or give another graph")
    return Listing(ends[:, 0], ends[:, 1], reader.industries())


class Reader:
    """Takes the elements of one document as expat finds them.

    rows : row of each node by its id.  ends : rows of both ends of each edge, one after another.
    labels : industry of each node that says one, by id; default : of those that say none.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.faults = Faults(label)
        self.rows: dict[str, int] = {}
        self.ends = array("q")
        self.labels: dict[str, str] = {}
        self.default = ""
        self._waiting: list[tuple[int, int, str]] = []  # ends whose node has not come yet
        self._open: list[str] = []  # elements around this one; empty text for those of others
        self._space = self._key = self._node = ""
        self._in_key = False
        self._graphs = 0
        self._text: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse_type
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._take

    def refuse(self, text: str) -> NoReturn:
        """Stop reading here."""
        raise ConfigError([f"{self.label}:{self.parser.CurrentLineNumber}: {text}"])

    def settled(self) -> "array[int]":
        """Ends of all edges; `ConfigError` if anything is wrong."""
        for place, line, name in self._waiting:
            if name in self.rows:
                self.ends[place] = self.rows[name]
            else:
                self.faults.add(line, f"an edge to '{shown(name)}', which is no node of the file")
        if not self._graphs:
            self.refuse("no graph in it; is it GraphML?")
        self.faults.settle()
        return self.ends

    def industries(self) -> list[str] | None:
        """Industry of each node; None where no node has one."""
        if not self.labels and not self.default:
            return None
        found = [self.labels.get(name, self.default) for name in self.rows]
        for name, label in zip(self.rows, found, strict=True):
            if not label:
                text = f"node '{shown(name)}' has no {INDUSTRY}, but others have; give it one"
                raise ConfigError([f"{self.label}: {text}"])
        return found

    def _refuse_type(self, *_: object) -> None:
        self.refuse("a DOCTYPE is not allowed, for entities can be bombs; remove it")

    def _begin(self, tag: str, told: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if not self._open:
            if name != ROOT:
                self.refuse(f"not GraphML: it begins with <{shown(name)}>, not with <{ROOT}>")
            self._space = space
        name = name if space == self._space else ""
        holder = self._open[-1] if self._open else ""
        self._open.append(name)
        if name in BEYOND:
            self._fault(BEYOND[name])
        elif name in HOLDERS and holder != HOLDERS[name]:
            self._fault(f"a <{name}> inside <{shown(holder)}>; it must stand in <{HOLDERS[name]}>")
        else:
            self._element(name, holder, told)

    def _element(self, name: str, holder: str, told: dict[str, str]) -> None:
        match name, holder:
            case "graph", _:
                self._graphs += 1
                if self._graphs > 1:
                    self._fault("a second graph; keep one")
            case "node", _:
                self._add_node(told.get("id"))
            case "edge", _:
                self._add_end("source", told.get("source"))
                self._add_end("target", told.get("target"))
            case "key", _:
                ours = told.get("attr.name") == INDUSTRY and told.get("for", "node") in OF_NODES
                self._in_key = ours
                self._key = told.get("id", "") if ours else self._key
            case "data", "node":
                self._text = [] if told.get("key") == self._key != "" else None
            case "default", "key":
                self._text = [] if self._in_key else None

    def _end(self, _: str) -> None:
        name = self._open.pop()
        if self._text is None or name not in ("data", "default"):
            return
        label = "".join(self._text).strip()
        self._text = None
        if name == "default":
            self.default = label
        elif label:
            self.labels[self._node] = label

    def _take(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _fault(self, text: str) -> None:
        self.faults.add(self.parser.CurrentLineNumber, text)

    def _add_node(self, name: str | None) -> None:
        if not name:
            self._fault("a node without id; give it one")
        elif name in self.rows:
            self._fault(f"a second node '{shown(name)}'; each id stands once")
        else:
            self.rows[name] = len(self.rows)
            self._node = name

    def _add_end(self, end: str, name: str | None) -> None:
        if not name:
            self._fault(f"an edge without {end}; name a node")
            return
        row = self.rows.get(name, -1)
        if row < 0:
            self._waiting.append((len(self.ends), self.parser.CurrentLineNumber, name))
        self.ends.append(row)
