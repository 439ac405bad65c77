"""Graphs that users bring: the same network as NetworkX reads, and every defect has its line."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.graph import EDGES, Graph, neighbours_of
from simulation import graph_file, input_file
from simulation.config import ConfigError, load, memory_needed, with_changes
from simulation.config_sections import FileNetwork
from simulation.graph_file import FileGraph
from simulation.network import build, employment, industries

Write = Callable[..., Path]
Messages = Callable[..., list[str]]

MARKUP = "<graphml xmlns='http://graphml.graphdrawing.org/xmlns'>\n{}</graphml>\n"
PATH = "<node id='a'/>\n<node id='b'/>\n<node id='c'/>\n"


def read(text: str | bytes, name: str, size: int, population: str = "developers") -> FileGraph:
    """Network of a file of this content."""
    content = text.encode() if isinstance(text, str) else text
    return graph_file.read(FileNetwork(path=Path(name)), size, population, content)


def refused(text: str | bytes, name: str, size: int, population: str = "developers") -> list[str]:
    """Messages on a file of this content."""
    with pytest.raises(ConfigError) as caught:
        read(text, name, size, population)
    return caught.value.messages


def expected(graph: Any) -> list[list[int]]:
    """Neighbours of each node by place in the order of nodes, by NetworkX alone."""
    row = {node: place for place, node in enumerate(graph.nodes)}
    simple = nx.Graph(graph)
    simple.remove_edges_from(list(nx.selfloop_edges(simple)))
    return [sorted(row[other] for other in simple[node]) for node in graph.nodes]


def found(graph: Graph) -> list[list[int]]:
    """Neighbours of each agent."""
    assert graph.kind == EDGES
    return [neighbours_of(graph, row).tolist() for row in range(graph.size)]


def as_markup(graph: Any) -> bytes:
    """What NetworkX writes as GraphML."""
    out = io.BytesIO()
    nx.write_graphml(graph, out)
    return out.getvalue()


def as_edges(graph: Any, separator: str) -> str:
    """What NetworkX writes as a list of edges."""
    lines = nx.generate_edgelist(graph, delimiter=separator, data=False)
    return "\n".join(lines)


# --- The network is that of NetworkX -------------------------------------------------------------

GRAPHS = {
    "ring": nx.cycle_graph(9),
    "random": nx.gnm_random_graph(60, 200, seed=1),
    "directed": nx.gnm_random_graph(30, 200, seed=2, directed=True),
    "several edges": nx.MultiGraph([(0, 1), (1, 0), (0, 1), (1, 1), (2, 0)]),
    "nodes alone": nx.empty_graph(5),
}


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("ending", [".graphml", ".csv", ".tsv", ".txt", ".edges", ".edgelist"])
def test_a_file_gives_the_network_of_networkx(name: str, ending: str) -> None:
    graph = GRAPHS[name]
    separator = {".csv": ",", ".tsv": "\t"}.get(ending, " ")
    content = as_markup(graph) if ending == ".graphml" else as_edges(graph, separator)
    if not content:
        assert "no edge in it" in refused(content, f"g{ending}", len(graph))[0]
        return
    got = read(content, f"g{ending}", len(graph))
    assert found(got.graph) == expected(graph)
    loops = nx.number_of_selfloops(graph)
    assert got.loops == loops
    assert got.repeats == graph.number_of_edges() - loops - got.graph.neighbours.size // 2
    built = build(
        FileNetwork(path=Path(f"g{ending}")), len(graph), 7, "developers", as_bytes(content)
    )
    assert found(built) == expected(graph)


def as_bytes(content: str | bytes) -> bytes:
    """Content of a file."""
    return content.encode() if isinstance(content, str) else content


@settings(max_examples=50, deadline=None)
@given(
    size=st.integers(1, 12),
    pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=30),
    names=st.permutations([f"agent {number}, of {number % 3}" for number in range(12)]),
)
def test_numbers_and_names_give_the_network_of_networkx(
    size: int, pairs: list[tuple[int, int]], names: list[str]
) -> None:
    graph = nx.MultiDiGraph([(a % size, b % size) for a, b in pairs])
    named = nx.relabel_nodes(graph, dict(enumerate(names)))
    quoted = "\r\n".join(f'"{a}", "{b}"' for a, b in named.edges())
    order = list(dict.fromkeys(node for edge in named.edges() for node in edge))
    ordered = nx.MultiDiGraph()
    ordered.add_nodes_from(order)
    ordered.add_edges_from(named.edges())
    assert found(read(quoted, "g.csv", len(order)).graph) == expected(ordered)
    assert found(read(as_markup(named), "g.graphml", len(named)).graph) == expected(named)
    full = nx.MultiDiGraph()
    full.add_nodes_from(range(size))  # nodes that no line names have no neighbours
    full.add_edges_from(graph.edges())
    assert found(read(as_edges(graph, " "), "g.txt", size).graph) == expected(full)


@pytest.mark.parametrize("bug", ["off by one", "reverse dropped", "order of names"])
def test_planted_bugs_are_seen(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = graph_file.from_edges

    def planted(size: int, src: Any, dst: Any) -> Graph:
        if bug == "off by one":
            return plain(size, src, (dst + 1) % size)
        graph = plain(size, src, dst)
        if bug == "order of names":
            return plain(size, size - 1 - src, size - 1 - dst)
        kept = np.repeat(np.arange(size), np.diff(graph.offsets)) < graph.neighbours
        offsets = np.concatenate(([0], np.cumsum(kept)))[graph.offsets].astype(np.uint32)
        return graph._replace(offsets=offsets, neighbours=graph.neighbours[kept])

    monkeypatch.setattr(graph_file, "from_edges", planted)
    graph_file.parsed.cache_clear()
    graph = GRAPHS["random"]
    for content, name in ((as_markup(graph), "g.graphml"), (as_edges(graph, ","), "g.csv")):
        assert found(read(content, name, len(graph)).graph) != expected(graph)
    graph_file.parsed.cache_clear()


def test_rows_are_in_the_order_of_the_document_or_of_first_appearance() -> None:
    markup = MARKUP.format(f"<graph><edge source='c' target='a'/>{PATH}</graph>")
    assert found(read(markup, "g.graphml", 3).graph) == [[2], [], [0]]
    assert found(read("c a\na b\n", "g.txt", 3).graph) == [[1], [0, 2], [1]]
    assert found(read("2 0\n0 1\n", "g.txt", 3).graph) == [[1, 2], [0], [0]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g.csv", "0,1\n1,2"),
        ("g.csv", "\ufeff0,1\r\n1,2\r\n"),
        ("g.csv", "0,1\r1,2\r"),
        ("g.csv", 'Source,TARGET\n"0", 1\n\n# words, of mine, here\n1,02\n'),
        ("g.tsv", "from\tto\n0\t1\n1\t2\n"),
        ("g.TXT", "# source target\n\n  0   1\n1\t2\n   \n"),
        ("g.edges", "source target\n0 1\n1 2\n"),
        ("g.graphml", MARKUP.format(f"<graph>{PATH}<edge source='a' target='b'/>"
                                    "<edge directed='true' source='c' target='b'/></graph>")),
        ("g.graphml", "\ufeff<graphml><graph><node id='a'/><node id='b'><desc>x</desc></node>"
                      "<node id='c'/><edge source='a' target='b'/><edge source='b' target='c'/>"
                      "<data key='d'>x</data></graph></graphml>"),
    ],
)  # fmt: skip
def test_forms_that_mean_the_same_are_taken(name: str, text: str) -> None:
    got = read(text, name, 3)
    assert found(got.graph) == [[1], [0, 2], [1]]
    assert (got.loops, got.repeats, got.industry) == (0, 0, None)


def test_markup_in_utf_16_and_with_elements_of_others_is_read() -> None:
    others = "<x:node xmlns:x='urn:x' id='z'/><x:graph xmlns:x='urn:x'/>"
    text = "<?xml version='1.0' encoding='utf-16'?>" + MARKUP.format(
        f"<graph>{PATH}{others}<edge source='a' target='b'/></graph>"
    )
    assert found(read(text.encode("utf-16"), "g.graphml", 3).graph) == [[1], [0], []]


# --- What is refused -----------------------------------------------------------------------------

LISTS = [
    ("g.csv", "", "g.csv: no edge in it; write one a line, as 0,1"),
    ("g.csv", "source,target\n# no more\n", "g.csv: no edge in it"),
    ("g.csv", "0,1\n1\n", "g.csv:2: '1' is one field; an edge has two ends, set apart by a comma"),
    ("g.csv", "0;1\n", "g.csv:1: '0;1' is one field"),
    ("g.tsv", "0\t1\n0 1\n", "g.tsv:2: '0 1' is one field; an edge has two ends, set apart by a t"),
    ("g.txt", "0 1 {}\n", "g.txt:1: 3 fields; an edge has two ends, and weights, labels and other"),
    ("g.csv", "source,target,weight\n0,1,2\n", "g.csv:1: 3 fields"),
    ("g.csv", "0,1\n1,\n", "g.csv:2: an end is missing; write both"),
    ("g.csv", "0,1\n\n#\n1,b\n", "g.csv:4: 'b' is not a whole number, as the ends before it are"),
    ("g.csv", "0,1\n1,1.0\n", "g.csv:2: '1.0' is not a whole number"),
    ("g.csv", "0.0,1.0\n1.0,2.0\n", "g.csv:1: '0.0' is not a whole number; write rows as 0, 1, 2"),
    ("g.csv", "u,v\n0,1\n1,2\n", "g.csv:1: 'u' is no whole number, but all ends after it are"),
    ("g.csv", "0,1\n1,3\n", "g.csv:2: '3' is outside 0 to 2, the rows of the 3 developers; number"),
    ("g.csv", "0,1\n-1,2\n", "g.csv:2: '-1' is outside 0 to 2"),
    ("g.csv", f"0,1\n1,{'9' * 5000}\n", "g.csv:2: '9999"),
    ("g.csv", "a,b\nb,c\nc,d\n", "g.csv: has 4 nodes, but developers.count is 3"),
    ("g.csv", "a,b\n", "g.csv: has 2 nodes, but developers.count is 3; set developers.count"),
    ("g.csv", '"a,b\nb,c\n', "g.csv:2: not readable: unexpected end of data"),
    ("g.csv", '"a\nb",c\nc,d\n', "g.csv:2: 'a\\nb' is not a name on one line"),
    ("g.csv", "a\x1b[31m,b\nb,c\n", "g.csv:1: 'a\\x1b[31m' is not a name on one line"),
    ("g.txt", b"0 1\n1 2\0\n", "g.txt:2: a zero byte; the file is damaged or no text"),
    ("g.txt", b"0 1\r\n1 2\r\n\xff 0\r\n", "g.txt:3: byte 0xff is not UTF-8; save the file as UTF"),
    ("g.txt", b"0 1\r1 2\r\xff 0\r", "g.txt:3: byte 0xff is not UTF-8"),
    ("g.txt", "0 1\n".encode("utf-16"), "g.txt:1: the file is UTF-16; save it as UTF-8"),
]  # fmt: skip
MARKUPS = [
    ("", ":1: not XML: no element found"),
    ("0,1\n1,2\n", ":1: not XML: syntax error"),
    ("<graphml>\n<graph>", ":2: not XML: no element found"),
    ("<graphml>\n<graph></graphml>", ":2: not XML: mismatched tag"),
    ("<graphml>\n<graph><node id='\0'/></graph></graphml>", ":2: not XML: not well-formed"),
    ("<?xml version='1.0' encoding='klingon'?>\n<graphml/>", ":1: "),
    ("<svg>\n</svg>", ":1: not GraphML: it begins with <svg>, not with <graphml>"),
    (MARKUP.format(""), ":3: no graph in it; is it GraphML?"),
    (MARKUP.format(f"<graph>{PATH}</graph>\n<graph/>"), ":6: a second graph; keep one"),
    (MARKUP.format(f"<graph>{PATH}<node id='d'>\n<graph/></node></graph>"),
     ":6: a <graph> inside <node>; it must stand in <graphml>"),
    (MARKUP.format("<node id='a'/><graph/>"), ":2: a <node> inside <graphml>"),
    (MARKUP.format(f"<graph>{PATH}<hyperedge>\n<endpoint node='a'/></hyperedge></graph>"),
     ":5: a hyperedge joins more than two nodes; write it as edges"),
    (MARKUP.format("<graph><node id='a'>\n<port name='p'/></node></graph>"),
     ":3: a node with ports is not possible"),
    (MARKUP.format("<graph><node/></graph>"), ":2: a node without id; give it one"),
    (MARKUP.format(f"<graph>{PATH}<node id='b'/></graph>"), ":5: a second node 'b'; each id stand"),
    (MARKUP.format(f"<graph>{PATH}<edge source='a'/></graph>"), ":5: an edge without target"),
    (MARKUP.format(f"<graph>{PATH}<edge source='a' target='z'/></graph>"),
     ":5: an edge to 'z', which is no node of the file"),
    (MARKUP.format("<graph><node id='a'/></graph>"),
     ": has 1 nodes, but developers.count is 3; set developers.count to 1 or give another graph"),
    (MARKUP.format(f"<graph>{PATH}<node id='d'/></graph>"), ": has 4 nodes, but developers.count"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message"), LISTS)
def test_a_list_is_refused_with_its_line(name: str, text: str | bytes, message: str) -> None:
    messages = refused(text, name, 3)
    assert messages[0].startswith(message)
    assert all(line.isprintable() for line in messages)


@pytest.mark.parametrize(("text", "message"), MARKUPS)
def test_markup_is_refused_with_its_line(text: str, message: str) -> None:
    assert refused(text, "g.graphml", 3)[0].startswith(f"g.graphml{message}")


def bomb(kind: str) -> str:
    """A document type with entities that grow, or that name a file."""
    entities = {
        "laughs": "<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>",
        "file": "<!ENTITY b SYSTEM 'file:///etc/hostname'>",
        "none": "",
    }[kind]
    body = f"<graph>{PATH}<node id='&b;'/></graph>" if entities else f"<graph>{PATH}</graph>"
    return f"<?xml version='1.0'?>\n<!DOCTYPE graphml [{entities}]>\n" + MARKUP.format(body)


@pytest.mark.parametrize("kind", ["laughs", "file", "none"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_any_entity(kind: str, encoding: str) -> None:
    told = refused(bomb(kind).encode(encoding), "g.graphml", 3)
    assert told == ["g.graphml:2: a DOCTYPE is not allowed, for entities can be bombs; remove it"]


def test_many_defects_are_counted() -> None:
    messages = refused("0,1\n" + "0,x\n" * 1000, "g.csv", 3)
    assert len(messages) == 20
    assert messages[18].startswith("g.csv:20: 'x' is not a whole number")
    assert messages[19] == "g.csv: ... and 981 more"


# --- Files and configs ---------------------------------------------------------------------------

CONFIG = """\
schema_version: 1
supply: {offers: {A: {}, B: {price: 5}}}
developers: {count: 4}
enterprises: {count: 90}
consumers: {count: 90}
networks:
  developers: {family: file, path: %s}
