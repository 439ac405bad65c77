"""Individuals who give up every provider (E21), before the others of the month decide."""

import numpy as np

from agents.codes import NONE
from agents.compiled import inline, kernel
from agents.draws import GOLDEN
from agents.draws import mix as mix_source
from agents.kernels.accounts import count_second, move_account

mix = inline(mix_source)

ONE, SHIFT_16 = np.uint64(1), np.uint64(16)
MIDDLE_24 = np.uint64((1 << 24) - 1)  # the top 24 bits of the same key say who reconsiders


@kernel
def leave_range(first, last, crowd, key, month, threshold, oldest, tally, movers):
    """Users of `first` to `last` whose draw lies below `threshold`, of 2^24, use nothing now.

    key : uint64 of the month.  oldest : month of the earliest cohort (not above 0).
    """
    choice, second, since = crowd.choice, crowd.second, crowd.since
    accounts, weights, groups = tally.accounts, tally.weight, tally.group
    cohort, moves, seconds, lent = tally.cohort, movers.agents, tally.seconds, tally.lent
    for agent in range(first, last):
        home = choice[agent]
        draw = mix(key + (np.uint64(agent) + ONE) * GOLDEN)
        if home == NONE or (draw >> SHIFT_16) & MIDDLE_24 >= threshold:
            continue
        spending, group = np.int64(crowd.weight[agent]), crowd.group[agent]
        count_second(home, second[agent], -1, spending, group, seconds, lent)
        move_account(home, np.uint8(NONE), spending, group, accounts, weights, groups)
        cohort[np.int64(since[agent]) - oldest, home] -= 1
        moves[crowd.taste[agent], home, NONE] += 1
        choice[agent], second[agent], since[agent] = NONE, NONE, month
