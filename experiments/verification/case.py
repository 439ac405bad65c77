"""What a limit case is, and how a measured number is held against theory.

A tolerance is 3.9 standard errors, so that a sound model fails one comparison in 10,000.  The
error is the exact binomial one where agents choose independently, and is estimated across
replicates where they influence each other; with few replicates Student's t takes the place of 3.9.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

Numbers = NDArray[np.float64]

BINOMIAL, BLOCKS, AGENTS, EXACT, BOUND = "binomial", "blocks", "agents", "exact", "bound"
Z = 3.9
ERROR_RATE = 1e-4  # of a two-sided comparison at 3.9 standard errors
IDENTITY = 1e-9  # relative


class Row(NamedTuple):
    """One comparison of a result with theory.

    what : what is compared.  theory, result : the numbers; of `compared` pairs the worst one.
    tolerance : largest distance between them that passes.
    basis : where the tolerance comes from; BOUND: the result must not exceed `theory`.
    """

    what: str
    theory: float
    result: float
    tolerance: float
    basis: str
    compared: int = 1

    @property
    def holds(self) -> bool:
        """Whether the result agrees with theory; a result that is no number does not."""
        if self.basis == BOUND:
            return self.result <= self.theory
        return abs(self.result - self.theory) <= self.tolerance


Check = Callable[["Config", "Trial"], list[Row]]


class Case(NamedTuple):
    """A config, the theory that its run must meet, and a change under which it must not.

    name : case of the specification, as V5; cases of one name are printed together.
    config : name of the file in configs/verification, without its ending.
    law : what must hold, in one line.  source : where the theory comes from.
    check : theory from the config as it stands, results from a trial: one row for each comparison.
    twin : settings, in the words of `--set`, under which every row must fail.
    sets : settings of the trial itself, where the law compares it with the config as it stands.
    twin_in_words : what the twin changes, where its settings are too long to print.
    """

    name: str
    config: str
    law: str
    source: str
    check: Check
    twin: tuple[str, ...]
    sets: tuple[str, ...] = ()
    twin_in_words: str = ""


def worst(labels: Sequence[str], expected: ArrayLike, found: ArrayLike, error: ArrayLike) -> Row:
    """Of several results with known standard errors, the one furthest from theory.

    labels : (n,).  expected, found, error : (n,).  Where the error is 0 the result is certain.
    """
    theory, result, se = (
        np.ravel(np.asarray(x, np.float64)) for x in np.broadcast_arrays(expected, found, error)
    )
    distance = np.abs(result - theory)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0.0, distance / se, np.where(distance > 0.0, np.inf, 0.0))
    at = int(np.argmax(z))
    return Row(labels[at], theory[at], result[at], Z * se[at], BINOMIAL, len(theory))


def shares_row(labels: Sequence[str], expected: ArrayLike, counts: ArrayLike) -> Row:
    """Counts of independent agents against expected shares: the option furthest away.

    labels : (n,).  expected : (..., n) shares.  counts : (..., n) agents, each row one sample.
    """
    theory = np.asarray(expected, np.float64)
    agents = np.asarray(counts, np.float64)
    total = agents.sum(axis=-1, keepdims=True)
    return worst(labels, theory, agents / total, binomial_error(theory, total))


def binomial_error(share: ArrayLike, agents: ArrayLike) -> Numbers:
    """Standard error of a share among independent agents, sqrt(s(1 − s)/N)."""
    s = np.asarray(share, np.float64)
    error: Numbers = np.sqrt(s * (1.0 - s) / np.asarray(agents, np.float64))
    return error


def across_blocks(what: str, theory: float, values: Numbers, bias: float = 0.0) -> Row:
    """Mean over independent replicates against theory; the error is measured across them.

    values : (replicates,).  bias : what a finite number of agents may add, stated by the case.
    """
    count = len(values)
    error = float(np.std(values, ddof=1)) / np.sqrt(count)
    reach = float(stats.t.ppf(1.0 - ERROR_RATE / 2.0, count - 1))
    return Row(what, theory, float(np.mean(values)), reach * error + abs(bias), BLOCKS)


def furthest(rows: Sequence[Row]) -> Row:
    """Of rows with a tolerance each, the one that misses theory by most of its own."""
    distance = np.array([abs(row.result - row.theory) for row in rows])
    tolerance = np.array([row.tolerance for row in rows])
    at = int(np.argmax(distance / np.maximum(tolerance, np.finfo(np.float64).tiny)))
    return rows[at]._replace(compared=len(rows))


def at_most(what: str, bound: float, result: float) -> Row:
    """Result that must not exceed a bound."""
    return Row(what, bound, result, 0.0, BOUND)


def same(what: str, theory: float, result: float) -> Row:
    """Result that must equal theory exactly."""
    return Row(what, theory, result, 0.0, EXACT)


def identity(what: str, expected: ArrayLike, found: ArrayLike) -> Row:
    """Largest relative difference between two arrays that must be one, to 1e-9."""
    theory, result = np.asarray(expected, np.float64), np.asarray(found, np.float64)
    scale = np.maximum(np.abs(theory), np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):
        largest = float(np.max(np.abs(result - theory) / scale))
    return at_most(f"{what}: relative difference", IDENTITY, largest)
