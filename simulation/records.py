"""What happened in a run, as tables of arrays, to and from Parquet.

Tables and columns are those of `simulation.columns`.  A table maps column names to arrays; text
columns are object arrays of str, missing numbers are NaN.
"""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.columns import TABLES, Column

if TYPE_CHECKING:
    import pandas

    from simulation.config import Config

Table = dict[str, NDArray[Any]]
SCHEMA_VERSION = 1
DTYPES = {"whole": np.int64, "number": np.float64, "flag": np.bool_, "text": np.object_}


class Records:
    """Tables of one run.

    config : the resolved config.  providers : names, in the order of their codes, OPEN last.
    tables : table name -> column name -> array; see `simulation.columns` and MODEL.md.
    """

    def __init__(
        self, config: "Config", providers: tuple[str, ...], tables: Mapping[str, Table]
    ) -> None:
        """Hold the tables after checking them against the declared columns."""
        self.config, self.providers = config, providers
        self.tables = {name: checked(name, tables[name]) for name in TABLES}

    def table(self, name: str) -> Table:
        """Columns of table `name`; the message of a wrong name lists the tables."""
        if name not in self.tables:
            raise KeyError(f"no table {name!r} (tables: {', '.join(self.tables)})")
        return self.tables[name]

    def frame(self, name: str) -> "pandas.DataFrame":
        """Table `name` as a pandas data frame."""
        import pandas

        return pandas.DataFrame(self.table(name))

    def save(self, folder: str | Path) -> None:
        """Write each table to `folder` as Parquet."""
        for name in TABLES:
            (Path(folder) / f"{name}.parquet").write_bytes(self.parquet(name))

    def parquet(self, name: str) -> bytes:
        """Table `name` as the bytes of a Parquet file; the same records give the same bytes."""
        return to_parquet(self.table(name), TABLES[name], self.providers)

    @classmethod
    def load(cls, folder: str | Path) -> "Records":
        """Read the records of a run directory."""
        from simulation.config import load

        folder = Path(folder)
        tables: dict[str, Table] = {}
        providers: list[str] = []
        for name in TABLES:
            tables[name], providers = read_table(folder / f"{name}.parquet")
        return cls(load(folder / "config.yaml"), tuple(providers), tables)


def to_parquet(table: Table, columns: Sequence[Column], providers: Sequence[str]) -> bytes:
    """Bytes of a Parquet file with units and meanings; the same table gives the same bytes."""
    import pyarrow
    import pyarrow.parquet

    fields, arrays = [], []
    for column in columns:
        if column.kind == "text":
            array = pyarrow.array(table[column.name], pyarrow.string()).dictionary_encode()
        else:
            array = pyarrow.array(table[column.name])
        about = {"unit": column.unit, "meaning": column.meaning}
        fields.append(pyarrow.field(column.name, array.type, metadata=about))
        arrays.append(array)
    metadata = {
        "shareshift_schema_version": str(SCHEMA_VERSION),
        "shareshift_providers": json.dumps(providers),
    }
    stream = BytesIO()
    file = pyarrow.table(arrays, pyarrow.schema(fields, metadata))
    pyarrow.parquet.write_table(file, stream, compression="zstd")
    return stream.getvalue()


def read_table(path: Path) -> tuple[Table, list[str]]:
    """Columns of one Parquet file, and the providers named in its metadata."""
    import pyarrow.parquet

    # Each column is read whole and checked by the reader; threads would only cost start-up here.
    table = pyarrow.parquet.read_table(path, use_threads=False)
    metadata = table.schema.metadata or {}
    version = metadata.get(b"shareshift_schema_version", b"none").decode()
    if version != str(SCHEMA_VERSION):
        raise ValueError(f"{path}: schema version {version}, this version reads {SCHEMA_VERSION}")
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    return columns, json.loads(metadata[b"shareshift_providers"])


def checked(name: str, table: Table) -> Table:
    """`table` with the declared columns in order and in their types; anything else is an error."""
    declared = TABLES[name]
    wrong = set(table) ^ {column.name for column in declared}
    if wrong:
        raise ValueError(f"table {name}: columns missing or unknown: {', '.join(sorted(wrong))}")
    columns = {column.name: typed(name, column, table[column.name]) for column in declared}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"table {name}: columns differ in length: {sorted(lengths)}")
    return columns


def typed(name: str, column: Column, values: NDArray[Any]) -> NDArray[Any]:
    """`values` in the type of `column`; infinite numbers are an error."""
    array: NDArray[Any] = np.asarray(values).astype(DTYPES[column.kind], copy=False)
    if column.kind == "number" and np.isinf(array).any():
        raise ValueError(f"table {name}: column {column.name} holds an infinite number")
    return array
