"""The files of a sweep directory that say what the sweep is: the same for the same sweep."""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from experiments.sweeps.sweep import SweepFile

DESIGN = "design.parquet"


def files_of(sweep: "SweepFile") -> dict[str, bytes]:
    """Contents of the files by name: the sweep, its base with input files, and its design."""
    from experiments.sweeps.stored import stored

    return {**stored(sweep), DESIGN: parquet_of(frame_of(sweep))}


def frame_of(sweep: "SweepFile") -> "pandas.DataFrame":
    """Points of a sweep: `point`, the value of each factor, and its coordinate in [0, 1]."""
    import pandas

    points = sweep.points()
    columns: dict[str, Any] = {"point": range(len(points))}
    names = [factor.name for factor in sweep.factors]
    rows = [[point.values[name] for name in names] for point in points]
    for place, name in enumerate(names):
        columns[name] = [row[place] for row in rows]
    matrix = sweep.matrix()
    for place, name in enumerate(names):
        columns[f"unit.{name}"] = matrix[:, place]
    return pandas.DataFrame(columns)


def parquet_of(frame: "pandas.DataFrame") -> bytes:
    """Bytes of a Parquet file; labels of several types become words."""
    import pyarrow
    import pyarrow.parquet

    columns = {name: arrow(frame[name].tolist()) for name in frame.columns}
    stream = BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), stream, compression="zstd")
    return stream.getvalue()


def arrow(values: list[Any]) -> Any:
    """Values as a column: numbers where all are numbers, else words."""
    import pyarrow

    if any(isinstance(value, str) for value in values):
        return pyarrow.array([str(value) for value in values], pyarrow.string())
    return pyarrow.array(values)


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """sha256 of each file, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
