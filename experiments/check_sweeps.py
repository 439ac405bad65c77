"""What `shareshift check` says about a sweep file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.sweeps.sweep import SweepFile


def sweep_lines(source: str) -> list[str]:
    """Check a sweep file with the configs of its points, and say what it is.

    Raises
    ------
    ConfigError, TableError
    """
    from experiments.sweeps.sweep_file import load_sweep_file
    from experiments.sweeps.trial import check_quickly

    sweep = load_sweep_file(source)
    left = check_quickly(sweep)
    lines = [f"  {size_words(sweep)}"]
    lines += [f"  {factor.name}: {factor.about()}" for factor in sweep.factors]
    if left:
        lines.append(f"  note: {left:,} points were not tried; a run whose config is refused fails")
    return lines + [f"  note: {note}" for note in sweep_notes(sweep)]


def size_words(sweep: "SweepFile") -> str:
    """How large a sweep is, in one line."""
    from experiments.sweeps.designs import size_of

    points = size_of(sweep.design, sweep.factors)
    seeds = f"{sweep.seeds} seed{'s' if sweep.seeds > 1 else ''}"
    if sweep.rule is not None:
        seeds = f"{sweep.rule.least} to {sweep.rule.most} seeds"
    networks = f" x {sweep.networks} networks" if sweep.networks else ""
    upto = "up to " if sweep.rule else ""
    return (
        f"{points:,} points ({sweep.design.kind}, {len(sweep.factors)} factors) x {seeds}{networks}"
        f": {upto}{sweep.most_runs:,} runs of {sweep.base.name}, {sweep.base.months} months"
    )


def sweep_notes(sweep: "SweepFile") -> list[str]:
    """Notes on the base config, and on factors that leave their plausible range."""
    from experiments.sweeps.factor_reading import Spot
    from simulation.config import notes
    from simulation.config_notes import range_note
    from simulation.config_text import plain

    values = plain(sweep.base)
    found = notes(sweep.base)
    for factor in sweep.factors:
        for path in factor.paths:
            shape = Spot(path, values).shape
            for end in (factor.low, factor.high):
                found += range_note(shape, path, end)
    return found
