"""Sums of the columns of providers in the order in which NumPy takes them.

The last digit of a sum depends on its order; a kernel that sums as NumPy does gives what whole
arrays give.
"""

from agents.compiled import inline


@inline
def whole(values):
    """Sum of sixteen numbers, one for each code: eight sums of two, then pairs of those."""
    first = (values[0] + values[8]) + (values[1] + values[9])
    second = (values[2] + values[10]) + (values[3] + values[11])
    third = (values[4] + values[12]) + (values[5] + values[13])
    fourth = (values[6] + values[14]) + (values[7] + values[15])
    return (first + second) + (third + fourth)


@inline
def ten(values):
    """Sum of ten numbers: pairs of eight of them, then the last two."""
    first = (values[0] + values[1]) + (values[2] + values[3])
    second = (values[4] + values[5]) + (values[6] + values[7])
    return ((first + second) + values[8]) + values[9]


@inline
def row_sum(table, row):
    """Sum of one row of fewer than eight numbers, one after the other."""
    found = 0.0
    for place in range(table.shape[1]):
        found += table[row, place]
    return found


@inline
def column_sum(table, column):
    """Sum of one column, from the first row on."""
    found = 0.0
    for row in range(table.shape[0]):
        found += table[row, column]
    return found
