"""The shape of the repository: what is packaged, what starts at once, what no file may hold."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agents", "simulation", "experiments")

# --- Packages ------------------------------------------------------------------------------------


def test_imported_packages_lie_in_this_checkout(tmp_path: Path) -> None:
    """A well-known kit is imported as `agents` too: from any folder, ours must be found."""
    code = f"import {', '.join(PACKAGES)}; print(*[p.__file__ for p in ({', '.join(PACKAGES)})])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == [str(ROOT / name / "__init__.py") for name in PACKAGES]


def folders_with_code(tree: Path) -> list[str]:
    """Every folder of the three packages below `tree` that holds Python files, as a package."""
    files = [path.relative_to(tree) for top in PACKAGES for path in (tree / top).rglob("*.py")]
    return sorted({".".join(path.parent.parts) for path in files})


def project() -> dict:
    """The contents of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_listed() -> None:
    """A package that pyproject.toml does not name would be missing from a built distribution."""
    listed = project()["tool"]["setuptools"]["packages"]
    assert listed == folders_with_code(ROOT)
    assert [name for name in listed if not (ROOT / name.replace(".", "/")).is_dir()] == []


def test_unlisted_folder_is_found(tmp_path: Path) -> None:
    """A folder counts as soon as it holds code, with or without an __init__ file."""
    for name in ("agents/a.py", "agents/strategies/b.py", "simulation/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert folders_with_code(tmp_path) == ["agents", "agents.strategies", "simulation"]


def eager_lines(source: str) -> list[str]:
    """Statements of an __init__ file that do work when the package is imported."""
    tree = ast.parse(source)
    docstring = tree.body[:1] if ast.get_docstring(tree) is not None else []
    idle = []
    for node in tree.body:
        from_typing = isinstance(node, ast.ImportFrom) and node.module == "typing"
        typing_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        constant = isinstance(node, ast.Assign) and not any(
            isinstance(part, ast.Call) for part in ast.walk(node)
        )
        lazy = isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__dir__")
        if node in docstring or from_typing or typing_only or constant or lazy:
            idle.append(node)
    return [ast.unparse(node) for node in tree.body if node not in idle]


def test_packages_import_nothing_by_themselves() -> None:
    """Package files are empty or lazy, so that equations and configs are read at once."""
    files = [path for top in PACKAGES for path in (ROOT / top).rglob("__init__.py")]
    eager = {str(path): eager_lines(path.read_text(encoding="utf-8")) for path in files}
    assert {path: lines for path, lines in eager.items() if lines} == {}


def test_eager_package_is_found() -> None:
    """An import, a call and an import under an ordinary condition each count as work."""
    assert eager_lines('"""Text."""\nfrom agents.draws import mix') == [
        "from agents.draws import mix"
    ]
    assert eager_lines("TABLE = dict(a=1)") == ["TABLE = dict(a=1)"]
    assert eager_lines("if True:\n    import mesa") == ["if True:\n    import mesa"]


def test_public_names_are_found_when_asked_for() -> None:
    """Each public name comes from the module it is said to live in, and no other name exists."""
    import simulation

    assert set(simulation.HOMES) == set(simulation.__all__) <= set(dir(simulation))
    for name, home in simulation.HOMES.items():
        assert getattr(simulation, name).__module__ == home
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = simulation.nothing


# --- Command line --------------------------------------------------------------------------------

HEAVY = {"matplotlib", "mesa", "networkx", "numba", "numpy", "pandas", "pyarrow", "SALib", "scipy"}


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--help"], 0), (["--version"], 0), (["no-such-command"], 2)]
)
def test_command_line_answers_without_heavy_imports(
    tmp_path: Path, arguments: list[str], status: int
) -> None:
    """Help, version and a bad argument answer at once: no library that takes long is imported."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "experiments.cli", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    imported = set(re.findall(r"^import time:.*\| +([\w.]+)$", result.stderr, re.MULTILINE))
    assert result.returncode == status, result.stderr[-2000:]
    assert "experiments" in imported
    assert imported & HEAVY == set()


# --- What files may hold -------------------------------------------------------------------------

SKIPPED = {".git", ".venv", ".cache", "__pycache__", "build", "dist", "runs"}
VENDOR = "vendor"
# One letter of each in brackets, so that this file does not hold what it forbids.
FORBIDDEN = {
    "unfinished work": r"\b(TO[D]O|FIX[M]E|XX[X]|place[h]older|lorem[ ]ipsum)\b",
    "a path of one machine": r"(?<![\w.$}])/(home|root|work|Users|opt|mnt)/\w|\b[C-Z]:\\Users",
    "the address of a registry": r"pypi[.]org|pythonhoste[d]|npmjs[.]|--(extra-)?index-ur[l]",
}


def repository_files() -> list[Path]:
    """Files that git knows or would add; in a copy without git, all but caches and results."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return [ROOT / name for name in listing.stdout.split("\0") if (ROOT / name).is_file()]
    walked = (Path(top) / name for top, _, names in os.walk(ROOT) for name in names)
    return [path for path in walked if not SKIPPED & set(path.relative_to(ROOT).parts)]


