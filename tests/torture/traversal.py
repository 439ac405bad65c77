"""Names that lead out of the project: nothing outside is read, listed, written or moved.

Beside the folder in which the command runs lies one that it has no business in.  It holds a secret
that would show in a message, its files are compared before and after, and an audit hook of Python's
notes every path that is opened, listed, made or removed.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import harness
from forked import CHECKING, RUNNING, Commands

ROW = 16
SECRET = "hunter2"  # noqa: S105  # of nobody
CONFIG = f"schema_version: 1\nsupply: {{offers: {{A: {{}}}}}}\n{SECRET}: 1\n"
RECORDED = harness.ROOT / "configs" / "data" / "supply_recorded.csv"
SUPPLY = f"month,{SECRET}\n"
SMALL = "schema_version: 1\nmonths: 1\nsupply: {offers: {A: {}, B: {}}}\n" + "".join(
    f"{name}: {{count: 20}}\n" for name in ("developers", "consumers", "enterprises")
) + "networks: {enterprises: {family: none}}\n"  # fmt: skip
# What Python itself, its libraries and the command may touch anywhere.
INTERPRETER = {sys.prefix, sys.base_prefix, *sys.path[1:]}
ELSEWHERE = ("/sys/fs/cgroup", "/proc/self", os.devnull, "/dev/urandom", "/usr/share/zoneinfo")

Prepare = Callable[[Path, Path], None]  # of the folder of the command and the one outside


class Case(NamedTuple):
    """Words of the command, what is prepared, and the exit codes that are right."""

    name: str
    words: tuple[str, ...]
    prepare: Prepare
    codes: tuple[int, ...] = (2,)
    may_touch: str = ""


def naming(text: str) -> Prepare:
    """Prepare a config that says something; OUT stands for the folder outside."""
    return lambda folder, outside: write(
        folder / "deep" / "exp.yaml", text.replace("OUT", str(outside))
    )


def write(path: Path, text: str) -> None:
    """Write a file in a folder that may be missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def linking(link: str, target: str, text: str) -> Prepare:
    """Prepare a link in the folder to something outside, and a config that names it."""

    def prepare(folder: Path, outside: Path) -> None:
        naming(text)(folder, outside)
        (folder / link).parent.mkdir(parents=True, exist_ok=True)
        (folder / link).symlink_to(outside / target)

    return prepare


def named(kind: str, suffix: str) -> Iterator[Case]:
    """A key that names a file, in every spelling of a way out."""
    line = {
        "extends": "schema_version: 1\nextends: {}\nsupply: {{offers: {{A: {{}}}}}}\n",
        "recorded": "schema_version: 1\nsupply: {{recorded: {}}}\n",
        "graph": "schema_version: 1\nsupply: {{offers: {{A: {{}}}}}}\n"
        "networks: {{developers: {{family: file, path: {}}}}}\n",
    }[kind]
    spellings = {
        "up and over": f"../../outside/secret.{suffix}",
        "absolute": f"OUT/secret.{suffix}",
        "through a folder that exists": f"../deep/../../outside/secret.{suffix}",
        "through a folder that does not": f"none/../../../outside/secret.{suffix}",
        "many steps up": "../" * 40 + f"OUT/secret.{suffix}",
        "doubled slashes": f"..//..//outside//secret.{suffix}",
        "quoted escapes": f'"\\x2e\\x2e/\\x2e\\x2e/outside/secret.{suffix}"',
        "a folder": "../../outside",
        "the home folder": f"~/secret.{suffix}",
        "a variable": f"$OUT/secret.{suffix}",
        "an address": f"file://OUT/secret.{suffix}",
        "a system file": "/etc/passwd",
        "a device": "/dev/zero",
        "a process": "/proc/self/environ",
        "standard input": "/dev/stdin",
        "a zero byte": f'"exp.yaml\\0../../outside/secret.{suffix}"',
        "too long": "x" * 5000,
        "backslashes": f"..\\..\\outside\\secret.{suffix}",
    }
    for spelling, name in spellings.items():
        text = line.format(name)
        yield Case(f"{kind}: {spelling}", ("check", "deep/exp.yaml"), naming(text))
    for case, link, target, name in (
        ("a link to a file", f"deep/link.{suffix}", f"secret.{suffix}", f"link.{suffix}"),
        ("a link to a folder", "deep/over", ".", f"over/secret.{suffix}"),
        ("a link in place of inputs", "deep/inputs", ".", f"inputs/secret.{suffix}"),
        ("a link to a link", "deep/over", f"link.{suffix}", "over"),
        ("a circle of links", "deep/over", "../work/deep/over", "over"),
    ):
        prepare = linking(link, target, line.format(name))
        yield Case(f"{kind}: {case}", ("check", "deep/exp.yaml"), prepare)


