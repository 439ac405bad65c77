"""Opening a ledger after whatever happened: what was damaged is found, and its runs are forgotten.

Every row, every table and every shard has a checksum.  A run that cannot be shown to be what was
written is taken out of the ledger, so that it is run again.  A ledger that cannot be read is put
aside, and rebuilt from the shards, which say themselves whether they are sound.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.sweeps.databases import DamagedError
from experiments.sweeps.directory import MODEL, SWEEP
from experiments.sweeps.job import DONE
from experiments.sweeps.ledger import FORMAT_VERSION, LEDGER, Ledger, Run, checksum
from experiments.sweeps.shards import FOLDER, RUN, RUNS, numbers_of, shard_of, sound
from experiments.whole_files import StoreError, environment, sha256_of, sync_folder

if TYPE_CHECKING:
    from experiments.sweeps.keeping import Kept

ASIDE = ".damaged"


def opened(path: Path, kept: "Kept", say: Callable[[str], None]) -> Ledger:
    """The ledger of a sweep directory, with nothing in it that is damaged."""
    if (path / FOLDER).is_symlink():
        raise StoreError(f"{path / FOLDER}: is a link; remove it and run again")
    try:
        ledger = checked(path)
    except DamagedError as failure:
        put_aside(path)
        ledger = Ledger(path, writing=True)
        found = rebuilt(ledger, path, kept)
        say(f"{failure}; it was put aside, and {found} runs were found in sound shards")
    try:
        ledger.note({"format_version": str(FORMAT_VERSION), **kept.origin})
        forget_damaged(ledger, path, say)
    except BaseException:
        ledger.close()
        raise
    return ledger


def checked(path: Path) -> Ledger:
    """Open the ledger and look through its pages.

    Raises
    ------
    DamagedError
    """
    ledger = Ledger(path, writing=True)
    try:
        ledger.check()
    except BaseException:
        ledger.close()
        raise
    return ledger


def put_aside(path: Path) -> None:
    """Keep a ledger that cannot be read, for whoever wants to look into it."""
    with environment(path):
        for ending in ("-wal", "-shm", "-journal"):
            (path / f"{LEDGER}{ending}").unlink(missing_ok=True)
        (path / LEDGER).replace(path / f"{LEDGER}{ASIDE}")
        sync_folder(path)


def forget_damaged(ledger: Ledger, path: Path, say: Callable[[str], None]) -> None:
    """Take out the runs whose row, table or shard is not what was written."""
    damaged: dict[int, str] = dict(bad_rows(ledger))
    damaged |= dict(bad_contents(ledger))
    lost = set(bad_shards(ledger, path))
    held = ledger.held()
    for run in ledger.runs_but(damaged):
        for table in run.tables:
            if (table, shard_of(run.number)) in lost and (run.number, table) not in held:
                damaged[run.number] = f"its shard of table {table}"
    if damaged:
        first = min(damaged)
        say(
            f"{path}: {len(damaged)} runs are damaged and will be run again "
            f"(run {first}: {damaged[first]})"
        )
        ledger.forget(sorted(damaged))


def bad_rows(ledger: Ledger) -> Iterator[tuple[int, str]]:
    """Runs whose row is not what was written."""
    for row in ledger.rows():
        if checksum(row[:-1]) != row[-1]:
            yield row[0], "its row"


def bad_contents(ledger: Ledger) -> Iterator[tuple[int, str]]:
    """Runs with a table in the ledger that is not what was written, or belongs to no run."""
    known = {run.number: run.tables for run in ledger.runs_but(dict(bad_rows(ledger)))}
    for number, name in ledger.held():
        content = ledger.content(number, name) or b""
        if known.get(number, {}).get(name) != hashlib.sha256(content).hexdigest():
            yield number, f"its table {name}"


def bad_shards(ledger: Ledger, path: Path) -> Iterator[tuple[str, int]]:
    """Table and index of each shard that is not what was written; what is sound is settled."""
    shards = ledger.shards()
    for name, (now, later) in shards.items():
        found = sha256_of(path / name) if (path / name).is_file() else ""
        if found and found == later:
            ledger.put_shard(name, later)
        elif not found or found != now:
            ledger.forget_shard(name)
            yield table_and_shard(name)
    yield from unknown_shards(ledger, set(shards))


def unknown_shards(ledger: Ledger, known: set[str]) -> Iterator[tuple[str, int]]:
    """Shards that runs should be in by what the ledger says, of which it knows no file."""
    from experiments.sweeps.shards import file_of

    held = ledger.held()
    for run in ledger.runs_but(dict(bad_rows(ledger))):
        for table in run.tables:
            place = file_of(table, shard_of(run.number))
            if place not in known and (run.number, table) not in held:
                yield table, shard_of(run.number)


def table_and_shard(name: str) -> tuple[str, int]:
    """Table and index from the name of a shard."""
    table, _, index = Path(name).stem.rpartition("-")
    return table, int(index)


def loose(ledger: Ledger) -> set[int]:
    """Shards with runs that are not, or not all, in their files."""
    in_files = {
        table_and_shard(name)[1] for name in ledger.shards() if table_and_shard(name)[0] == RUNS
    }
    having = {shard_of(number) for number in ledger.statuses()}
    return having - in_files | {shard_of(number) for number, _ in ledger.held()}


def rebuilt(ledger: Ledger, path: Path, kept: "Kept") -> int:
    """Fill an empty ledger from the sound shards of the same sweep and model; how many runs."""
    trusted = {file.stem for file in sorted((path / FOLDER).glob("*.parquet")) if sound(file)}
    found = 0
    for stem in sorted(name for name in trusted if name.startswith(f"{RUNS}-")):
        shard = table_and_shard(stem)[1]
        if origin_of(path / FOLDER / f"{stem}.parquet") != kept.origin:
            continue
        names = {table: f"{table}-{shard:05d}" for table in (RUNS, *kept.tables)}
        files = {table: path / FOLDER / f"{name}.parquet" for table, name in names.items()}
        sound_here = {table: files[table] for table in names if names[table] in trusted}
        runs = [run for run in runs_in(files[RUNS], kept) if fits(run, shard)]
        whole = [run for run in runs if set(run.tables) <= set(sound_here)]
        ledger.restore(whole)
        if len(whole) == len(runs):
            hashes = {f"{FOLDER}/{file.name}": sha256_of(file) for file in sound_here.values()}
            ledger.settle(hashes, 0, -1)
        found += len(whole)
    return found


def fits(run: Run, shard: int) -> bool:
    """Whether a run belongs into a shard."""
    return run.number in numbers_of(shard)


def origin_of(file: Path) -> dict[str, str]:
    """Sweep and model version that a shard says it is of."""
    import pyarrow.parquet

    about = pyarrow.parquet.read_metadata(file).metadata or {}
    return {name: about.get(name.encode(), b"").decode() for name in (SWEEP, MODEL)}


def runs_in(file: Path, kept: "Kept") -> Iterator[Run]:
    """Runs that a sound shard of the table `runs` holds."""
    import pyarrow.parquet

    rows: list[Mapping[str, Any]] = pyarrow.parquet.read_table(file, use_threads=False).to_pylist()
    for row in rows:
        values = {name: row[name] for name in kept.outcomes if row.get(name) is not None}
        outcomes = {
            name: tuple(value) if kept.outcomes[name] else value for name, value in values.items()
        }
        tables = dict.fromkeys(kept.tables if row["status"] == DONE else (), "")
        place = (row["point"], row["seed"], row["network"])
        ended = (row["identity"], row["status"], row["reason"])
        yield Run(row[RUN], *place, *ended, outcomes, tables, 0.0)