def forbidden_in(text: str) -> list[str]:
    """What of FORBIDDEN `text` holds: kind and the words."""
    hits = ((kind, re.search(pattern, text, re.IGNORECASE)) for kind, pattern in FORBIDDEN.items())
    return [f"{kind}: {hit.group()}" for kind, hit in hits if hit]


def test_files_hold_no_leftovers() -> None:
    """No unfinished work, no path of one machine and no registry address in any text file."""
    found = []
    for path in repository_files():
        raw = path.read_bytes()
        if VENDOR in path.parts:  # files of others, unchanged: tests/watch checks their hashes
            continue
        if b"\0" not in raw[:8000]:
            text = raw.decode("utf-8")
            found += [f"{path.relative_to(ROOT)}: {hit}" for hit in forbidden_in(text)]
    assert found == []


def test_planted_leftovers_are_found() -> None:
    """Each kind of leftover is recognised, and ordinary words and paths are not."""
    planted = {
        "unfinished work": "to-do".replace("-", ""),
        "a path of one machine": "/".join(("", "root", "a")),
        "the address of a registry": ".".join(("pypi", "org")),
    }
    for kind, text in planted.items():
        assert forbidden_in(f"open('{text}')") == [f"{kind}: {text}"]
    assert forbidden_in("configs/data/work/x.csv, $HOME/work/x, and mastodons") == []


# --- Metadata ------------------------------------------------------------------------------------


def test_lock_holds_names_versions_and_hashes_only() -> None:
    """A lock file with an address would tie an installation to one registry."""
    pin = r"[a-z0-9-]+==[\w.!+]+( ; [\w.'\"<>=! ]+)? \\"
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 100
    odd = [
        line
        for line in lines
        if not re.fullmatch(rf"{pin}|    --hash=sha256:[0-9a-f]{{64}}( \\)?", line)
    ]
    assert odd == []


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_lock_pins_every_dependency(python: str) -> None:
    """Each direct dependency is pinned once for each Python, within the bounds declared."""
    machine = {"python_version": python, "python_full_version": f"{python}.0"}
    settings = project()["project"]
    declared = [*settings["dependencies"], *settings["optional-dependencies"]["dev"]]
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if "==" in line and line[0] != " "]
    for wanted in map(Requirement, declared):
        if wanted.marker is None or wanted.marker.evaluate(machine):
            versions = [
                next(iter(pin.specifier)).version
                for pin in pins
                if pin.name == wanted.name.lower()
                and (pin.marker is None or pin.marker.evaluate(machine))
            ]
            assert len(versions) == 1, wanted.name
            assert Version(versions[0]) in wanted.specifier, wanted.name


def test_citation_names_the_version() -> None:
    """CITATION.cff and pyproject.toml speak of the same version."""
    version = project()["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in citation
