"""The compiled cache is never stale."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import agents.borrowed
import agents.compiled
import agents.equations.either
import agents.version

LEAF = "def leaf(x):\n    return x + {}\n"
KERNEL = """from agents.compiled import inline, kernel
from agents.leaf import leaf as leaf_source

leaf = inline(leaf_source)

@kernel
def use(x):
    return leaf(x)
"""


FORGIVING = "self.borrowing._cache = BorrowingCache(function)"


def planted(
    folder: Path,
    added: int,
    wrong: tuple[tuple[str, str], ...] = (),
    before: Callable[[], None] | None = None,
) -> str:
    """Result of the kernel in a checkout under `folder` whose leaf adds `added`.

    wrong : what to write in place of which words of `agents.compiled`.
    before : called in the process before it begins.
    """
    (folder / "agents").mkdir(exist_ok=True)
    (folder / "simulation").mkdir(exist_ok=True)
    source = Path(agents.compiled.__file__).read_text()
    for words, instead in wrong:
        assert words in source
        source = source.replace(words, instead)
    (folder / "agents" / "__init__.py").write_text("")
    (folder / "agents" / "compiled.py").write_text(source)
    borrowed = Path(agents.borrowed.__file__).read_text()
    (folder / "agents" / "borrowed.py").write_text(borrowed)
    (folder / "agents" / "version.py").write_text(Path(agents.version.__file__).read_text())
    (folder / "agents" / "equations").mkdir(exist_ok=True)
    either = Path(agents.equations.either.__file__).read_text()
    (folder / "agents" / "equations" / "either.py").write_text(either)
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
        preexec_fn=before,
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


def damage(folder: Path, suffix: str, left: int) -> int:
    """Cut every file of the cache with this suffix to its first bytes; returns how many."""
    damaged = list((folder / "cache").rglob(f"*{suffix}"))
    for path in damaged:
        os.truncate(path, left)
    return len(damaged)


@pytest.mark.parametrize(("suffix", "left"), [(".nbi", 0), (".nbi", 90), (".nbc", 0), (".nbc", 90)])
def test_damaged_code_is_compiled_anew_and_the_cache_mended(
    tmp_path: Path, suffix: str, left: int
) -> None:
    planted(tmp_path, 1)
    assert damage(tmp_path, suffix, left) == 1
    assert planted(tmp_path, 1) == "2"
    assert min(path.stat().st_size for path in (tmp_path / "cache").rglob("*.nb?")) > 90


def test_without_our_cache_damage_would_end_every_run(tmp_path: Path) -> None:
    """The planted bug: Numba's own cache."""
    wrong = ((FORGIVING, "self.borrowing.enable_caching()"),)
    planted(tmp_path, 1, wrong)
    damage(tmp_path, ".nbi", 0)
    with pytest.raises(subprocess.CalledProcessError):
        planted(tmp_path, 1, wrong)


def test_a_disk_without_room_for_the_cache_is_no_failure(tmp_path: Path) -> None:
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

    assert planted(tmp_path, 1, before=no_room) == "2"
    with pytest.raises(subprocess.CalledProcessError):
        planted(tmp_path, 2, ((FORGIVING, "self.borrowing.enable_caching()"),), no_room)


def test_the_cache_lies_where_the_user_may_write_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, temporary = tmp_path / "named", tmp_path / "temporary"
    monkeypatch.setattr(agents.compiled.tempfile, "gettempdir", lambda: str(temporary))
    monkeypatch.setenv("XDG_CACHE_HOME", str(named))
    assert agents.compiled.cache_folder().is_relative_to(named)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be ignored, says its specification
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert agents.compiled.cache_folder().is_relative_to(tmp_path / "home" / ".cache")

    def homeless(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert agents.compiled.cache_folder().is_relative_to(temporary)
    monkeypatch.setattr(os, "getuid", lambda: 4321)  # a folder that somebody else has put there
    (temporary / "shareshift-4321").mkdir()
    monkeypatch.setattr(agents.compiled.tempfile, "mkdtemp", lambda **_: str(tmp_path / "new"))
    assert agents.compiled.cache_folder() == tmp_path / "new"
