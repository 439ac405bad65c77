"""Imported once by the process that local workers are forked from: the market and its kernels."""

import agents.compiled
import experiments.sweeps.worker
import simulation.market

__all__ = ["agents", "experiments", "simulation"]
