"""Running totals of individuals, changed by those who move and by nobody else."""

import numpy as np

from agents.codes import CODES, NONE
from agents.compiled import inline, kernel
from agents.individuals import UNGROUPED


@inline
def move_account(home, target, spending, group, accounts, weights, groups):
    """Take one agent of `spending` from one code to another, in its industry too if it has one."""
    accounts[home] -= 1
    accounts[target] += 1
    weights[0, home] -= spending
    weights[0, target] += spending
    if group != UNGROUPED:
        weights[1, home] -= spending
        weights[1, target] += spending
        groups[group, home] -= 1
        groups[group, target] += 1


@inline
def count_second(first, second, sign, spending, group, seconds, lent):
    """Count (`sign` 1) or count no more (-1) an agent with two providers; with one, do nothing."""
    if second == NONE:
        return
    amount = sign * spending
    seconds[second] += sign
    lent[0, first] -= amount
    lent[0, second] += amount
    if group != UNGROUPED:
        lent[1, first] -= amount
        lent[1, second] += amount


@kernel
def count_codes(choice, second, weight):
    """`accounts`, `seconds`, and the first rows of `weight` and `lent` of a Tally, counted anew."""
    accounts, seconds = np.zeros(CODES, np.int64), np.zeros(CODES, np.int64)
    weights, lent = np.zeros(CODES, np.int64), np.zeros(CODES, np.int64)
    for agent in range(len(choice)):
        home, other, spending = choice[agent], second[agent], np.int64(weight[agent])
        accounts[home] += 1
        seconds[other] += 1
        weights[home] += spending
        if other != NONE:
            lent[home] -= spending
            lent[other] += spending
    return accounts, seconds, weights, lent
