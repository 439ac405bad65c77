"""Kernels are called directly, and no argument of another form than theirs is misread."""

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba.core.boxing import unbox_integer

import agents.borrowed
from agents.borrowed import as_borrowed
from agents.compiled import Kernel, compilation
from simulation.config import load
from simulation.market import Market

NUMBERS = np.arange(1.0, 7.0)


class Pair(NamedTuple):
    """Arguments in a tuple."""

    numbers: Any
    times: Any


def total(numbers, times):
    """Sum of numbers, so many times."""
    found = 0.0
    for number in numbers:
        found += number
    return times * found


def total_of_pair(pair):
    return pair.times * pair.numbers.sum()


def total_in_another(numbers, times):
    return inner(numbers, times)


def upper_right(table):
    return table[0, table.shape[1] - 1]


def a_part(numbers):
    return numbers[1:]


def itself(numbers):
    return numbers


inner = Kernel(total)


@pytest.fixture
def summed() -> Kernel:
    """A kernel that was called with numbers of 64 bits in a row, and a whole number."""
    kernel = Kernel(total)
    assert kernel(NUMBERS, 2) == 42.0
    return kernel


def foreign(numbers: Any) -> Any:
    """The same in the order of bytes of the other machines."""
    return numbers.astype(numbers.dtype.newbyteorder())


class Subclass(np.ndarray):
    """An array of somebody's own."""


def locked(numbers: Any) -> Any:
    """The same, not to be written to."""
    kept = numbers.copy()
    kept.flags.writeable = False
    return kept


def unaligned(numbers: Any) -> Any:
    """The same, at an odd place in memory."""
    kept = np.zeros(numbers.nbytes + 1, np.uint8)[1:].view(np.float64)
    kept[:] = numbers
    return kept


