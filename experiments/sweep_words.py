"""What a sweep says, in sentences: drivers, luck, tipping, progress.  Numbers with intervals."""

from collections.abc import Sequence
from typing import NamedTuple

from experiments.analysis import MEAN, Analysis, Progress
from experiments.sweep_words_drivers import what_drives
from experiments.sweep_words_luck import how_much_luck
from experiments.sweep_words_tipping import when_it_tips

MOST_QUESTIONS = 4


class Answer(NamedTuple):
    """A question that a reader has, and sentences that answer it."""

    question: str
    sentences: Sequence[str]


def answers(found: Analysis) -> list[Answer]:
    """The answers of a sweep, the most asked first."""
    shown = found.findings[:MOST_QUESTIONS]
    more = len(found.findings) - len(shown)
    drivers = [sentence for finding in shown for sentence in what_drives(finding)]
    if more > 0:
        drivers.append(f"{more} more outcome{'s' * (more > 1)} stand in the tables.")
    luck = [how_much_luck(one) for one in shown if one.question.statistic == MEAN]
    return [
        Answer("What drives the outcome?", drivers or ["The sweep file names no outcome."]),
        Answer("How much of it is luck?", luck or ["The sweep file names no outcome."]),
        Answer("Under which conditions does it tip?", when_it_tips(found)),
        Answer("How finished is it?", how_finished(found.progress)),
    ]


def how_finished(found: Progress) -> list[str]:
    """Runs and blocks of those planned, and failures."""
    total = found.done + found.failed + found.left
    whole = "all" if found.left == 0 and found.ends else f"{found.done + found.failed:,} of"
    more = "" if found.ends else ", and more may follow as intervals ask for them"
    said = [
        f"{whole} {total:,} runs have ended: {found.done:,} done, {found.failed:,} failed, "
        f"{found.left:,} left{more}.".capitalize(),
        f"{found.whole}.",
    ]
    if found.failures:
        reason, count, first = found.failures[0]
        said.append(
            f"The most frequent reason of a failure, {count:,} times, first in run {first}: "
            f"{reason.rstrip('.')}."
        )
    return said
