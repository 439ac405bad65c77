"""`shareshift verify`: limit cases of the model against theory, each beside its power twin.

A case is a file of `experiments/verification` and a config of `configs/verification`.  Every row
compares a result with theory; the same row must fail in the case's twin, a run with one parameter
changed, or the check could not have found anything.
"""

import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from experiments.cli import DONE, UsageError, did_you_mean

if TYPE_CHECKING:
    from experiments.verification.case import Case, Row

FAILED = 5
FOLDER = Path(__file__).resolve().parent / "verification"
INDENT, WHAT = 6, 46  # characters before the law of a case, and before the first number
COLUMNS = ("theory", "result", "tolerance", "from", "verdict", "twin")
WIDTHS = (9, 9, 10, 9, 9, 8)
LINE = WHAT + sum(WIDTHS)
MEANING = """\
Limit cases of the model against theory.  A result may differ by 3.9 standard errors (±), which are
exact (binomial) or measured across agents or replicate blocks, or it has a bound (≤).  Of several
numbers the worst is shown.  The twin is the same run with a setting changed: it has to fail, and
is shown in multiples of what is tolerated, or as a count where nothing is."""


class Finding(NamedTuple):
    """A row of a case and the same row in its twin; `broken` says why there are none."""

    case: "Case"
    row: "Row | None" = None
    twin: "Row | None" = None
    broken: str = ""

    @property
    def verdict(self) -> str:
        """Ok, FAILED, or NO POWER where the twin passes too."""
        if self.row is None or self.twin is None or not self.row.holds:
            return "FAILED"
        return "NO POWER" if self.twin.holds else "ok"


def main(names: Sequence[str] = (), seed: int | None = None, quiet: bool = False) -> int:
    """Run the cases and print what they found.

    Parameters
    ----------
    names : cases or their configs, as V5 or v05_ordered; all if empty
    seed : seed in place of those of the configs
    quiet : print only what failed

    Returns
    -------
    int
        0, or 5 if a case failed or its twin did not.

    """
    chosen = cases(names)
    from experiments.verification.trial import trial_of

    trial_of.cache_clear()  # a model that was changed since must not be judged by its old runs
    began, printed = time.process_time(), False
    findings: list[Finding] = []
    for group in chosen:
        found = list(judged(group, seed))
        findings += found
        if not quiet or any(finding.verdict != "ok" for finding in found):
            head = [] if printed else [heading()]
            print("\n".join([*head, *lines(group, found)]), flush=True)
            printed = True
    print(summary(findings, time.process_time() - began))
    return FAILED if any(finding.verdict != "ok" for finding in findings) else DONE


def every_case() -> list["Case"]:
    """All cases, in the order of their files."""
    modules = sorted(path.stem for path in FOLDER.glob("v[0-9]*.py"))
    return [
        case
        for module in modules
        for case in import_module(f"experiments.verification.{module}").CASES
    ]


def cases(names: Sequence[str]) -> list["Case"]:
    """Cases that `names` name.

    Raises
    ------
    UsageError
    """
    known = every_case()
    labels = list(dict.fromkeys([case.name for case in known] + [case.config for case in known]))
    wanted = {name.lower() for name in names}
    for name in sorted(wanted - {label.lower() for label in labels}):
        at = did_you_mean(name, labels)
        raise UsageError(f"unknown case {name!r}{at}; there are {', '.join(labels)}")
    return [
        case for case in known if not names or {case.name.lower(), case.config.lower()} & wanted
    ]


def judged(group: "Case", seed: int | None) -> Iterator[Finding]:
    """Every row of a case with its twin's."""
    from experiments.verification.trial import settings, trial_of
    from simulation.config import ConfigError
    from simulation.identities import IdentityError

    seeded = () if seed is None else (f"seed={seed}",)
    try:
        config = settings(group.config, seeded)
        rows = group.check(config, trial_of(settings(group.config, (*seeded, *group.sets))))
        twins = group.check(config, trial_of(settings(group.config, (*seeded, *group.twin))))
    except (ConfigError, IdentityError) as failure:
        yield Finding(group, broken=str(failure))
        return
    for row, twin in zip(rows, twins, strict=True):
        yield Finding(group, row, twin)


def heading() -> str:
    """What the columns mean, and the line above them."""
    return "\n".join((MEANING, "", line("case", *COLUMNS), "-" * LINE))


def line(what: str, *cells: str) -> str:
    """One line of the table."""
    parts = (f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
    return (f"{what:<{WHAT}}" + "".join(parts)).rstrip()


def lines(group: "Case", found: Sequence[Finding]) -> list[str]:
    """What a case says, and a line for each of its rows."""
    twin = group.twin_in_words or ", ".join(group.twin)
    setting = f"{group.config}.yaml; twin: {twin}; {group.source}"
    blank = " " * INDENT
    return [
        *wrap(group.law, LINE, initial_indent=f"{group.name:<{INDENT}}", subsequent_indent=blank),
        *wrap(setting, LINE, initial_indent=blank, subsequent_indent=blank),
        *(row_line(finding) for finding in found),
    ]


def row_line(finding: Finding) -> str:
    """One comparison: theory, result, tolerance, where that comes from, verdict, twin's result."""
    row, twin = finding.row, finding.twin
    if row is None or twin is None:
        return f"{'':<{INDENT}}{finding.verdict}: {finding.broken}"
    bound = row.basis == "bound"
    return line(
        f"{'':<{INDENT}}{row.what}",
        ("≤ " if bound else "") + number(row.theory),
        number(row.result),
        "" if bound or not row.tolerance else f"±{number(row.tolerance)}",
        row.basis,
        finding.verdict,
        miss(twin),
    )


def miss(row: "Row") -> str:
    """How far a row is from theory, in multiples of what is tolerated."""
    far = abs(row.result - row.theory)
    if row.basis == "bound":
        times = row.result / row.theory
    elif row.tolerance > 0.0:
        times = far / row.tolerance
    else:
        return f"{far:,.0f}" if far < 1e6 else f"{far:.0e}"
    if times < 1000:
        return f"x{times:.1f}"
    return f"x{times:,.0f}" if times < 1e5 else f"x{times:.0e}"


def number(value: float) -> str:
    """A number with four digits that matter; a count in full."""
    if value == 0 or (float(value).is_integer() and abs(value) >= 1):
        return f"{value:,.0f}"
    if abs(value) < 1e-3 or abs(value) >= 1e5:
        return f"{value:.2g}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


def summary(findings: Sequence[Finding], seconds: float) -> str:
    """How many comparisons were made, which failed, and how to look at those."""
    failed = [finding for finding in findings if finding.verdict != "ok"]
    compared = sum(finding.row.compared for finding in findings if finding.row)
    done = f"Numbers compared: {compared}, in rows: {len(findings)}; {seconds:.0f} s of CPU."
    if not failed:
        return f"{done}  All as theory says, and every twin failed."
    configs = list(dict.fromkeys(finding.case.config for finding in failed))
    head = f"{done}  FAILED: {len(failed)} of {len(findings)} rows, in"
    return "\n".join((head, *(f"  configs/verification/{name}.yaml" for name in configs)))
