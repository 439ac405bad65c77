"""What `shareshift analyze` prints: answers, numbers of outcomes and effects of factors."""

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.analysis import MEAN, Analysis, Finding, Question
from experiments.phrases import one_line
from experiments.plots import factor_names
from experiments.sensitivity.effects import Effects
from experiments.sensitivity.swings import Swings
from experiments.sweep_words import answers
from experiments.sweep_words_drivers import part_used
from experiments.sweep_words_luck import parts_of

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 100
MOST_FACTORS, MOST_FAILURES = 12, 6


def summary(found: Analysis) -> str:
    """Everything that is printed, as plain text of at most 100 columns."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, soft_wrap=False)
    sweep = found.study.sweep
    console.print(f"{sweep.name}: {sweep.description}".rstrip(": "), markup=False)
    for answer in answers(found):
        console.print(f"\n{answer.question}", markup=False)
        for sentence in answer.sentences:
            console.print(Padding(Text(sentence), (0, 0, 0, 2)))
    for table in tables(found):
        console.print()
        console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def tables(found: Analysis) -> list["Table"]:
    """Outcomes, their variance, effects of each question, and failures."""
    return [
        outcome_table(found.findings),
        *filter(None, [variance_table(found.findings)]),
        *[table for finding in found.findings for table in effect_tables(finding)],
        *filter(None, [failure_table(found)]),
    ]


def table_of(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table":
    """A plain table whose first column is of words."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(escape(name), justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def outcome_table(findings: Sequence[Finding]) -> "Table":
    """Runs that have a number, their mean, spread and range."""
    rows = []
    for finding in findings:
        count, *rest = finding.numbers
        cells = [cell(value) for value in rest]
        rows.append([finding.question.words, f"{count:,}", *cells])
    columns = ("outcome", "runs", "mean", "sd", "lowest", "highest")
    return table_of("Outcomes over all runs", columns, rows)


def cell(value: float) -> str:
    """A number with three digits that count, or a dash."""
    if value != value:
        return "-"
    return f"{value:.3g}".replace("-", "−")


def variance_table(findings: Sequence[Finding]) -> "Table | None":
    """Shares of the variance of each outcome that can be split; None if none can."""
    split = [finding for finding in findings if not isinstance(finding.shares, str)]
    if not split:
        return None
    rows = [
        [finding.question.words, cause, factor_names.percent_interval(share, low, high)]
        for finding in split
        for cause, share, low, high in parts_of(finding.shares)  # type: ignore[arg-type]
    ]
    title = "What the variance of one run comes from, with 95 % intervals"
    return table_of(title, ("outcome", "from", "share"), rows)


def effect_tables(finding: Finding) -> list["Table"]:
    """One table for each method, and one of main effects."""
    made = [
        effect_table(finding.question, effects)
        for effects in finding.effects.values()
        if isinstance(effects, Effects)
    ]
    if isinstance(finding.swings, Swings) and "morris" not in finding.effects:
        made.append(swing_table(finding.question.words, finding.swings))
    return made


def effect_table(question: Question, effects: Effects) -> "Table":
    """Each measure of the factors, the weightiest first."""
    from experiments.plots.ranked_rows import ranked

    first = next(iter(effects.measures.values()))
    leading = effects.measures.get("total", effects.measures.get("mu_star", first))
    order, rest = ranked(leading.value, MOST_FACTORS)
    short = factor_names.short_names(effects.factors)
    rows: list[list[str]] = []
    for i in order:
        measures = [
            factor_names.with_interval(*(float(side[i]) for side in measure))
            for measure in effects.measures.values()
        ]
        rows.append([short[effects.factors[i]], *measures])
    if len(rest):
        rows.append([f"{len(rest)} more", *[""] * len(effects.measures)])
    title = f"{question.words}: {part_used(effects)}"
    if question.statistic == MEAN and np.isfinite(effects.noise):
        title += f"; of the variance of one run {100 * effects.noise:.0f} % is luck"
    return table_of(title, ("factor", *effects.measures), rows)


def swing_table(name: str, found: Swings) -> "Table":
    """Main effects, the longest swing first."""
    from experiments.plots.ranked_rows import ranked

    order, rest = ranked(np.abs(found.swing.value), MOST_FACTORS)
    short = factor_names.short_names(found.factors)
    rows = [
        [
            short[found.factors[i]],
            " → ".join(found.ends[i]),
            cell(float(found.at_low[i])),
            cell(float(found.at_high[i])),
            factor_names.with_interval(*(float(side[i]) for side in found.swing)),
        ]
        for i in order
    ]
    if len(rest):
        rows.append([f"{len(rest)} more", "", "", "", ""])
    columns = ("factor", "from → to", "at low", "at high", "swing")
    return table_of(f"{name}: main effects", columns, rows)


def failure_table(found: Analysis) -> "Table | None":
    """Why runs failed; None where none did."""
    failures = found.progress.failures
    if not failures:
        return None
    rows: list[list[Any]] = [
        [one_line(reason), f"{count:,}", str(first)]
        for reason, count, first in failures[:MOST_FAILURES]
    ]
    if len(failures) > MOST_FAILURES:
        rows.append([f"{len(failures) - MOST_FAILURES} more reasons", "", ""])
    return table_of("Failed runs", ("reason", "runs", "first run"), rows)
