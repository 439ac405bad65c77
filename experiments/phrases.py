"""Turns of phrase that several answers of a sweep share."""

from collections.abc import Sequence

from experiments.analysis import Finding


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def named(finding: Finding, reason: str) -> str:
    """A reason as a sentence that begins with the outcome."""
    if reason.startswith((finding.question.outcome, finding.question.words)):
        return f"{reason}."
    return f"{finding.question.words}: {reason}."


def one_line(reason: str, longest: int = 60) -> str:
    """A reason on one short line."""
    line = " ".join(reason.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
