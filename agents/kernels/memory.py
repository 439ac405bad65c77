"""Memories of the last months."""

from agents.compiled import inline


@inline
def move_on(past):
    """Move a memory (months, codes) on by a month, oldest first; its last row is to be written.

    Number by number: for an array that is assigned to another one Numba compiles all that it takes
    to word an error of their shapes.
    """
    for month in range(len(past) - 1):
        for code in range(past.shape[1]):
            past[month, code] = past[month + 1, code]
