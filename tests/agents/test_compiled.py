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


def planted(folder: Path, added: int, wrong: tuple[tuple[str, str], ...] = ()) -> str:
    """Result of the kernel in a checkout under `folder` whose leaf adds `added`.

    wrong : what to write in place of which words of `agents.compiled`.
    """
    (folder / "agents").mkdir(exist_ok=True)
    (folder / "simulation").mkdir(exist_ok=True)
    source = Path(agents.compiled.__file__).read_text()
    for words, instead in wrong:
        assert words in source
        source = source.replace(words, instead)
    (folder / "agents" / "__init__.py").write_text("")
    (folder / "agents" / "compiled.py").write_text(source)
    (folder / "agents" / "leaf.py").write_text(LEAF.format(added))
    kernel = folder / "agents" / "kernel.py"
    if not kernel.exists():  # the kernel's own file stays as it is, with its old date
        kernel.write_text(KERNEL)
    done = subprocess.run(
        [sys.executable, "-c", "from agents.kernel import use; print(use(1))"],
        cwd=folder,
        env={"XDG_CACHE_HOME": str(folder / "cache"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_an_edit_of_a_leaf_in_another_file_changes_the_result(tmp_path: Path) -> None:
    assert [planted(tmp_path, added) for added in (1, 10)] == ["2", "11"]


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
        ("folder = root / model_version()", 'folder = root / "all"'),
        ("os.utime(root / model_version())", "pass"),
    )
    assert [planted(tmp_path, added, stale) for added in (1, 10)] == ["2", "2"]
