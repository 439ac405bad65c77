"""What it costs the users of a provider to leave, by how long they have been there."""

import numpy as np

from agents.compiled import kernel


@kernel
def sum_costs(month, since, code, agents, cost, sums):
    """Add agents, and their cost and squared cost of leaving, to (3, months, codes).

    month, since, code, agents : (cells,), who is where at the start of which month, and came when.
    cost : (months, tenures), util, of each month, by months of tenure.
    """
    for cell in range(len(month)):
        when, who = month[cell], code[cell]
        here = cost[when, when - since[cell]]
        people = np.float64(agents[cell])
        sums[0, when, who] += people
        sums[1, when, who] += people * here
        sums[2, when, who] += people * here**2
