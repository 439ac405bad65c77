"""The compiled cache is never stale."""

import subprocess
import sys
from pathlib import Path

import agents.compiled

LEAF = "def leaf(x):\n    return x + {}\n"
KERNEL = """from agents.compiled import inline, kernel
from agents.leaf import leaf as leaf_source

leaf = inline(leaf_source)

@kernel
def use(x):
    return leaf(x)
"""


def planted(folder: Path, added: int) -> str:
    """Result of the kernel in a checkout under `folder` whose leaf adds `added`."""
    (folder / "agents").mkdir(exist_ok=True)
    (folder / "simulation").mkdir(exist_ok=True)
    (folder / "agents" / "__init__.py").write_text("")
    source = Path(agents.compiled.__file__).read_text()
    (folder / "agents" / "compiled.py").write_text(source)
    (folder / "agents" / "leaf.py").write_text(LEAF.format(added))
    kernel = folder / "agents" / "kernel.py"
    if not kernel.exists():  # the kernel's own file stays as it is, with its old date
        kernel.write_text(KERNEL)
    code = "from agents.kernel import use; print(use(1), use.stats.cache_hits.total())"
    environment = {"XDG_CACHE_HOME": str(folder / "cache"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_an_edit_of_a_leaf_in_another_file_changes_the_result(tmp_path: Path) -> None:
    first = planted(tmp_path, 1)
    assert first.split()[0] == "2"
    assert planted(tmp_path, 10).split()[0] == "11"


def test_the_cache_folder_is_named_by_the_sources(tmp_path: Path) -> None:
    for package in ("agents", "simulation"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "file.py").write_text("x = 1\n")
    before = agents.compiled.source_hash(tmp_path)
    (tmp_path / "simulation" / "file.py").write_text("x = 2\n")
    assert agents.compiled.source_hash(tmp_path) != before
    assert agents.compiled.cache_folder().name == agents.compiled.model_version()


def test_without_the_named_folder_the_old_number_would_come_back(tmp_path: Path) -> None:
    """The planted bug: with one folder for all versions the edit is a stale cache hit."""
    stale = (
        Path(agents.compiled.__file__)
        .read_text()
        .replace("folder = root / model_version()", 'folder = root / "all"')
        .replace("os.utime(root / model_version())", "pass")
    )
    assert 'root / "all"' in stale
    results = []
    for added in (1, 10):
        (tmp_path / "agents").mkdir(exist_ok=True)
        (tmp_path / "simulation").mkdir(exist_ok=True)
        (tmp_path / "agents" / "__init__.py").write_text("")
        (tmp_path / "agents" / "compiled.py").write_text(stale)
        (tmp_path / "agents" / "leaf.py").write_text(LEAF.format(added))
        if not (tmp_path / "agents" / "kernel.py").exists():
            (tmp_path / "agents" / "kernel.py").write_text(KERNEL)
        environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": ""}
        code = "from agents.kernel import use; print(use(1))"
        results.append(
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
        )
    assert results == ["2", "2"]
