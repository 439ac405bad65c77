"""Consumers: they use one assistant and pay a flat subscription or nothing."""

from agents.demand import ConsumerParameters
from agents.individuals import Individuals, Start


class Consumers(Individuals):
    """The consumer segment."""

    def __init__(self, settings: ConsumerParameters, seed: int, start: Start) -> None:
        """Place consumers."""
        super().__init__(settings, "consumers", seed, start)
