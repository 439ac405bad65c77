"""Shards: the tables of a hundred runs in one Parquet file, the same bytes whatever happened.

Shard i of a table holds the runs with numbers 100 i .. 100 i + 99 in that order, with the number in
the column `run`.  The table `runs` has one row for each run, failed ones included.  Each file
carries the sha256 of its content, so that it can be trusted without the ledger.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.sweeps.ledger import Run

if TYPE_CHECKING:
    import pyarrow

SIZE = 100  # runs
FOLDER = "shards"
RUNS = "runs"
GROUP = 2**24  # bytes of a row group: memory stays flat however wide the tables are
CONTENT = b"shareshift_content_sha256"
RUN = "run"  # the column that holds the number of the run
FIXED = (RUN, "point", "seed", "network", "identity", "status", "reason")


def shard_of(number: int) -> int:
    """Index of the shard that a run belongs to."""
    return number // SIZE


def numbers_of(shard: int) -> range:
    """Numbers of the runs of a shard."""
    return range(shard * SIZE, (shard + 1) * SIZE)


def file_of(table: str, shard: int) -> str:
    """Name of a shard below the sweep directory."""
    return f"{FOLDER}/{table}-{shard:05d}.parquet"


def written(parts: Iterable["pyarrow.Table"], schema: "pyarrow.Schema") -> bytes:
    """Bytes of a Parquet file with the rows of the parts, and with the hash of its content.

    Parameters
    ----------
    parts : tables in order; their columns are taken by name, missing ones are empty
    schema : columns of the file, with units and meanings
    """
    import pyarrow.parquet

    stream, digest = BytesIO(), hashlib.sha256()
    plain = schema.remove_metadata()
    # Numbers hardly repeat: to look for those that do takes longer than all the rest.
    words = [field.name for field in plain if pyarrow.types.is_string(field.type)]
    with pyarrow.parquet.ParquetWriter(
        stream,
        plain,
        compression="zstd",
        write_page_checksum=True,
        store_schema=True,
        use_dictionary=words,
    ) as writer:
        for group in grouped(fitted(part, plain) for part in parts):
            digest.update(fingerprint(group))
            writer.write_table(group)
        about = {**(schema.metadata or {}), CONTENT: digest.hexdigest().encode()}
        writer.add_key_value_metadata({key.decode(): text.decode() for key, text in about.items()})
    return stream.getvalue()


def grouped(parts: Iterable["pyarrow.Table"]) -> Iterator["pyarrow.Table"]:
    """Tables put together until they are worth a row group; it depends on the content alone."""
    import pyarrow

    waiting: list[Any] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += part.nbytes
        if size >= GROUP:
            yield pyarrow.concat_tables(waiting).combine_chunks()
            waiting, size = [], 0
    if waiting:
        yield pyarrow.concat_tables(waiting).combine_chunks()


def fitted(part: "pyarrow.Table", schema: "pyarrow.Schema") -> "pyarrow.Table":
    """A table with the columns of a schema, in its order and types."""
    import pyarrow

    if part.schema.names == schema.names and part.schema.types == schema.types:
        return pyarrow.table(part.columns, schema=schema)
    columns = [
        part.column(field.name).cast(field.type)
        if field.name in part.column_names
        else pyarrow.nulls(part.num_rows, field.type)
        for field in schema
    ]
    return pyarrow.table(columns, schema=schema)


def fingerprint(table: "pyarrow.Table") -> bytes:
    """sha256 of names, types and values of a table; what lies under a missing value is not one."""
    import pyarrow

    names = [(field.name, str(field.type)) for field in table.schema]
    digest = hashlib.sha256(json.dumps(names).encode())
    for column in table.itercolumns():
        for values in (column.is_null(), column.drop_null()):
            batch = pyarrow.record_batch([values.combine_chunks()], ["column"])
            stream = BytesIO()
            with pyarrow.ipc.new_stream(stream, batch.schema) as writer:
                writer.write_batch(batch)
            digest.update(stream.getvalue())
    return digest.digest()


def sound(path: Path) -> bool:
    """Whether a shard holds what was written, by the hash that it carries itself."""
    import pyarrow.parquet

    digest = hashlib.sha256()
    try:
        with pyarrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, use_threads=False)
                digest.update(fingerprint(table.combine_chunks()))
            told = (file.metadata.metadata or {}).get(CONTENT, b"").decode()
    except (OSError, pyarrow.ArrowException):
        return False
    return told == digest.hexdigest()


def decoded(content: bytes, number: int) -> "pyarrow.Table":
    """A run's table from the bytes of its Arrow stream, with its number in front."""
    import pyarrow

    with pyarrow.ipc.open_stream(content) as reader:
        table = reader.read_all()
    numbers = pyarrow.array([number] * table.num_rows, pyarrow.int64())
    return table.add_column(0, RUN, numbers)


def table_of_runs(runs: Sequence[Run], outcomes: Mapping[str, bool]) -> "pyarrow.Table":
    """One row for each run: its place in the sweep, status, reason and outcomes.

    Parameters
    ----------
    outcomes : whether each is a vector, by name
    """
    import pyarrow

    kinds = [pyarrow.int64()] * 4 + [pyarrow.string()] * 3
    fields = dict(zip(FIXED, kinds, strict=True))
    columns: list[list[Any]] = [[run[place] for run in runs] for place in range(len(FIXED))]
    for name, vector in outcomes.items():
        number = pyarrow.float64()
        # Parquet calls the entries of a list so, and the fingerprint is to know them again.
        fields[name] = pyarrow.list_(pyarrow.field("element", number)) if vector else number
        columns.append([run.outcomes.get(name) for run in runs])
    arrays = [
        pyarrow.array(column, kind) for column, kind in zip(columns, fields.values(), strict=True)
    ]
    return pyarrow.table(arrays, names=list(fields))
