"""Few foundation providers, many apps: F7 (how many, how unequal) and F8 (how apps grow).

These have no date in the record, so that F7 is read from month 36 on and F8 over the whole run.
Growth of an app is that of the logarithm of its share of its segment's app use from one December
to the next, less the median of all apps of the segment that year.
"""

import numpy as np
from scipy import stats

from experiments.facts.fact import NO_NUMBER, SIGNIFICANT, YEAR, Fact, Numbers, Part, RunLike
from experiments.facts.statistics import subbotin_shape

AFTER = 36
BINS = 20
FEWEST_APPS = 200  # growth rates, below which nothing is said about their law


def structure(records: RunLike) -> dict[str, float]:
    """Providers near the frontier, share of the four largest, tail of app sizes: medians."""
    found = {
        "frontier providers": later(records, "frontier_providers"),
        "top four": later(records, "top_four"),
        "app tail": later(records, "app_tail"),
    }
    return {name: middle(values) for name, values in found.items()}


def later(records: RunLike, column: str) -> Numbers:
    """A column of the market table from month 36 on."""
    market = records.tables["market"]
    return np.asarray(market[column][market["month"] >= AFTER], np.float64)


def middle(values: Numbers) -> float:
    """Median of the numbers that are there."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else NO_NUMBER


def growth(records: RunLike) -> tuple[Numbers, Numbers]:
    """Yearly log growth of apps, less its segment's median, and log size at the start."""
    apps = records.tables["apps"]
    december = (apps["month"] % YEAR == YEAR - 1) & (apps["size_share"] > 0)
    month, serial = apps["month"][december], apps["app"][december]
    size = np.log(apps["size_share"][december])
    order = np.lexsort((month, serial))
    month, serial, size = month[order], serial[order], size[order]
    group = month * 8 + np.unique(apps["segment"][december], return_inverse=True)[1][order]
    again = (serial[1:] == serial[:-1]) & (month[1:] == month[:-1] + YEAR)
    grown, begun, group = (size[1:] - size[:-1])[again], size[:-1][again], group[:-1][again]
    for cell in np.unique(group):
        grown[group == cell] -= np.median(grown[group == cell])
    return grown, begun


def law_of_growth(records: RunLike) -> dict[str, float]:
    """Shape of the law of app growth, how normal it is, and whether large apps swing less."""
    grown, begun = growth(records)
    if len(grown) < FEWEST_APPS or np.ptp(grown) == 0:
        return dict.fromkeys(("growth shape", "growth normality", "growth volatility"), NO_NUMBER)
    return {
        "growth shape": subbotin_shape(grown),
        "growth normality": float(stats.jarque_bera(grown).pvalue),
        "growth volatility": volatility_slope(grown, begun),
    }


def volatility_slope(grown: Numbers, begun: Numbers) -> float:
    """Slope of ln standard deviation on ln size over twenty bins of size, in standard errors."""
    bins = np.array_split(np.argsort(begun, kind="stable"), BINS)
    size = [begun[rows].mean() for rows in bins]
    swing = [np.log(max(grown[rows].std(ddof=1), 1e-12)) for rows in bins]
    if np.ptp(size) == 0:
        return NO_NUMBER
    line = stats.linregress(size, swing)
    return float(line.slope / line.stderr) if line.stderr > 0 else NO_NUMBER


FACTS = (
    Fact(
        "F7",
        "few foundation providers, many application companies",
        "[27] AI Index 2025; [2] Axtell 2001 for sizes",
        f"medians over the months from {AFTER} on; frontier: within .5 OOM of the best",
        (
            Part("frontier providers", "providers at the frontier", "providers", 2, 6),
            Part("top four", "revenue share of the four largest", "share", low=0.8),
            Part("app tail", "Pareto exponent of app sizes", "-", 0.8, 1.5),
        ),
        structure,
    ),
    Fact(
        "F8",
        "growth of application companies is tent-shaped, and calmer for large ones",
        "Bottazzi and Secchi 2006",
        "maximum likelihood of a Subbotin law; Jarque-Bera; regression over bins of size",
        (
            Part("growth shape", "Subbotin shape (2 normal, 1 Laplace)", "-", high=1.6),
            Part("growth normality", "p of a normal law", "-", high=0.05),
            Part("growth volatility", "ln volatility on ln size", "s.e.", high=-SIGNIFICANT),
        ),
        law_of_growth,
    ),
)
