"""Who is reached from an agent, breadth first, where each reached brings some of its neighbours."""

import numpy as np

from agents.compiled import kernel


@kernel
def reach(offsets, neighbours, order, rank, brought, reached):
    """Fill `reached` (count,) with agents, in the order in which they are.

    order : (agents,), who starts where nobody is left to be reached.  rank : (agents,), the place
    of each in it: an agent brings at most `brought` neighbours, those who come first.
    """
    is_reached = np.zeros(len(order), np.bool_)
    queue, first = np.empty(1 + brought * len(reached), np.int64), np.empty(brought, np.int64)
    count = 0
    for start in order:
        queue[0], head, tail = start, 0, 1
        while head < tail and count < len(reached):
            agent, head = queue[head], head + 1
            if is_reached[agent]:
                continue
            is_reached[agent] = True
            reached[count] = agent
            count += 1
            known = 0
            for place in range(offsets[agent], offsets[agent + 1]):
                other = np.int64(neighbours[place])
                if known == brought and rank[other] > rank[first[known - 1]]:
                    continue
                slot = min(known, brought - 1)
                while slot > 0 and rank[first[slot - 1]] > rank[other]:
                    first[slot] = first[slot - 1]
                    slot -= 1
                first[slot] = other
                known = min(known + 1, brought)
            queue[tail : tail + known] = first[:known]
            tail += known
        if count == len(reached):
            return
