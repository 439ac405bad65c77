"""V12: what a training run yields, with a constant budget and without luck.

A provider that spends S M$ a month on scale at rent w gets k = S/(0.73 w) thousand
H100-equivalents; the share frs of it goes into the run.  After L = 8 + round(20 α_safety) months a
model of a = log10(L k frs u_F) + e comes out, with u_F the operations of a thousand H100-equivalent
months over 3e24.
Who spends twice as much gets a model that is better by log10 2, exactly.

Measured: capability of every run of four providers, the months in which runs end, and the lead of
the provider with twice the budget of another.

Effective compute as log10 of what goes into a run: Hoffmann, J. et al. (2022), arXiv:2203.15556;
efficiency beside it: Ho, A. et al. (2024), arXiv:2403.05812.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import HOURS, Books
from experiments.verification.case import EXACT, Case, Row, identity, same, worst
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

OPERATIONS = 1e15 * 1000 * 730 * 3600  # of a thousand H100-equivalents in a month
GPT_3_5 = 3e24  # operations
SINGLE, DOUBLE = "Alpha", "Bravo"


def lengths(config: "Config") -> Numbers:
    """L of each provider, months."""
    settings = config.research
    safety = np.array([own.allocation.safety for own in config.providers.values()])
    months: Numbers = settings.run_months + np.rint(settings.run_safety_months * safety)
    return months


def trained(config: "Config") -> Numbers:
    """Capability that each provider's runs yield, OOM."""
    settings = config.research
    spent = np.array([own.parent_flow * own.allocation.scale for own in config.providers.values()])
    chips = np.array([own.own_chips for own in config.providers.values()])
    month = spent / (HOURS * config.compute.rent * chips)
    units = settings.utilisation * OPERATIONS / GPT_3_5
    efficiency = np.array([own.efficiency for own in config.providers.values()])
    size = np.log10(lengths(config) * month * settings.final_run_share * units)
    capability: Numbers = size + efficiency
    return capability


def runs(config: "Config", trial: "Trial") -> list[Row]:
    """Every run against theory."""
    books = Books(config, trial.market.records)
    done = books.events("training_run")
    month = np.array([event[0] for event in done])
    place = np.array([event[1] for event in done])
    found = np.array([event[3] for event in done])
    labels = [f"month at which {books.names[j]}'s run ends" for j in place]
    order = [int(np.count_nonzero(place[:at] == j)) + 1 for at, j in enumerate(place)]
    ends = worst(labels, np.array(order) * lengths(config)[place], month, 0.0)
    one, two = (int(np.flatnonzero(place == books.names.index(n))[0]) for n in (SINGLE, DOUBLE))
    expected = sum((config.months - 1) // lengths(config))
    return [
        identity("capability of runs", trained(config)[place], found),
        identity("lead, log10 2", np.log10(2.0), found[two] - found[one]),
        ends._replace(basis=EXACT),
        same("runs that ended", float(expected), len(done)),
    ]


def after_pauses(config: "Config", trial: "Trial") -> list[Row]:
    """Runs with pauses between them: pauses are no part of them, and cost them nothing."""
    books = Books(config, trial.market.records)
    done = books.events("training_run")
    place, found = (np.array([event[column] for event in done]) for column in (1, 3))
    return [identity("capability of runs", trained(config)[place], found)]


CASES = (
    Case(
        name="V12",
        config="v12_training",
        law="a run yields log10(L k frs u_F) + e; twice the budget yields log10 2 more",
        source="Hoffmann et al. 2022",
        check=runs,
        twin=("providers.Bravo.parent_flow=200.0001", "research.run_months=7"),
    ),
    Case(
        name="V12",
        config="v12_training",
        law="a pause before a run takes nothing from it",
        source="Hoffmann et al. 2022",
        check=after_pauses,
        sets=("research.run_pause=3",),
        twin=("research.run_pause=3", "research.final_run_share=.2001"),
    ),
)
