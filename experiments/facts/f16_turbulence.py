"""A market that ages: F16.  It has no date in the record and is read over the whole run.

Turbulence spans twelve months, so that one value a year is taken: months that overlap would repeat
one another and make a trend of any wave.
"""

import numpy as np

from experiments.facts.fact import SIGNIFICANT, YEAR, Fact, Numbers, Part, RunLike
from experiments.facts.statistics import mann_kendall


def ageing(records: RunLike) -> dict[str, float]:
    """Trends of turbulence and of the divergence between segments, in standard errors."""
    return {
        "turbulence trend": mann_kendall(yearly(records, "turbulence")),
        "segment divergence trend": mann_kendall(yearly(records, "segment_divergence")),
    }


def yearly(records: RunLike, column: str) -> Numbers:
    """Every twelfth value of a column of the market table, the first at the end of a year."""
    return np.asarray(records.tables["market"][column][YEAR - 1 :: YEAR], np.float64)


FACTS = (
    Fact(
        "F16",
        "turbulence declines with age, and segments drift apart",
        "general; Malerba, Nelson, Orsenigo and Winter 1999",
        "Mann-Kendall over the Decembers of the whole run, one-sided at 5 %",
        (
            Part("turbulence trend", "turbulence", "s.e.", high=-SIGNIFICANT),
            Part("segment divergence trend", "divergence of segments", "s.e.", low=SIGNIFICANT),
        ),
        ageing,
    ),
)
