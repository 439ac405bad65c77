"""Who may import whom: agents.equations <- agents <- simulation <- experiments.

Imports are read from the source, never executed, so an import inside a function counts as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agents", "simulation", "experiments")

# A layer may import itself and the layers before it.
LAYERS = ("agents.equations", "agents", "simulation", "experiments")
# Only these may import the library, everybody else asks them.
OWNERS = {
    "networkx": ("simulation.network", "experiments.syndicates"),
    "numba": ("agents.borrowed", "agents.compiled", "agents.kernels"),
    "matplotlib": ("experiments.plots", "experiments.report"),
}
# Reading a config, a record or a report must not take the seconds that importing these takes.
SLOW = ("mesa", "numba")
QUICK = (
    "agents.equations",
    "experiments.analysis",
    "experiments.analyze",
    "experiments.check",
    "experiments.cli",
    "experiments.plots",
    "experiments.report",
    "experiments.sweep_report",
    "experiments.sweep_snapshot",
    "simulation.columns",
    "simulation.config",
    "simulation.records",
    "simulation.yaml_text",
)


# --- Reading imports -----------------------------------------------------------------------------


class Import(NamedTuple):
    """One imported name, absolute, and when: at once, later (in a function) or for types only."""

    line: int
    name: str
    when: str


def within(name: str, *packages: str) -> bool:
    """Whether module `name` is one of `packages` or lies in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def module_name(path: Path) -> str:
    """Name under which the file at `path`, relative to the checkout, is imported."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imported_names(node: ast.AST, package: str) -> list[str]:
    """Names that one statement or call imports; `from a import b` may be a module, so a and a.b."""
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names, level):
            above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            base = ".".join([*above, *([module] if module else [])])
            return [base, *(f"{base}.{alias.name}" for alias in names)]
        case ast.Call(ast.Name("import_module" | "__import__"), [ast.Constant(str(name)), *_]):
            return [name]
        case ast.Call(ast.Attribute(attr="import_module"), [ast.Constant(str(name)), *_]):
            return [name]
    return []


def statements(node: ast.AST, when: str = "at once") -> Iterator[tuple[ast.AST, str]]:
    """Every node below `node`, and when it runs: at once, later or, for types only, never."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and when == "at once":
        when = "later"
    checking = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    for child in ast.iter_child_nodes(node):
        moment = "types only" if checking and child in node.body else when
        yield child, moment
        yield from statements(child, moment)


def imports_of(tree: Path, path: Path) -> list[Import]:
    """All imports of the file at `path` below `tree`."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    source = ast.parse((tree / path).read_text(encoding="utf-8"), filename=str(path))
    return [
        Import(getattr(node, "lineno", 0), imported, when)
        for node, when in statements(source)
        for imported in imported_names(node, package)
    ]


def read_imports(tree: Path) -> dict[str, list[Import]]:
    """Imports of every module of the three packages below `tree`."""
    paths = [path.relative_to(tree) for top in PACKAGES for path in (tree / top).rglob("*.py")]
    return {module_name(path): imports_of(tree, path) for path in sorted(paths)}


# --- Rules on imports ----------------------------------------------------------------------------


def layer(name: str) -> int:
    """Position of a module's layer in LAYERS; -1 for what is not ours."""
    return next((rank for rank, home in enumerate(LAYERS) if within(name, home)), -1)


def direct_breaches(modules: dict[str, list[Import]]) -> Iterator[str]:
    """Imports that climb a layer, even for types, or that take a library from its owner."""
    for module, imports in modules.items():
        for line, name, when in imports:
            # `from agents import equations` names agents, which is not above agents.equations.
            if layer(name) > layer(module) and not within(module, name):
                yield f"{module}:{line} imports {name}, which is above it"
            owners = OWNERS.get(name.partition(".")[0], (module,))
            if when != "types only" and not within(module, *owners):
                yield f"{module}:{line} imports {name}, which only {', '.join(owners)} may"


def parents(name: str) -> list[str]:
    """Return a module and the packages above it, all of which are imported with it."""
    return [name.rsplit(".", up)[0] for up in range(name.count(".") + 1)]


