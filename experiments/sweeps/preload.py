"""Imported once by the process that all local workers are forked from: what takes long to import.

It and its children leave SIGTERM to the parent, which finishes what runs; they end when the parent
has gone.
"""

import signal

import experiments.sweeps.in_worker

signal.signal(signal.SIGTERM, signal.SIG_IGN)
__all__ = ["experiments"]
