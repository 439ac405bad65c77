"""No file that we read is code: nothing in the sources can unpickle, evaluate or build objects."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    path
    for package in ("agents", "simulation", "experiments", "configs")
    for path in sorted((ROOT / package).rglob("*.py"))
]
MODULES = {
    "_pickle", "cloudpickle", "cPickle", "dill", "joblib", "jsonpickle", "marshal", "pickle",
    "shelve",
}  # fmt: skip
BUILT_IN = {"eval", "exec", "compile", "__import__"}
# yaml.parse yields events and builds nothing.
OF_YAML = {
    "load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all", "Loader",
    "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader",
}  # fmt: skip
PICKLING = {"read_pickle", "to_pickle"}
OF_NUMPY = {"load", "save", "savez", "savez_compressed"}  # they pickle unless they are told not to


def dangers(source: str) -> list[str]:
    """Every use of something that turns bytes or text into code, as line and name."""
    found = []
    for node in ast.walk(ast.parse(source)):
        found += [f"{getattr(node, 'lineno', 0)}: {name}" for name in danger_of(node)]
    return found


def danger_of(node: ast.AST) -> list[str]:
    """Names of what is dangerous in one node."""
    found: list[str] = []
    match node:
        case ast.Import(names):
            found = [alias.name for alias in names if alias.name.partition(".")[0] in MODULES]
        case ast.ImportFrom(module, names):
            top = (module or "").partition(".")[0]
            banned = {"yaml": OF_YAML, "numpy": OF_NUMPY}.get(top, set())
            found = [alias.name for alias in names if alias.name in banned | PICKLING]
            found += [top] if top in MODULES else []
        case ast.Call(ast.Name(id=name)) if name in BUILT_IN:
            found = [name]
        case ast.Attribute(ast.Name(id="yaml"), attr) if attr in OF_YAML:
            found = [f"yaml.{attr}"]
        case ast.Attribute(attr=attr) if attr in PICKLING:
            found = [attr]
        case ast.Call(ast.Attribute(ast.Name(id="np" | "numpy"), attr)) if attr in OF_NUMPY:
            found = [f"numpy.{attr}"]
        case ast.keyword(arg="allow_pickle") if ast.unparse(node.value) != "False":
            found = ["allow_pickle"]
    return found


def test_no_source_turns_what_it_reads_into_code() -> None:
    assert len(SOURCES) > 90
    found = {str(path.relative_to(ROOT)): dangers(path.read_text("utf-8")) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "import os, marshal",
        "from pickle import loads",
        "from joblib.externals import load",
        "import cloudpickle.fast",
        "x = eval(text)",
        "exec(text)",
        "compile(text, '', 'exec')",
        "__import__(name)",
        "yaml.load(text, Loader=yaml.SafeLoader)",
        "yaml.unsafe_load(text)",
        "yaml.parse(text, Loader=yaml.CLoader)",
        "from yaml import load",
        "numpy.load(path)",
        "np.save(path, array)",
        "np.lib.format.read_array(file, allow_pickle=True)",
        "pandas.read_pickle(path)",
        "frame.to_pickle(path)",
    ],
)
def test_each_danger_is_found(line: str) -> None:
    assert dangers(f"def work():\n    {line}")


@pytest.mark.parametrize(
    "line",
    [
        "import json",
        "json.loads(text)",
        "yaml.parse(text, Loader=yaml.CSafeLoader)",
        "from simulation.config import load\nload(path)",
        "re.compile(text)",
        "np.lib.format.read_array(file, allow_pickle=False)",
        "np.frombuffer(data)",
    ],
)
def test_what_is_safe_is_let_through(line: str) -> None:
    assert dangers(line) == []