"""


def test_a_path_is_relative_to_the_file_that_says_it(write: Write) -> None:
    write("0 1\n", "sub/g.txt")
    write(CONFIG % "g.txt", "sub/base.yaml")
    config = load(write("schema_version: 1\nextends: sub/base.yaml\n"))
    assert config.networks.developers == FileNetwork(path=Path("sub/g.txt").resolve())
    changed = load("exp.yaml", ["networks.developers.family=ring", "networks.developers.degree=2"])
    assert changed.networks.developers.family == "ring"
    as_set = ["networks.developers={family: file, path: sub/g.txt}"]
    assert load("exp.yaml", as_set).networks == config.networks


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none.csv", "none.csv: no such file; paths are relative to the file that says them"),
        ("folder.csv", "folder.csv: is a folder, a pipe or a device; name a file"),
        ("pipe.csv", "pipe.csv: is a folder, a pipe or a device; name a file"),
        ("link.csv", "link.csv: outside the checkout and the current folder"),
        ("../g.csv", "../g.csv: outside the checkout and the current folder"),
        ("/etc/hostname", "/etc/hostname: outside the checkout and the current folder"),
        ("g.gml", "g.gml: the ending tells the form of a graph; use .graphml, .csv, .tsv, .txt"),
        ("5", "5 stands where the path of a file is wanted"),
        ("''", "is not the path of a file"),
    ],
)
def test_a_path_is_refused_at_its_place(
    write: Write, messages: Messages, tmp_path: Path, path: str, message: str
) -> None:
    inside = tmp_path / "inside"
    (inside / "folder.csv").mkdir(parents=True)
    os.chdir(inside)  # the fixture leads back
    os.mkfifo("pipe.csv")
    (tmp_path / "g.csv").write_text("0,1\n")
    Path("link.csv").symlink_to(tmp_path / "g.csv")
    write("graph []", "g.gml")
    told = messages(write(CONFIG % path))
    assert any(
        line.startswith("exp.yaml:7:36: networks.developers.path: ") and message in line
        for line in told
    )


def test_a_path_is_needed_and_industries_are_of_enterprises(
    write: Write, messages: Messages
) -> None:
    write("0 1\n", "g.txt")
    assert (
        "networks.developers.path: missing; add GraphML"
        in messages(write(CONFIG.replace(", path: %s", "")))[0]
    )
    text = (CONFIG % "g.txt").replace("g.txt", "g.txt, industries: 2")
    assert messages(write(text)) == [
        "exp.yaml:7:55: networks.developers.industries: only enterprises have industries, "
        "developers have none; remove it"
    ]
    firms = "  enterprises: {family: file, path: g.txt, industries: 95}\n"
    (told,) = messages(write(CONFIG % "g.txt" + firms))
    assert told.endswith("industries: more than the 90 enterprises; use fewer")


def test_a_pipe_a_device_or_a_large_file_is_not_read(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("0,1\n", "g.csv")
    os.mkfifo("p.csv")
    monkeypatch.setattr(input_file, "LARGEST_INPUT", 4)
    assert input_file.bytes_of(Path("g.csv")) == b"0,1\n"
    monkeypatch.setattr(input_file, "LARGEST_INPUT", 3)
    for name, message in (
        ("g.csv", "g.csv: larger than 3 bytes, not read"),
        ("p.csv", "p.csv: not a regular file; name a file"),
        ("/dev/zero", "/dev/zero: not a regular file; name a file"),
        (".", ".: cannot be read: Is a directory"),
        ("none.csv", "none.csv: cannot be read: No such file or directory"),
    ):
        with pytest.raises(ConfigError) as caught:
            input_file.bytes_of(Path(name))
        assert caught.value.messages == [message]


def test_a_file_of_a_gigabyte_is_refused_and_its_memory_is_not_asked_for(write: Write) -> None:
    path = write("0 1\n", "g.txt")
    small = memory_needed(load(write(CONFIG % "g.txt")))
    os.truncate(path, 10**9)  # a hole: nothing is written
    config = load("exp.yaml")
    assert 10**8 < memory_needed(config) - small <= 15 * 10**8
    with pytest.raises(ConfigError, match=r"g\.txt: larger than 100,000,000 bytes, not read"):
        config.identity()


def test_bytes_are_read_once_and_go_with_changes(write: Write) -> None:
    write("0 1\n", "g.txt")
    config = load(write(CONFIG % "g.txt"))
    identity, path = config.identity(), Path("g.txt").resolve()
    write("0 1\n1 2\n", "g.txt")
    assert config.content(path) == b"0 1\n"
    assert config.identity() == identity
    changed = with_changes(config, {"seed": 2})
    assert changed.content(path) == b"0 1\n"
    assert with_changes(changed, {"seed": 1}).identity() == identity
    assert load("exp.yaml").identity() != identity
    write("0 1\n", "other.txt")
    moved = load("exp.yaml", ["networks.developers.path=other.txt"])
    assert moved.identity() == identity


def test_copies_of_one_name_do_not_collide(write: Write) -> None:
    for folder in ("a", "b", "c"):
        write("0,1\n", f"{folder}/g.csv")
    write("0,1\n", "d/G.CSV")
    networks = (
        "  consumers: {family: file, path: b/g.csv}\n  enterprises: {family: file, path: %s}\n"
    )
    supply = (CONFIG % "a/g.csv").replace("{offers: {A: {}, B: {price: 5}}}", "{recorded: c/g.csv}")
    first = load(write(supply + networks % "a/g.csv"))
    names = first.copies()
    assert names == {
        "supply.recorded": "g.csv",
        "networks.developers.path": "developers.csv",
        "networks.consumers.path": "consumers.csv",
        "networks.enterprises.path": "developers.csv",  # the same file
    }
    assert load(write(supply + networks % "d/G.CSV")).copies()["networks.enterprises.path"] == (
        "enterprises.CSV"
    )
    for path, name in names.items():
        write(first.content(first.inputs()[path]).decode(), f"run/inputs/{name}")
    text = first.dump({path: f"inputs/{name}" for path, name in names.items()})
    again = load(write(text, "run/config.yaml"))
    assert again.copies() == names
    assert again.identity() == first.identity()


# --- Industries ----------------------------------------------------------------------------------


def with_industries(labels: list[str | None], default: str = "") -> str:
    """A graph of one path whose nodes say their industry."""
    nodes = "".join(
        f"<node id='n{place}'>" + (f"<data key='d'>{label}</data>" if label else "") + "</node>\n"
        for place, label in enumerate(labels)
    )
    fallback = f"<default>{default}</default>" if default else ""
    keys = (
        "<key id='e' for='edge' attr.name='industry'/><key id='w' for='node' attr.name='weight'/>"
        f"<key id='d' for='node' attr.name='industry'>{fallback}</key>"
    )
    return MARKUP.format(f"{keys}<graph>\n{nodes}</graph>")


@pytest.mark.parametrize(
    ("labels", "default", "ranks"),
    [
        (["10", "9", "10", "2"], "", [2, 1, 2, 0]),
        (["law", "care", "law", "art"], "", [0, 1, 0, 2]),
        (["law", None, "law", None], "rest", [0, 1, 0, 1]),
        ([None, None, None, None], "", None),
    ],
)
def test_industries_are_those_of_the_nodes(
    labels: list[str | None], default: str, ranks: list[int] | None
) -> None:
    content = with_industries(labels, default).encode()
    settings = FileNetwork(path=Path("g.graphml"))
    got = industries(settings, 4, content)
    assert got.dtype == np.uint16
    assert got.tolist() == (ranks or [0, 0, 0, 0])
    blocks = FileNetwork(path=Path("g.graphml"), industries=2)
    if ranks is None:
        assert industries(blocks, 4, content).tolist() == [0, 0, 1, 1]
    else:
        with pytest.raises(ConfigError, match="gives each node its industry; remove this"):
            industries(blocks, 4, content)


def test_industries_that_cannot_be_are_refused() -> None:
    (told,) = refused(with_industries(["law", None, "law"]), "g.graphml", 3)
    assert told == "g.graphml: node 'n1' has no industry, but others have; give it one"
    many = with_industries([f"i{number}" for number in range(65_536)])
    (told,) = refused(many, "g.graphml", 65_536)
    assert told == "g.graphml: 65536 industries; at most 65535 are possible"


def test_a_market_takes_graph_industries_and_employers_from_the_file(write: Write) -> None:
    from simulation.market import Market

    write(with_industries(["law", "care", "law", "art"]), "firms.graphml")
    write("0 1\n1 2\n", "people.txt")
    firms = "  enterprises: {family: file, path: firms.graphml}\n"
    config = load(
        write(CONFIG % "people.txt" + firms), ["developers.count=40", "enterprises.count=4"]
    )
    market = Market(config)
    assert found(market.graphs["developers"])[:3] == [[1], [0, 2], [1]]
    assert market.graphs["developers"].size == 40
    assert market.enterprises.industry.tolist() == [0, 1, 0, 2]
    employer = employment(config.networks.employment, market.enterprises.seats, 40, config.seed)
    employed = employer < 4
    assert employed.sum() == 24
    group = market.developers.crowd.group
    assert group[employed].tolist() == np.array([0, 1, 0, 2])[employer[employed]].tolist()
    assert set(group[~employed].tolist()) == {65_535}
