"""Sentences on how much of an outcome of a sweep is luck."""

from experiments.analysis import Finding
from experiments.phrases import listed, named
from experiments.plots import factor_names
from experiments.sensitivity.effects import Shares

# Components of a variance that are chance.
LUCK = ("seed", "seed x parameters", "network", "network x parameters", "rest")


def how_much_luck(finding: Finding) -> str:
    """What the variance of an outcome is made of."""
    name, shares = finding.question.words, finding.shares
    if isinstance(shares, str):
        return named(finding, shares)
    told = []
    for i, part in enumerate(shares.components):
        row = [float(side[i]) for side in shares.share]
        told.append(f"{cause_words(part)} {factor_names.percent_interval(*row)}")
    return f"The variance of {name} over runs comes from {listed(told)}."


def cause_words(component: str) -> str:
    """A component of the variance in words."""
    return {
        "seed": "luck alone",
        "seed x parameters": "luck that acts differently at different points",
        "network": "the realisation of the network",
        "network x parameters": "networks that act differently at different points",
        "rest": "seed and network acting together",
    }.get(component, component)


def parts_of(shares: Shares) -> list[tuple[str, float, float, float]]:
    """Cause, share and interval of each component."""
    told = []
    for i, part in enumerate(shares.components):
        value, low, high = (float(side[i]) for side in shares.share)
        told.append((part.replace(" x ", " × "), value, low, high))
    return told
