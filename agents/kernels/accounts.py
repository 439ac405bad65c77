"""Running totals of individuals, changed by those who move and by nobody else."""

import numpy as np

from agents.codes import CODES, NONE
from agents.compiled import inline, kernel
from agents.individuals import UNGROUPED

KEPT = (
    "agents in all accounts",
    "accounts",
    "second accounts",
    "cohorts",
    "spending weights",
    "weights of second accounts",
    "weights of second accounts of the employed",
)
AGENTS, ACCOUNTS, SECONDS, COHORTS, WEIGHTS, LENT, LENT_BY_EMPLOYED = range(len(KEPT))
SOUND = -1  # in place of an account: none is off
LANES = 4
IN_ALL = (AGENTS, LENT_BY_EMPLOYED)  # one difference in the place of code 0, not one for each code


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
def rename(crowd, totals, left, taken):
    """Agents of one code have another one from now on, as if they always had had it.

    They keep the month of their choice.  Whoever has both keeps one, as the primary provider.
    """
    accounts, weights, groups = totals.accounts, totals.weight, totals.group
    seconds, lent = totals.seconds, totals.lent
    choice, second = crowd.choice, crowd.second
    for agent in range(len(choice)):
        home, other = choice[agent], second[agent]
        if home != left and other != left:
            continue
        spending, group = np.int64(crowd.weight[agent]), crowd.group[agent]
        count_second(home, other, -1, spending, group, seconds, lent)
        if home == left:
            move_account(home, taken, spending, group, accounts, weights, groups)
            choice[agent] = taken
        if other == left:
            second[agent] = taken
        if second[agent] == choice[agent]:
            second[agent] = NONE
        count_second(choice[agent], second[agent], 1, spending, group, seconds, lent)
    for month in range(len(totals.cohort)):
        totals.cohort[month, taken] += totals.cohort[month, left]
        totals.cohort[month, left] = 0


@inline
def counted(choice, second, weight):
    """Agents and their spending weights by first and second provider, (LANES, codes, codes) each.

    Of two in a row most have the same providers: each has a table to add to, so that none waits.
    """
    shape = (LANES, CODES, CODES)
    heads, spent = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for agent in range(len(choice)):
        home, other = choice[agent], second[agent]
        heads[agent % LANES, home, other] += 1
        spent[agent % LANES, home, other] += np.int64(weight[agent])
    return heads, spent


@inline
def apart(columns, totals, kept):
    """Fill `kept` (KEPT, codes) with how far totals are from the agents that they count, anew."""
    kept[:] = 0
    accounts, seconds, weights, lent = kept[ACCOUNTS], kept[SECONDS], kept[WEIGHTS], kept[LENT]
    heads, spent = counted(*columns)
    for home in range(CODES):
        for other in range(CODES):
            agents = spending = np.int64(0)
            for lane in range(LANES):
                agents += heads[lane, home, other]
                spending += spent[lane, home, other]
            accounts[home] += agents
            weights[home] += spending
            if other != NONE:
                seconds[other] += agents
                lent[home] -= spending
                lent[other] += spending
    kept[AGENTS, 0] = len(columns[0])
    for code in range(CODES):
        kept[AGENTS, 0] -= totals.accounts[code]
        accounts[code] -= totals.accounts[code]
        weights[code] -= totals.weight[0, code]
        lent[code] -= totals.lent[0, code]
        kept[LENT_BY_EMPLOYED, 0] += totals.lent[1, code]
    for code in range(NONE):
        seconds[code] -= totals.seconds[code]
        kept[COHORTS, code] = -totals.accounts[code]
    for month in range(len(totals.cohort)):
        for code in range(NONE):
            kept[COHORTS, code] += totals.cohort[month, code]


@kernel
def first_apart(populations):
    """Population, account, code and difference of the first running total that is off.

    populations : of each its columns choice, second and weight, and its totals.  The account is
    one of KEPT, or SOUND for none.
    """
    kept = np.empty((len(KEPT), CODES), np.int64)
    for place in range(len(populations)):
        columns, totals = populations[place]
        apart(columns, totals, kept)
        for account in range(len(KEPT)):
            for code in range(CODES):
                if kept[account, code] != 0:
                    return place, account, code, kept[account, code]
    return 0, SOUND, 0, 0


@inline
def cohorts_of(columns, oldest, months):
    """Firms by the month of their choice, from `oldest` on, and by code: (months, codes) int64.

    Then how many have two providers, and how many have any.
    """
    choice, second, since = columns
    table, dual, signed = np.zeros((months, CODES), np.int64), 0, 0
    for agent in range(len(choice)):
        if choice[agent] != NONE:
            table[np.int64(since[agent]) - oldest, choice[agent]] += 1
            dual += second[agent] != NONE
            signed += 1
    return table, dual, signed


@kernel
def filled_cells(coding, firms, consumers, oldest, now):
    """Month of choice, code and agents of each cell of cohorts with agents on a provider.

    Of developers, firms and consumers, (3, cells), and how many cells each of these has, (3,);
    then how many firms have two providers, and how many have any.
    firms : columns provider, second and since.  oldest : (3,), month of the first row of each
    table.  now : month of the last choices.
    """
    of_firms, dual, signed = cohorts_of(firms, oldest[1], now - oldest[1] + 1)
    tables = (coding, of_firms, consumers)
    counts, room = np.zeros(len(tables), np.int64), 0
    for segment in range(len(tables)):
        room += (now - oldest[segment] + 1) * NONE  # later months have nobody
    found, cells = np.empty((3, room), np.int64), 0
    for segment in range(len(tables)):
        table = tables[segment]
        for row in range(now - oldest[segment] + 1):
            for column in range(NONE):
                if table[row, column] != 0:
                    found[0, cells], found[1, cells] = row + oldest[segment], column
                    found[2, cells] = table[row, column]
                    cells += 1
                    counts[segment] += 1
    return found[:, :cells].copy(), counts, dual, signed
