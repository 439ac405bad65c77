"""What developers and consumers have in common: columns, start, running totals.

The columns are small types, because a month reads them for every agent.  Totals are kept in whole
numbers and changed only by moves: accounts, spending weights and cohorts are never counted anew.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE
from agents.demand import AnyIndividuals
from agents.draws import below, permutation, stream
from agents.equations.shares import apportioned
from agents.equations.sizes import spending_weights
from agents.graph import block_of, block_starts
from agents.population import Population

TASTE_TYPES = 8
WEIGHT_UNIT = 2.0**-16
UTILITY_UNIT = 2.0**-20  # util
UNGROUPED = 65_535


class Crowd(NamedTuple):
    """Columns of a population of individuals; row i is agent i.

    choice : uint8, code of the primary provider.  seen : uint8, the same at last month's end.
    second : uint8, code of the second provider, NONE for most.
    since : int16, month in which the primary was chosen.  taste : uint8, taste type.
    weight : uint32, spending weight in units of 2^-16.
    group : uint16, industry of the employer, 65,535 for none.
    """

    choice: NDArray[np.uint8]
    seen: NDArray[np.uint8]
    second: NDArray[np.uint8]
    since: NDArray[np.int16]
    taste: NDArray[np.uint8]
    weight: NDArray[np.uint32]
    group: NDArray[np.uint16]


class Tally(NamedTuple):
    """Running totals, or what moves have changed in them: whole numbers, int64.

    accounts : (codes,) agents on each code.  weight : (2, codes), weights of all and of employed.
    group : (groups, codes) agents.  cohort : (months, codes) agents by the month of their choice.
    seconds : (codes,) agents who have it as their second.  lent : (2, codes), weights of agents
    with two providers, less where they are the first and more where they are the second: times the
    second's share of use, it is how far use differs from `weight`.
    """

    accounts: NDArray[np.int64]
    weight: NDArray[np.int64]
    group: NDArray[np.int64]
    cohort: NDArray[np.int64]
    seconds: NDArray[np.int64]
    lent: NDArray[np.int64]


class Moves(NamedTuple):
    """Moves of a month: whole numbers and fixed-point sums, int64.

    agents : (taste types, from, to).  sums : (4, from, to), units of 2^-20 util: peers, lock-in,
    taste, utility.
    """

    agents: NDArray[np.int64]
    sums: NDArray[np.int64]


def empty_tally(groups: int, months: int) -> Tally:
    """A tally of nothing."""
    return Tally(
        np.zeros(CODES, np.int64),
        np.zeros((2, CODES), np.int64),
        np.zeros((groups, CODES), np.int64),
        np.zeros((months, CODES), np.int64),
        np.zeros(CODES, np.int64),
        np.zeros((2, CODES), np.int64),
    )


def no_moves() -> Moves:
    """Nobody has moved."""
    pairs = (CODES, CODES)
    return Moves(np.zeros((TASTE_TYPES, *pairs), np.int64), np.zeros((4, *pairs), np.int64))


class Start(NamedTuple):
    """Who uses what before the first month: adopted share, shares by code, tenure in months.

    blocks : cliques in which everybody knows everybody else; each gets its share of adopters.
    """

    adopted: float
    shares: NDArray[np.float64]
    tenure: int
    blocks: int = 1


class Individuals(Population):
    """Developers or consumers: a crowd of columns and its running totals."""

    def __init__(
        self,
        settings: AnyIndividuals,
        name: str,
        seed: int,
        start: Start,
        group: NDArray[np.uint16] | None = None,
    ) -> None:
        """Draw tastes, spread spending weights and place the adopters of `start`."""
        size = settings.count
        self.name, self.start = name, start
        self.people = settings.real_users / size  # million people behind one agent
        ranks = permutation(stream(seed, f"{name}.spending"), size)
        weight = np.empty(size, np.uint32)
        weights = spending_weights(size, settings.spend_spread) / WEIGHT_UNIT
        weight[ranks] = np.rint(weights).astype(np.uint32)
        taste = below(stream(seed, f"{name}.taste"), np.arange(size)) % np.uint64(TASTE_TYPES)
        choice = placed(start, stream(seed, f"{name}.start"), size)
        second = np.full(size, NONE, np.uint8)
        group = np.full(size, UNGROUPED, np.uint16) if group is None else group
        since = np.full(size, -start.tenure, np.int16)
        taste = taste.astype(np.uint8)
        self.crowd = Crowd(choice, choice.copy(), second, since, taste, weight, group)
        super().__init__(
            {
                "provider": choice,
                "second": second,
                "since": since,
                "taste": taste,
                "weight": weight,
                "industry": group,
            }
        )

    def totals(self, groups: int, months: int) -> Tally:
        """Count accounts, weights, groups and cohorts from the columns."""
        crowd, tally = self.crowd, empty_tally(groups, months + self.start.tenure)
        employed = crowd.group != UNGROUPED
        tally.accounts[:] = np.bincount(crowd.choice, minlength=CODES)
        for code in range(CODES):
            on_code = crowd.choice == code
            tally.weight[0, code] = crowd.weight[on_code].sum(dtype=np.int64)
            tally.weight[1, code] = crowd.weight[on_code & employed].sum(dtype=np.int64)
            tally.group[:, code] = np.bincount(crowd.group[on_code & employed], minlength=groups)
        tally.cohort[0, :NONE] = tally.accounts[:NONE]
        return tally


def placed(start: Start, key: np.uint64, size: int) -> NDArray[np.uint8]:
    """Code of each agent before the first month: exact counts, agents taken in a keyed order."""
    order = in_turns(permutation(key, size), start.blocks)
    adopters = round(start.adopted * size)
    choice = np.full(size, NONE, np.uint8)
    counts = apportioned(adopters, start.shares)
    choice[order[:adopters]] = np.repeat(np.arange(len(counts)), counts)
    return choice


def in_turns(order: NDArray[np.int64], blocks: int) -> NDArray[np.int64]:
    """`order`, but one agent of each block in turn: what is even overall is even in each block."""
    if blocks == 1:
        return order
    block = block_of(len(order), blocks)[order]
    by_block = np.argsort(block, kind="stable")
    turn = np.empty(len(order), np.int64)
    turn[by_block] = np.arange(len(order)) - block_starts(len(order), blocks)[block[by_block]]
    return order[np.lexsort((block, turn))]
