"""A trial: one run of a config of `configs/verification`, with the choice of every agent kept."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.config import Config, load
from simulation.market import POPULATIONS, Market

EVERY_CODE = 16  # the model's own constant is not asked
CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "verification"


class Trial(NamedTuple):
    """A finished run.

    names : providers in the order of their codes.  codes : their codes in `choices`.
    choices : by population, (months + 1, agents) uint8, the provider at the start and at the end
    of each month; 15 where there is none.
    """

    market: Market
    names: tuple[str, ...]
    codes: tuple[int, ...]
    choices: dict[str, NDArray[np.uint8]]

    def counts(self, population: str, month: int = -1) -> NDArray[np.int64]:
        """Agents on each provider after `month` months, shape (providers,)."""
        return np.bincount(self.choices[population][month], minlength=EVERY_CODE)[list(self.codes)]

    def block_shares(self, population: str) -> NDArray[np.float64]:
        """Share of each provider in each block of a complete graph.

        Returns shape (months + 1, blocks, providers); those who use nobody count in the whole.
        """
        blocks = self.market.graphs[population].blocks
        choices = self.choices[population]
        parts = choices.reshape(len(choices), blocks, -1)
        return np.stack([(parts == code).mean(axis=2) for code in self.codes], axis=2)


def settings(name: str, sets: Iterable[str] = ()) -> Config:
    """Config of a case, with `sets` in the words of `--set`."""
    return load(CONFIGS / f"{name}.yaml", tuple(sets))


@lru_cache(maxsize=3)
def trial_of(config: Config) -> Trial:
    """Run a config to its end; the latest runs are kept, for cases that look at the same one."""
    market = Market(config)
    states = [state_of(market)]
    while market.running:
        market.step()
        states.append(state_of(market))
    choices = {name: np.stack([state[name] for state in states]) for name in POPULATIONS}
    return Trial(market, market.supply.providers, market.supply.codes, choices)


def state_of(market: Market) -> dict[str, NDArray[np.uint8]]:
    """Provider of every agent now."""
    return {name: getattr(market, name).get("provider") for name in POPULATIONS}


def differences(one: Trial, other: Trial) -> int:
    """Choices, over all months and agents that both trials have, in which they differ."""
    count = 0
    for name in POPULATIONS:
        first, second = by_name(one, name), by_name(other, name)
        agents = min(first.shape[1], second.shape[1])
        count += int(np.count_nonzero(first[:, :agents] != second[:, :agents]))
    return count


def by_name(trial: Trial, population: str) -> NDArray[np.uint64]:
    """Choices as the keys of the providers' names, which do not depend on who else is there."""
    keys: NDArray[np.uint64] = trial.market.supply.keys[trial.choices[population]]
    return keys
