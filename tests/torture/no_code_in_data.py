"""No format may carry code: nothing that runs what it reads stands in the four packages.

Read from the source, never executed.  A name counts however it is reached: imported under another
name, as an attribute, or by a text that is handed to `getattr` or `import_module`.
"""

import ast
from collections.abc import Iterator

import harness

ROW = 17
PACKAGES = ("agents", "simulation", "experiments", "configs")
MODULES = {
    "pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "dbm",
    "code", "codeop", "runpy", "jsonpickle", "ruamel", "xml.sax",
}  # fmt: skip
BUILTINS = {"eval", "exec", "compile", "__import__"}
# Of a library, what must not be called; `yaml.parse` gives events and makes nothing of them.
METHODS = {
    "yaml": {"load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all",
             "UnsafeLoader", "FullLoader", "Loader"},
    "pandas": {"read_pickle", "to_pickle", "eval", "HDFStore", "read_hdf"},
    "numpy": {"loads"},
}  # fmt: skip
ANYWHERE = {"read_pickle", "to_pickle", "unsafe_load", "full_load", "UnsafeLoader"}
NUMPY_READERS = {"load", "fromfile", "memmap"}
ROOTS = tuple(harness.ROOT / name for name in PACKAGES)
REDUCED = FULL = sum(1 for root in ROOTS for _ in root.rglob("*.py"))


def run(seed: int, count: int) -> list[str]:
    """Read every file of the packages; seed and count change nothing."""
    files = [path for root in ROOTS for path in sorted(root.rglob("*.py"))]
    return [
        f"{path.relative_to(harness.ROOT)}:{found}"
        for path in files
        for found in dangers(path.read_text(encoding="utf-8"))
    ]


def dangers(source: str) -> list[str]:
    """Line and name of everything in a source that may run what it reads."""
    tree = ast.parse(source)
    names = libraries(tree)
    return [
        f"{getattr(node, 'lineno', 0)}: {danger}"
        for node in ast.walk(tree)
        for danger in danger_of(node, names)
    ]


def libraries(tree: ast.AST) -> dict[str, str]:
    """Name in this source -> dotted name of what it was imported from."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name if name.asname else name.name.partition(".")[0]
                found[name.asname or top] = top
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                found[name.asname or name.name] = f"{node.module}.{name.name}"
    return found


def danger_of(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    """What is dangerous in one node."""
    match node:
        case ast.Import() | ast.ImportFrom():
            base = getattr(node, "module", None)
            modules = [base] if base else [name.name for name in node.names]
            yield from (name for name in modules if is_banned(name))
            yield from (
                f"{base}.{name.name}" for name in node.names if name.name in METHODS.get(base, ())
            )
        case ast.Name(name) if name in BUILTINS and name not in names:
            yield name
        case ast.Attribute(ast.Name(owner), name):
            library = names.get(owner, owner)
            if name in METHODS.get(library, ()) or name in ANYWHERE:
                yield f"{library}.{name}"
            if library == "builtins" and name in BUILTINS:
                yield f"builtins.{name}"
            if library == "numpy" and name in NUMPY_READERS and name != "load":
                yield f"numpy.{name}"
        case ast.Attribute(_, name) if name in ANYWHERE:
            yield name
        case ast.Call():
            yield from danger_of_call(node, names)


def danger_of_call(node: ast.Call, names: dict[str, str]) -> Iterator[str]:
    """What is dangerous in a call: pickles in arrays, and names that are made of text."""
    called = ast.unparse(node.func)
    top, _, rest = called.partition(".")
    whole = names.get(top, top) + (f".{rest}" if rest else "")
    told = {word.arg: word.value for word in node.keywords}
    pickles = told.get("allow_pickle")
    refused = isinstance(pickles, ast.Constant) and pickles.value is False
    if "allow_pickle" in told and not refused:
        yield f"{whole} with allow_pickle"
    if whole in ("numpy.load", "numpy.save", "numpy.lib.format.read_array") and not refused:
        yield f"{whole} without allow_pickle=False"
    texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
    if whole in ("getattr", "importlib.import_module", "import_module"):
        yield from (
            f"{whole} of {text}" for text in texts if is_banned(text) or text in BUILTINS | ANYWHERE
        )


def is_banned(name: object) -> bool:
    """Whether this is a module, or in one, that makes objects of what it reads."""
    return isinstance(name, str) and bool({name, name.partition(".")[0]} & MODULES)