def of_runs() -> Iterator[Case]:
    """Runs whose names, or whose directory, lead elsewhere."""
    run = ("run", "exp.yaml", "--no-figures", "--quiet")
    small = lambda folder, outside: write(folder / "exp.yaml", SMALL)  # noqa: E731
    for case, name in (
        ("steps up", "../../outside/run"),
        ("a slash", "a/b"),
        ("absolute", "/tmp/run"),  # noqa: S108
        ("a zero byte", '"a\\0b"'),
        ("dots", ".."),
        ("nothing", "''"),
    ):
        prepare = lambda folder, outside, name=name: write(  # noqa: E731
            folder / "exp.yaml", f"{SMALL}name: {name}\n"
        )
        yield Case(f"name: {case}", run, prepare)
    odd = "\n;$(touch x)"
    strange = lambda folder, outside: write(folder / f"..{odd}.yaml", SMALL)  # noqa: E731
    yield Case("name: an option", run, lambda folder, outside: write(
        folder / "exp.yaml", f"{SMALL}name: --force\n"), (0,))  # fmt: skip
    yield Case("name: from an odd file", ("run", f"..{odd}.yaml", *run[2:]), strange, (0,))
    for case, out, codes in (
        ("the folder itself", ".", (4,)),
        ("nothing", "", (0, 2, 4)),
        ("a line break", f"out{odd}", (0,)),
        ("too long", "x" * 5000, (4,)),
        ("a file", "exp.yaml", (4,)),
        ("below a file", "exp.yaml/out", (4,)),
        ("a device", os.devnull, (4,)),
        ("an option", "--force", (2,)),
    ):
        yield Case(f"--out: {case}", (*run, "--out", out), small, codes)
    for case, link, target in (
        ("the lock", ".lock", "secret.yaml"),
        ("the manifest", "manifest.json", "manifest.json"),
        ("the config", "config.yaml", "secret.yaml"),
        ("the inputs", "inputs", "."),
        ("the figures", "figures", "."),
        ("a table", "market.parquet", "secret.csv"),
        ("a partial table", ".market.parquet.partial", "secret.csv"),
        ("a partial manifest", ".manifest.json.partial", "secret.yaml"),
    ):
        # A manifest may be a link, as tools that keep large data elsewhere make them; it is read.
        may_touch = "manifest.json" if link == "manifest.json" else ""
        yield Case(f"link: {case}", (*run, "--out", "out", "--force"), within_run(link, target),
                   (0, 4), may_touch)  # fmt: skip


def within_run(link: str, target: str) -> Prepare:
    """Prepare a directory of an earlier run in which a link stands for one of its files."""

    def prepare(folder: Path, outside: Path) -> None:
        write(folder / "exp.yaml", SMALL.replace("{offers: {A: {}, B: {}}}", "{recorded: s.csv}"))
        write(folder / "s.csv", RECORDED.read_text(encoding="utf-8"))
        manifest = '{"format": "shareshift run directory", "status": "finished"}'
        write(folder / "out" / "manifest.json", manifest)
        write(outside / "manifest.json", manifest)
        (folder / "out" / link).unlink(missing_ok=True)
        (folder / "out" / link).symlink_to(outside / target)

    return prepare


def cases() -> list[Case]:
    """Every case."""
    files = [("extends", "yaml"), ("recorded", "csv"), ("graph", "csv")]
    return [*(case for kind, suffix in files for case in named(kind, suffix)), *of_runs()]


REDUCED = FULL = len(cases())


def run(seed: int, count: int, plant: str = "") -> list[str]:
    """Try each case in folders of its own; the seed changes nothing."""
    chosen = cases()[:count]
    runs = any(case.words[0] == "run" for case in chosen)
    imports = RUNNING if runs else CHECKING
    with tempfile.TemporaryDirectory() as name, Commands(imports, plant) as command:
        base = Path(name).resolve()
        return [
            f"{case.name}: {problem}"
            for number, case in enumerate(chosen)
            for problem in problems_of(case, command, base / str(number))
        ]


def problems_of(case: Case, command: Commands, base: Path) -> Iterator[str]:
    """What a case reads or changes that it has no business with."""
    folder, outside = base / "work", base / "outside"
    folder.mkdir(parents=True)
    write(outside / "secret.yaml", CONFIG)
    write(outside / "secret.csv", SUPPLY)
    (outside / "link.csv").symlink_to("secret.csv")
    (outside / "link.yaml").symlink_to("secret.yaml")
    case.prepare(folder, outside)
    before = snapshot(outside)
    ended = command(*case.words, folder=folder, watch=True)
    if ended.code not in case.codes or "a bug" in ended.err:
        yield f"exit {ended.code}: {ended.err[-300:]!r}"
    if snapshot(outside) != before or sorted(os.listdir(base)) != ["outside", "work"]:
        yield "something outside was changed"
    if SECRET in ended.out + ended.err:
        yield f"tells the secret: {ended.err[-300:]!r}"
    strange = [
        path
        for path in ended.touched
        if not allowed(Path(path), folder) and path != str(outside / (case.may_touch or "-"))
    ]
    if strange:
        yield f"touches {', '.join(strange[:5])}"


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of every file below a folder."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def allowed(path: Path, folder: Path) -> bool:
    """Whether a command that runs in a folder may touch a path."""
    roots = [folder, harness.ROOT, *map(Path, INTERPRETER), *map(Path, ELSEWHERE), cache()]
    return any(path.is_relative_to(root) for root in roots if root.is_absolute())


def cache() -> Path:
    """Where compiled kernels are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").resolve()
