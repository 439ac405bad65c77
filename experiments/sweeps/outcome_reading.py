"""Outcomes of a sweep file against the tables of records and the base config."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from agents.codes import OPEN_NAME
from experiments.sweeps.findings import Findings
from experiments.sweeps.outcomes import MONTHLY, OTHERS, Measured
from simulation.columns import SEGMENTS, TABLES, Column
from simulation.config import Config
from simulation.config_errors import some_of

# Columns that tell the rows of one month apart; of other tables nobody knows beforehand.
KEYS: dict[str, tuple[str, ...]] = {
    MONTHLY: (),
    "providers": ("provider",),
    "segments": ("segment", "provider"),
}


def read_outcomes(
    forms: Mapping[str, Any], base: Config | None, months: int | None, found: Findings
) -> dict[str, Measured]:
    """Resolve the outcomes of a sweep; what is wrong goes to `found`.

    months : of every run; None where they vary, or are not known.
    """
    outcomes = {}
    for name, form in forms.items():
        problems = list(problems_of(name, form, months))
        for steps, text in problems:
            found.add(("outcomes", name, *steps), text)
        if not problems:
            outcome = made(name, form, base)
            if form.vector is not None and not outcome.labels and base is not None:
                text = f"which labels of {form.vector}? add `labels`, as [A, B]"
                found.add(("outcomes", name, "vector"), text)
            outcomes[name] = outcome
    return outcomes


def made(name: str, form: Any, base: Config | None) -> Measured:
    """Make the outcome of a form that is sound."""
    return Measured(
        name,
        form.table,
        form.column or name,
        form.at,
        tuple(form.where.items()),
        form.rows,
        form.leader_by,
        getattr(form, "is"),
        form.above,
        form.below,
        form.vector,
        labels_of(form, base) if form.vector is not None else (),
    )


def labels_of(form: Any, base: Config | None) -> tuple[str, ...]:
    """Labels of a vector: those that are said, else the segments, or the providers of the base."""
    if form.labels is not None:
        return tuple(label for label in form.labels if label != OTHERS)
    if form.vector == "segment":
        return SEGMENTS
    return providers_of(base) if form.vector == "provider" and base is not None else ()


def providers_of(base: Config) -> tuple[str, ...]:
    """Names of the providers of a config, OPEN among them, places for entrants not."""
    from simulation.supply import recorded

    if base.supply.endogenous:
        return (*(n for n in base.providers if n not in base.supply.exclude), OPEN_NAME)
    if base.supply.recorded is None:
        return tuple(name for name in base.supply.offers if name not in base.supply.exclude)
    path, left_out = base.supply.recorded, base.supply.exclude
    origins = base.enterprises.excluded_origins
    supply = recorded(path, base.start, base.months, origins, left_out, base.content(path))
    return supply.providers


def problems_of(name: str, form: Any, months: int | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with an outcome: steps below it, and text."""
    columns = {column.name: column for column in TABLES[form.table]}
    column = columns.get(form.column or name)
    if column is None:
        steps = () if form.column is None else ("column",)
        yield steps, no_column(form.column or name, form.table, list(columns))
        return
    yield from wrong_kind(column, form)
    for key in form.where:
        if key not in columns:
            yield ("where", key), no_column(key, form.table, list(columns))
    for field, kinds in (("leader_by", ("number", "whole")), ("vector", ("text",))):
        said = getattr(form, field)
        if said is not None and said not in columns:
            yield (field,), no_column(said, form.table, list(columns))
        elif said is not None and columns[said].kind not in kinds:
            yield (field,), f"{said} holds {columns[said].kind}s; name a column of {kinds[0]}s"
    if isinstance(form.at, int) and not 0 <= form.at < (months or 10**9):
        text = f"{form.at} is not one of the months, 0 to {(months or 10**9) - 1}"
        yield ("at",), text
    single = form.table in KEYS and set(KEYS[form.table]) <= set(form.where)
    if not single and not (form.rows or form.leader_by or form.vector):
        keys = ", ".join(k for k in KEYS.get(form.table, ()) if k not in form.where) or "rows"
        yield (
            (),
            (
                f"{form.table} has several rows a month, by {keys}; add `rows` (sum, mean, max or "
                "min), `leader_by`, `vector` or more of `where`"
            ),
        )


def wrong_kind(column: Column, form: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Refuse text that is taken for a number, and a question that the column cannot answer."""
    wanted = getattr(form, "is")
    words = f"`{column.name}` holds {column.kind}s"
    if column.kind == "text" and wanted is None:
        yield (), f"{words}; say which one counts, as `is: ...`"
    kinds: dict[str, tuple[type, ...]] = {"text": (str,), "flag": (bool,)}
    if wanted is not None and type(wanted) not in kinds.get(column.kind, (int, float)):
        yield ("is",), f"{words}, and {wanted!r} is none"


def no_column(name: str, table: str, columns: list[str]) -> str:
    """Say that a table has no such column, and which one may have been meant."""
    near = difflib.get_close_matches(name, columns, 1)
    if near:
        return f"the table {table} has no column {name!r} (did you mean {near[0]!r}?)"
    homes = [other for other, all_of in TABLES.items() if name in {c.name for c in all_of}]
    if homes:
        return f"the table {table} has no column {name!r}; {', '.join(homes)} has: add `table`"
    return f"the table {table} has no column {name!r}; it has {some_of(columns)}"
