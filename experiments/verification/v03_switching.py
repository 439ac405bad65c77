"""V3: with a constant switching cost choice is a reversible Markov chain.

Who looks around (probability h a month) stays with an advantage k: with D_j = Σ_l e^(V_l + kδ_jl),

    P_jk = (1 − h) δ_jk + h e^(V_k + kδ_jk) / D_j,      π_j ∝ e^V_j D_j.

π_j P_jk = π_k P_kj, so a market that starts at π stays there, with no net flow between any two.

Measured: 60,000 independent agents over 24 months from π: the sixteen transition shares, the
shares at the end (both with the binomial error), the net flows (error across agents), and the
detailed balance of the model's own logit and switching cost, which is exact.

Heckman, J. (1981), in Manski and McFadden (eds.), Structural Analysis of Discrete Data; Dubé, J.,
Hitsch, G. and Rossi, P. (2010), RAND J. Economics 41: 417-445,
doi:10.1111/j.1756-2171.2010.00106.x.
"""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from agents.equations.choice import logit_shares, switching_cost
from experiments.verification.case import (
    AGENTS,
    Case,
    Row,
    binomial_error,
    identity,
    shares_row,
    worst,
)
from experiments.verification.theory import Numbers, logit, looking_around, utilities
from experiments.verification.trial import EVERY_CODE

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config


def advantage(config: "Config") -> Numbers:
    """Utility of each offer (columns) to users of each offer (rows), lock-in included."""
    value = utilities(config, "developers")
    return value + config.developers.switching_cost_base * np.eye(len(value))


def transitions(config: "Config") -> Numbers:
    """P_jk, shape (offers, offers)."""
    hazard = looking_around(config)
    every = advantage(config)
    return (1.0 - hazard) * np.eye(len(every)) + hazard * logit(every)


def stationary(config: "Config") -> Numbers:
    """π, shape (offers,)."""
    weight = np.exp(utilities(config, "developers")) * np.exp(advantage(config)).sum(axis=1)
    return weight / weight.sum()


def chain(config: "Config", trial: "Trial") -> list[Row]:
    """Transitions, the shares at the end, and the detailed balance."""
    names, before = trial.names, trial.choices["developers"][:-1].astype(np.int64)
    cells = np.bincount((before * EVERY_CODE + trial.choices["developers"][1:]).ravel())
    full = np.zeros(EVERY_CODE**2)
    full[: len(cells)] = cells
    counts = full.reshape(EVERY_CODE, EVERY_CODE)[np.ix_(trial.codes, trial.codes)]
    theory, agents = transitions(config), counts.sum(axis=1, keepdims=True)
    labels = [f"{origin} to {target}, share a month" for origin in names for target in names]
    found = worst(labels, theory, counts / agents, binomial_error(theory, agents))
    ends = [f"share of {name} after {len(before)} months" for name in names]
    shares = shares_row(ends, stationary(config), trial.counts("developers"))
    return [found, shares, balance(config, trial)]


def balance(config: "Config", trial: "Trial") -> Row:
    """Flows π_j P_jk of the theory's π and the P of the model's equations, both ways."""
    run, start = trial.market.config.developers, stationary(config)
    every = utilities(config, "developers") + np.eye(len(start)) * switching_cost(
        np.zeros(1), run.switching_cost_base, run.switching_cost_growth, run.switching_cost_months
    )
    flows = start[:, None] * logit_shares(every)
    return identity("detailed balance", flows, flows.T)


def no_net_flow(config: "Config", trial: "Trial") -> list[Row]:
    """Moves from one offer to another less moves back, per agent over the whole run."""
    choices = trial.choices["developers"]
    before, after = choices[:-1], choices[1:]
    pairs = list(combinations(range(len(stationary(config))), 2))
    nets = []
    for one, other in ((trial.codes[j], trial.codes[k]) for j, k in pairs):
        there = (before == one) & (after == other)
        back = (before == other) & (after == one)
        nets.append(there.sum(axis=0) - back.sum(axis=0, dtype=np.int64))
    mean = np.mean(nets, axis=1)
    error = np.std(nets, axis=1) / np.sqrt(choices.shape[1])
    names = [f"{trial.names[j]} to {trial.names[k]}, net per agent" for j, k in pairs]
    return [worst(names, np.zeros(len(pairs)), mean, error)._replace(basis=AGENTS)]


CASES = (
    Case(
        name="V3",
        config="v03_switching",
        law="a constant switching cost makes choice a Markov chain; from its stationary shares it"
        " stays",
        source="Heckman 1981",
        check=chain,
        twin=("developers.switching_cost_base=1.7",),
    ),
    Case(
        name="V3",
        config="v03_switching",
        law="that chain is reversible: no net flow between any two offers",
        source="Heckman 1981",
        check=no_net_flow,
        twin=("initial.developers.shares={Alpha: 0.3, Bravo: 0.3, Charlie: 0.2, Delta: 0.2}",),
        twin_in_words="starts from other shares",
    ),
)