OTHERS: dict[str, Callable[[Any], Any]] = {
    "every second": lambda numbers: np.repeat(numbers, 2)[::2],
    "backwards": lambda numbers: numbers[::-1].copy()[::-1],
    "32 bits": lambda numbers: numbers.astype(np.float32),
    "whole numbers of 64 bits": lambda numbers: numbers.astype(np.int64),
    "of a subclass": lambda numbers: numbers.view(Subclass),
    "locked": locked,
    "unaligned": unaligned,
    "a tuple": lambda numbers: tuple(numbers.tolist()),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_an_array_of_another_form_is_read_as_what_it_is(summed: Kernel, other: Any) -> None:
    assert not summed.usual.signatures
    assert summed(other(NUMBERS), 2) == 42.0
    assert len(summed.usual.signatures) == 1  # which Numba found out
    assert len(summed.borrowing.signatures) == 1


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_the_direct_way_takes_no_other_form(summed: Kernel, other: Any) -> None:
    with pytest.raises(TypeError, match="than the kernel was compiled for"):
        summed.call(other(NUMBERS), 2)


def test_what_no_kernel_reads_is_refused(summed: Kernel) -> None:
    with pytest.raises(TypeError, match="than the kernel was compiled for"):
        summed.call(foreign(NUMBERS), 2)
    for wrong in (foreign(NUMBERS), NUMBERS.reshape(2, 3), None, "words"):
        with pytest.raises(Exception, match=r"(?i)type|unsupported|cannot"):
            summed(wrong, 2)


@pytest.mark.parametrize(
    ("times", "expected"),
    [(3, 63.0), (np.int64(3), 63.0), (2.5, 52.5), (np.float64(2.5), 52.5), (2**63, 21.0 * 2**63)],
)
def test_a_number_is_not_cut_off(summed: Kernel, times: Any, expected: float) -> None:
    assert summed(NUMBERS, times) == expected


def test_a_float_may_be_given_as_a_whole_number() -> None:
    kernel = Kernel(total)
    assert kernel(NUMBERS, 2.5) == 52.5
    assert kernel.call(NUMBERS, 2) == 42.0


def test_arrays_in_tuples_are_looked_at_too() -> None:
    kernel = Kernel(total_of_pair)
    assert kernel(Pair(NUMBERS, 2)) == 42.0
    for other in (OTHERS["every second"], OTHERS["32 bits"]):
        with pytest.raises(TypeError, match="than the kernel was compiled for"):
            kernel.call(Pair(other(NUMBERS), 2))
        assert kernel(Pair(other(NUMBERS), 2)) == 42.0


def test_a_kernel_can_call_another() -> None:
    kernel = Kernel(total_in_another)
    assert kernel(NUMBERS, 2) == 42.0
    assert kernel(OTHERS["every second"](NUMBERS), 2) == 42.0


def test_nobody_holds_an_array_after_a_call(summed: Kernel) -> None:
    numbers = NUMBERS.copy()
    before = sys.getrefcount(numbers)
    for _ in range(100):
        summed(numbers, 2)
        with pytest.raises(TypeError):
            summed.call(numbers, 2.5)
    assert sys.getrefcount(numbers) == before


def directly(function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """The direct way into a function for arguments like these; nothing is kept on the disk."""
    compiled = compilation(function)
    form = tuple(compiled.typeof_pyval(argument) for argument in arguments)
    with as_borrowed():
        compiled.compile(form)
    return compiled.overloads[form].entry_point  # type: ignore[no-any-return]


def test_without_the_look_numbers_would_be_misread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: any layout will do."""
    table = NUMBERS.reshape(2, 3)
    monkeypatch.setattr(agents.borrowed, "flags_of", lambda _: 0)
    assert directly(upper_right, table)(table) == table[0, 2]
    assert directly(upper_right, table)(table.T) != table.T[0, 1]


def test_without_our_way_numbers_would_be_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: Numba's own way to take a whole number."""
    monkeypatch.setattr(agents.borrowed, "whole_number", unbox_integer)
    assert directly(total, NUMBERS, 2)(NUMBERS, 2.5) == 42.0


def test_what_is_compiled_elsewhere_takes_its_arguments_as_ever() -> None:
    directly(total, NUMBERS, 2)
    usual = compilation(total)
    assert usual(NUMBERS, 2) == 42.0
    entry = usual.overloads[usual.signatures[0]].entry_point
    assert entry(NUMBERS.view(Subclass), 2.5) == 42.0  # it cuts off, and looks less


def arrays(result: Any) -> Iterator[Any]:
    """Arrays of what a kernel returns."""
    if isinstance(result, tuple):
        for part in result:
            yield from arrays(part)
    elif isinstance(result, np.ndarray):
        yield result


def nobody_keeps(result: Any) -> bool:
    """Whether the memory of an array is that of an argument, which nobody keeps for it."""
    return any(array.base is None and not array.flags.owndata for array in arrays(result))


def test_a_part_of_an_argument_would_be_seen() -> None:
    assert nobody_keeps(directly(a_part, NUMBERS)(NUMBERS))
    assert not nobody_keeps(directly(itself, NUMBERS)(NUMBERS))
    assert directly(itself, NUMBERS)(NUMBERS) is NUMBERS


@pytest.mark.parametrize("config", ["baseline", "recorded", "scenarios/s12_price_war"])
def test_no_kernel_of_a_market_returns_a_part_of_an_argument(
    monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    seen = set()
    usual = Kernel.__call__

    def watched(kernel: Kernel, *arguments: Any) -> Any:
        result = usual(kernel, *arguments)
        name = kernel.__wrapped__.__name__  # type: ignore[attr-defined]
        assert not nobody_keeps(result), name
        seen.add(name)
        return result

    monkeypatch.setattr(Kernel, "__call__", watched)
    market = Market(load(f"configs/{config}.yaml"))
    while market.running:
        market.step()
    assert {"migrate_range", "procure_month", "app_month"} <= seen
