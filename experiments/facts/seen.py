"""Which parameters have seen a fact: calibration is not validation.

A parameter has seen a fact if its declared source is the record that the fact scores.  The one map
below says so of each such source; every source that is a fit, or has a date in `seen_to`, stands
in it, with no fact where it saw none, so that a new one cannot slip through.
"""

from collections.abc import Iterator, Mapping

from agents.parameters import Declaration, declarations

PROTOTYPE = ("F2", "F3", "F10", "F15")  # the specification: looked at while fitting by hand
HAND_FIT = "hand-fit"

# Full text of a source -> the facts whose record it is.
SEEN: Mapping[str, tuple[str, ...]] = {
    # Fitted with a prototype, which was held against these facts.
    "hand-fit to the record of early 2023": PROTOTYPE,
    HAND_FIT: PROTOTYPE,
    # The market of late 2025, in money and in users.
    "hand-fit: API spend and token counts of late 2025": ("F1",),
    "hand-fit; measured 1.11 on hosts of open weights": ("F1",),
    "hand-fit: about 0.9 bn users in early 2026": ("F1",),
    "50 of 900 million ChatGPT users pay": ("F1",),
    "hand-fit: 47 % of firms pay for AI (Ramp AI index)": ("F11",),
    "hand-fit: renewal .90 (SaaS retention .90-.92) and 11 % switching a year": ("F11",),
    "lag of open weights 3 to 14 months": ("F6",),
    "multiples of 200-400 x in 2023": ("F12",),
    "Carta: 20.5 % at seed to 10.3 % in series D": ("F13",),
    "H100 rent: above 8 $/h in 2023, 1.7 in October 2025, 2.35 in March 2026": ("F15",),
    # A level in 2023, which says nothing of the slope that F4 scores; margins follow from it.
    "hand-fit: cost of APIs in 2023": ("F10",),
    # How many switch, not who: F9 is about tenure and releases.
    "hand-fit of the prototype to 15 % of developers switching in a year": (),
    # Inputs that no fact scores.
    "hand-fit: 84 % of developers use AI tools (Stack Overflow 2025)": (),
    "Menlo Ventures 2025: 45 % on the new model within a month, 66 % within a year": (),
    "developer population 2023, secondary source": (),
    "list price": (),
    "1 % of use in the survey of 2025": (),
    "assumed; 37 % of CIOs run five or more models (a16z 2025)": (),
}
# Facts that a config which gives supply does not make but repeats.
REPEATED = ("F4", "F5", "F6")


def fitted() -> Iterator[Declaration]:
    """Every declared parameter whose source is a fit or has a date."""
    from simulation.config import Config

    for declared in declarations(Config):
        if HAND_FIT in declared.about.source or declared.about.seen_to:
            yield declared


def sources_of(fact: str) -> dict[str, tuple[str, ...]]:
    """Sources that have seen a fact, each with the parameters that it gave."""
    from simulation.config import Config

    found: dict[str, tuple[str, ...]] = {}
    for declared in declarations(Config):
        if fact in SEEN.get(declared.about.source, ()):
            source = declared.about.source
            found[source] = (*found.get(source, ()), declared.path)
    return found