def imported_with(module: str, modules: dict[str, list[Import]]) -> dict[str, str]:
    """What importing `module` imports, directly or not, and for each the module that asks."""
    asked = dict.fromkeys(parents(module), module)
    queue = list(asked)
    while queue:
        current = queue.pop()
        names = [name for _, name, when in modules.get(current, []) if when == "at once"]
        for found in [parent for name in names for parent in parents(name)]:
            if found not in asked:
                asked[found] = current
                queue.append(found)
    return asked


def slow_breaches(modules: dict[str, list[Import]]) -> Iterator[str]:
    """Modules that must answer at once, but import a slow library, however indirectly."""
    for module in modules:
        if within(module, *QUICK):
            asked = imported_with(module, modules)
            for library in SLOW:
                if library in asked:
                    yield f"importing {module} imports {library}, asked for by {asked[library]}"


def breaches(tree: Path) -> list[str]:
    """All breaches of the import rules below `tree`, in words."""
    modules = read_imports(tree)
    return [*direct_breaches(modules), *slow_breaches(modules)]


def test_imports_go_one_way() -> None:
    """Equations, agents, simulation, experiments: each imports only what stands before it."""
    assert len(read_imports(ROOT)) > 10
    assert breaches(ROOT) == []


CHECKING = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:"
PLANTED = {
    "a layer above": ("agents/rows.py", "import simulation.config", "imports simulation.config"),
    "equations ask agents": ("agents/equations/e.py", "from agents import draws", "agents.draws"),
    "relative": ("agents/equations/e.py", "from ..draws import mix", "imports agents.draws"),
    "in a function": (
        "simulation/run.py",
        "def f():\n    from experiments import store",
        "imports experiments.store",
    ),
    "for types only": (
        "agents/rows.py",
        f"{CHECKING}\n    import simulation",
        "imports simulation, which is above it",
    ),
    "by a call": (
        "agents/rows.py",
        "from importlib import import_module\nimport_module('experiments')",
        "imports experiments",
    ),
    "library of another": (
        "agents/rows.py",
        "import networkx as nx",
        "which only simulation.network, experiments.syndicates may",
    ),
    "figures outside plots": (
        "experiments/run.py",
        "from matplotlib import pyplot",
        "only experiments.plots, experiments.report may",
    ),
    "compiled outside kernels": (
        "agents/equations/e.py",
        "import numba",
        "only agents.borrowed, agents.compiled, agents.kernels may",
    ),
    "slow at once": ("simulation/records.py", "import mesa", "importing simulation.records"),
    "slow through another": (
        "simulation/config.py",
        "import agents.compiled",
        "importing simulation.config imports numba, asked for by agents.compiled",
    ),
    "slow through a package": (
        "experiments/report.py",
        "from simulation.phases.entry import x",
        "imports mesa, asked for by simulation.phases",
    ),
    "slow through its own package": (
        "experiments/plots/__init__.py",
        "import mesa",
        "importing experiments.plots.river imports mesa, asked for by experiments.plots",
    ),
}


@pytest.mark.parametrize(("path", "source", "expected"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_import_is_found(tmp_path: Path, path: str, source: str, expected: str) -> None:
    """A lawful little tree passes; with one bad line, exactly that line is reported."""
    lawful = {
        "agents/compiled.py": "import numba",
        "agents/equations/__init__.py": "",
        "simulation/network.py": "import networkx",
        "simulation/market.py": "import mesa\nfrom agents import compiled",
        "simulation/phases/__init__.py": "import mesa",
        "simulation/config.py": "def f():\n    import simulation.market",
        "experiments/cli.py": "def main():\n    from simulation import market",
        "experiments/plots/river.py": "from matplotlib import pyplot",
        "experiments/redraw.py": f"{CHECKING}\n    from matplotlib.figure import Figure",
    }
    for name, text in lawful.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert breaches(tmp_path) == []
    (tmp_path / path).write_text(source)
    found = breaches(tmp_path)
    assert found
    assert all(module_name(Path(path)) in breach for breach in found)
    assert any(expected in breach for breach in found)
