"""Imported once by the process that all local workers are forked from: what takes long to import.

It and its children leave signals to the parent, which finishes what runs; they end when the parent
has gone.
"""

import signal

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))

import experiments.sweeps.in_worker  # noqa: E402  (signals may come while it is imported)

__all__ = ["experiments"]
