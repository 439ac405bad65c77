"""What markets of one seed have in common is worked out once: networks, and costly first draws.

A sweep runs all its points with one seed before it takes the next (common random numbers), with the
same networks in most of them.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple

import numpy as np

MOST = 16 * 2**20  # bytes of arrays kept in all: networks of 20 seeds of the baseline

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class Kept:
    """Results by what they are of; those not asked for longest go when there are too many bytes.

    Threads may share it.
    """

    def __init__(self, most: int) -> None:
        """Keep nothing yet."""
        self.most = most
        self.results: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self.lock = Lock()

    @property
    def size(self) -> int:
        """Bytes kept; counted anew, for a time limit may stop a run in the middle of `keep`."""
        return sum(size for _, size in self.results.values())

    def find(self, key: object) -> Any:
        """What is kept under a key; None if nothing is."""
        with self.lock:
            if key not in self.results:
                return None
            self.results.move_to_end(key)
            return self.results[key][0]

    def keep(self, key: object, result: Any) -> None:
        """Keep a result, and let others go to make room; one that has no room by itself is not."""
        size = size_of(result)
        with self.lock:
            if size > self.most or key in self.results:
                return
            self.results[key] = result, size
            while self.size > self.most:
                self.results.popitem(last=False)

    def clear(self) -> None:
        """Let everything go."""
        with self.lock:
            self.results.clear()


def size_of(result: Any) -> int:
    """Bytes of an array, or of all arrays of a tuple."""
    parts = result if isinstance(result, tuple) else (result,)
    return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))


KEPT = Kept(MOST)


def kept(function: Callable[[*Arguments], Result]) -> Callable[[*Arguments], Result]:
    """Keep results of a pure function; nobody may write into them, for others have them too.

    Arguments are hashable; 1 is not 1.0.
    """

    @wraps(function)
    def found(*args: *Arguments) -> Result:
        key = (function, *map(type, args), *args)
        result: Result | None = KEPT.find(key)
        if result is None:
            result = function(*args)
            KEPT.keep(key, result)
        return result

    return found
