"""One value or another, in an equation that kernels take numbers through."""

from typing import Any

import numpy as np


def either(condition: Any, value: Any, otherwise: Any) -> Any:
    """`value` where the condition holds, and what it is otherwise: `np.where`.

    Kernels have a plain choice of two numbers in its place, see `agents.compiled`: there `np.where`
    makes arrays of numbers, which takes longer than all the rest of a short equation.
    """
    return np.where(condition, value, otherwise)
