"""Compute: what is left after it (F10), what is promised for it (F14), what it costs (F15)."""

import numpy as np

from experiments.facts.fact import END, Fact, Part, RunLike, at, held

PATH = ("2024-01", "2024-12", "2025-10")
CHALLENGER = ("2024-12", END)
PROMISERS = ("OpenAI", "Anthropic")
LEAST, MOST = 1e-9, 1000.0  # a ratio above this is this: the other promised next to nothing
DAYS = ("2023-12", "2024-12", END)


def margins(records: RunLike) -> dict[str, float]:
    """Compute margin of the leader and of a challenger on days with a record; the leader's rise."""
    wanted = [("OpenAI", day) for day in PATH] + [("Anthropic", day) for day in CHALLENGER]
    found = {
        f"margin {name} {day}": held(records, name, "compute_margin", day) for name, day in wanted
    }
    first, second, third = (found[f"margin OpenAI {day}"] for day in PATH)
    return found | {"margin rise": float(np.minimum(second - first, third - second))}


def promises(records: RunLike) -> dict[str, float]:
    """Commitments over yearly revenue at the end of 2025, and the leader's over a challenger's."""
    first, second = (held(records, name, "commitments_to_revenue") for name in PROMISERS)
    ratio = float(np.minimum(first / max(second, LEAST), MOST))
    return {"promised OpenAI": first, "promised Anthropic": second, "promised ratio": ratio}


def rents(records: RunLike) -> dict[str, float]:
    """Rent at the ends of three years and its changes between them."""
    found = {f"rent {day}": at(records, "rent", day) for day in DAYS}
    first, second, third = found.values()
    return found | {"rent 2024": second - first, "rent 2025": third - second}


def near(name: str, day: str, low: float, high: float) -> Part:
    """Band of a published margin, 15 points to either side."""
    return Part(f"margin {name} {day}", f"{name}, {day}", "share", low - 0.15, high + 0.15)


FACTS = (
    Fact(
        "F10",
        "the compute margin of the leader rises, that of a challenger turns positive",
        "[28] The Information: leader 35 %, 52 %, 70 %; challenger -90 % to +40-53 %",
        "levels within 15 points; the leader's rises from each date to the next",
        (
            near("OpenAI", PATH[0], 0.35, 0.35),
            near("OpenAI", PATH[1], 0.52, 0.52),
            near("OpenAI", PATH[2], 0.70, 0.70),
            Part("margin rise", "OpenAI, smaller of the two rises", "share", low=0.0),
            near("Anthropic", CHALLENGER[0], -0.90, -0.90),
            near("Anthropic", CHALLENGER[1], 0.40, 0.53),
        ),
        margins,
    ),
    Fact(
        "F14",
        "the capital-driven path promises far more for each dollar that it earns",
        "[21] 1.4 tn over 8 years on about 20 bn of revenue",
        f"commitments over yearly revenue, {END}, OpenAI's over Anthropic's",
        (Part("promised ratio", "OpenAI's over Anthropic's", "x", 1.5),),
        promises,
    ),
    Fact(
        "F15",
        "rent of compute falls from 2023, then rises as demand does",
        "[19] H100 rental history",
        "signs of its changes over 2024 and over 2025",
        (
            Part("rent 2024", "change over 2024", "$/H100e-hour", high=0.0),
            Part("rent 2025", "change over 2025", "$/H100e-hour", low=0.0),
        ),
        rents,
    ),
)
