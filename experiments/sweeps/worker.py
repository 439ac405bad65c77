"""One run of a sweep: the market of a job, its outcomes, and the tables that are kept of it."""

import time
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from agents.version import model_version
from experiments.run import hash_of
from experiments.sweeps.job import DONE, Job, Result
from experiments.sweeps.runs import config_of, outcomes_of, tables_needed
from experiments.sweeps.sweep import SweepFile

if TYPE_CHECKING:
    from simulation.columns import Column
    from simulation.config import Config
    from simulation.records import Table


MONTHS = 6  # in which nearly every kernel is called


def run_job(sweep: SweepFile, job: Job) -> Result:
    """Run the market of a job."""
    began = time.perf_counter()
    config = config_of(sweep, job)
    identity = hash_of(config.identity(), str(config.seed), model_version())
    tables = tables_of(config, tables_needed(sweep))
    outcomes = outcomes_of(sweep, tables)
    kept = {name: stream_of(name, tables[name]) for name in sweep.keep}
    return Result(job.number, identity, DONE, outcomes, kept, time.perf_counter() - began)


def compile_kernels(sweep: SweepFile) -> None:
    """Run the first months of the base, so that kernels are compiled, or loaded, and ready."""
    from simulation.config import with_changes

    base = with_changes(sweep.base, {"months": min(MONTHS, sweep.base.months)})
    tables_of(base, tables_needed(sweep))


def tables_of(config: "Config", names: Iterable[str]) -> Mapping[str, "Table"]:
    """Some tables of the records of a whole run; the others are not made, which takes time."""
    from simulation.market import Market, let_go

    market = Market(config)
    while market.running:
        market.step()
    tables = market.tables(names)
    let_go(market)
    return tables


def stream_of(name: str, table: "Table") -> bytes:
    """A table as the bytes of an Arrow stream, with units and meanings."""
    from simulation.columns import TABLES

    return arrow_stream(table, TABLES[name])


def arrow_stream(table: Mapping[str, Any], columns: Sequence["Column"]) -> bytes:
    """Bytes of an Arrow stream with these columns of a table."""
    import pyarrow

    fields, arrays = [], []
    for column in columns:
        kind = pyarrow.string() if column.kind == "text" else None
        array = pyarrow.array(table[column.name], kind)
        about = {"unit": column.unit, "meaning": column.meaning}
        fields.append(pyarrow.field(column.name, array.type, metadata=about))
        arrays.append(array)
    stream = BytesIO()
    batch = pyarrow.record_batch(arrays, schema=pyarrow.schema(fields))
    with pyarrow.ipc.new_stream(stream, batch.schema) as writer:
        writer.write_batch(batch)
    return stream.getvalue()
