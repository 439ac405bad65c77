"""Keyed random numbers: every draw is a pure function of its key.

A draw is named by (seed, stream name, month, agent, stable key) and nothing else, so it never
depends on the order of calls, on the number of threads, or on which other draws exist.  Two
scenarios with one seed share their luck, agent by agent.

The mixer is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
pseudorandom number generators", OOPSLA, doi:10.1145/2714064.2660195).  The functions take NumPy
unsigned 64-bit arrays or scalars; `agents.kernels` compiles the same source for single numbers.
"""

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = np.uint64
Keys = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
SECOND_FACTOR = np.uint64(0x94D049BB133111EB)
SHIFT_30, SHIFT_27, SHIFT_31 = np.uint64(30), np.uint64(27), np.uint64(31)
SHIFT_12, SHIFT_48 = np.uint64(12), np.uint64(48)
UNIT = 2.0**-52
HALF = 2.0**-53


def mix(x):
    """Scramble 64 bits: each input bit flips each output bit with probability near a half."""
    x = (x ^ (x >> SHIFT_30)) * FIRST_FACTOR
    x = (x ^ (x >> SHIFT_27)) * SECOND_FACTOR
    return x ^ (x >> SHIFT_31)


def fold(key, part):
    """Key of `part` below `key`; both unsigned 64-bit, arrays broadcast."""
    return mix(key + (part + np.uint64(1)) * GOLDEN)


def name_key(name: str) -> Key:
    """Stable 64-bit key of a name: the same in every process and on every machine."""
    return Key(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def below(key: "Key | Keys", *parts: "int | Key | NDArray[Any]") -> Keys:
    """Keys of `parts` under `key`, one level for each part; arrays broadcast, at least 1-d."""
    keys: Keys = np.atleast_1d(np.asarray(key, np.uint64))
    for part in parts:
        keys = fold(keys, np.atleast_1d(np.asarray(part)).astype(np.uint64))
    return keys


@lru_cache(maxsize=1024)
def stream(seed: int, name: str) -> Key:
    """Key of the stream `name` under `seed`; `seed` is a whole number in [0, 2**63)."""
    return Key(below(Key(seed), name_key(name))[0])


@lru_cache(maxsize=64)
def keys_of(names: tuple[str, ...]) -> Keys:
    """Key of each name, 0 where it is empty, shape (names,)."""
    keys = np.array([name_key(name) if name else 0 for name in names], np.uint64)
    keys.flags.writeable = False
    return keys


@lru_cache(maxsize=64)
def named_monthly(seed: int, name: str, months: int, owners: tuple[str, ...]) -> Keys:
    """Keys of the stream `name` under `seed` for `owners` in each month, (months, owners)."""
    keys = below(stream(seed, name), np.arange(months)[:, None], keys_of(owners))
    keys.flags.writeable = False
    return keys


@lru_cache(maxsize=64)
def monthly(seed: int, owner: str, names: tuple[str, ...], months: int) -> Keys:
    """Keys of the streams `owner`.name under `seed` in each month, shape (months, names)."""
    roots = np.array([stream(seed, f"{owner}.{name}") for name in names])
    keys = below(roots, np.arange(months)[:, None])
    keys.flags.writeable = False
    return keys


def luck_keys(keys: Keys) -> Keys:
    """What kernels add to a key before they mix it to have `fold` of it and each of `keys`."""
    added: Keys = (keys + np.uint64(1)) * GOLDEN
    return added


@lru_cache(maxsize=64)
def lucks_of(names: tuple[str, ...]) -> Keys:
    """The same for the owners of `names`, (names,)."""
    added = luck_keys(keys_of(names))
    added.flags.writeable = False
    return added


@lru_cache(maxsize=8)
def luck_of(name: str) -> Key:
    """The same for a draw that belongs to no offer, such as that of the nest."""
    return Key(luck_keys(np.array([stream(0, name)]))[0])


def uniform(keys: Keys) -> NDArray[np.float64]:
    """Uniform numbers in (0, 1), never 0 and never 1, one for each key."""
    return (keys >> SHIFT_12).astype(np.float64) * UNIT + HALF


def permutation(key: Key, size: int) -> NDArray[np.int64]:
    """A uniformly random order of 0..size-1, fixed by `key`; shape (size,)."""
    # The keys are distinct, as mixing is one to one, so that every way of sorting gives this order.
    return np.argsort(below(key, np.arange(size)))
