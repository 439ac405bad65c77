"""The facts of the market that decides, F1-F17, over forty histories.

`python -m experiments.studies.validation` runs seeds 1-40 of configs/baseline.yaml and keeps what
each has in docs/studies/validation.csv; `python -m experiments.validation_tables` writes the table
of VALIDATION.md from them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from experiments import scoring
from experiments.facts.history import ALL, CRITERIA
from experiments.markdown import markdown
from experiments.scoring import PASS, Reading, Score
from experiments.studies.cells import numbers, share, trimmed
from experiments.studies.record import TARGETS
from experiments.studies.rows import BASELINE, Cell, Row, Study, command

if TYPE_CHECKING:
    from simulation.config import Config

SEEDS = 40
FEW = 3
WIDTH = 120
FACTS_TITLES = ("fact", "number", "band", "median [95 %]", "verdict")


def measured(config: "Config") -> dict[str, float]:
    """Readings of one run."""
    from simulation import run

    return scoring.readings(run(config))


STUDY = Study(
    "validation",
    [Cell({}, BASELINE, {})],
    SEEDS,
    measured,
    (*sorted(scoring.FOLDER.glob("*.py")), Path(scoring.__file__), TARGETS),
)


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Every fact of the baseline, and how many of its histories follow the record."""
    from simulation.config import load

    scores = scoring.scores(rows, load(BASELINE))
    return {
        "facts": facts_table(scores),
        "facts_count": fill(count_in_words(scores), WIDTH),
        "seen": seen_table(scores),
        "history": history_table(rows),
    }


def facts_table(scores: Sequence[Score]) -> str:
    """One line for each number of each fact."""
    lines = []
    for score in scores:
        for place, reading in enumerate(score.readings):
            first = place == 0
            lines.append(
                [
                    f"**{score.fact.name}** {score.fact.sentence}" if first else "",
                    f"{reading.part.what}, {reading.part.unit}",
                    band(reading),
                    told(reading),
                    f"**{verdict(score)}**" if first else "",
                ]
            )
    return markdown(FACTS_TITLES, lines)


def verdict(score: Score) -> str:
    """The verdict in words; of a fact that is not scorable why, and where its numbers lie."""
    if not score.why:
        return score.verdict
    place = f"; {'in the band' if score.inside else 'outside'}" if score.known else ""
    return f"{score.verdict}: {score.why}{place}"


def seen_table(scores: Sequence[Score]) -> str:
    """Which parameters have seen which fact, by their source."""
    lines = [
        [score.fact.name, source, whom(paths, mark="`")]
        for score in scores
        for source, paths in score.sources.items()
    ]
    return markdown(("fact", "declared source", "parameters"), lines)


def whom(paths: Sequence[str], mark: str = "") -> str:
    """Names of parameters, the first few of many."""
    named = ", ".join(f"{mark}{path}{mark}" for path in paths[:FEW])
    return named + (f" and {len(paths) - FEW} more" if len(paths) > FEW else "")


def band(reading: Reading) -> str:
    """Ends of a band in words."""
    low, high = reading.part.low, reading.part.high
    if low == -float("inf"):
        return f"{number(high)} or less"
    return f"{number(low)} or more" if high == float("inf") else f"{number(low)} to {number(high)}"


def told(reading: Reading) -> str:
    """Statistic with its interval."""
    if not reading.seeds:
        return "-"
    ends = f"{number(reading.low)} to {number(reading.high)}"
    return f"{number(reading.value)} [{ends}]"


def number(value: float) -> str:
    """A number in two digits or so."""
    if abs(value) >= 99.5:
        return f"{value:,.0f}".replace("-", "−")
    return trimmed(value, 1 if abs(value) >= 9.95 else 2)


def count_in_words(scores: Sequence[Score]) -> str:
    """How many facts pass, and how many readings lie in their band, calibration included."""
    scored = [score for score in scores if not score.why]
    passed = [score.fact.name for score in scored if score.verdict == PASS]
    known = [score for score in scores if score.known]
    inside = [score.fact.name for score in known if score.inside]
    held_out = ", ".join(score.fact.name for score in scored) or "none"
    return (
        f"Scorable, seen by no parameter (the hold-outs): {held_out}. "
        f"Of these {len(scored)} pass {len(passed)}: {', '.join(passed) or 'none'}. "
        f"With the facts that parameters have seen, {len(inside)} of {len(known)} lie in their "
        f"bands ({share(len(inside) / max(len(known), 1))}; 70 % make an ensemble "
        "history-friendly)."
    )


def history_table(rows: Sequence[Row]) -> str:
    """Share of seeds that meet each criterion of section 12, and all together."""
    lines = [
        [criterion.key, criterion.what, often(rows, criterion.key)]
        for criterion in (*CRITERIA, ALL)
    ]
    return markdown(("criterion", "a run follows the record if", "share of seeds"), lines)


def often(rows: Sequence[Mapping[str, str]], key: str) -> str:
    """Share of the seeds in which a flag is up; a dash where it is not known."""
    flags = numbers(rows, key)
    return "-" if (flags != flags).any() else share(float(flags.mean()))


if __name__ == "__main__":
    command(STUDY, tables)
