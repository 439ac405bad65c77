"""A study as it was at one moment, so that all that is said of a running sweep fits together."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.job import DONE, FAILED
from experiments.sweeps.study import Study

if TYPE_CHECKING:
    import pandas

    from experiments.sweeps.running import Counts


class Snapshot(Study):
    """A study whose runs are read once."""

    def __init__(self, study: Study) -> None:
        super().__init__(study.sweep, study.path, study.source)
        self.rows = study.frame().sort_values("run", kind="stable").reset_index(drop=True)

    def frame(self) -> "pandas.DataFrame":
        """One row for each run that was committed then."""
        return self.rows

    def status(self) -> "Counts":
        """How far the sweep was: runs committed since then count as left."""
        now = super().status()
        done, failed = (int((self.rows.status == word).sum()) for word in (DONE, FAILED))
        left = max(0, now.done + now.failed + now.left - done - failed)
        return now._replace(done=done, failed=failed, left=left)

    def values(self, outcome: str) -> NDArray[np.float64]:
        """An outcome, shape (points, seeds, networks[, labels]); nan of what was not there."""
        if outcome not in self.sweep.outcomes:
            raise KeyError(f"no outcome {outcome!r} (outcomes: {', '.join(self.sweep.outcomes)})")
        labels = self.sweep.labels(outcome)
        names = [f"{outcome}.{label}" for label in labels] or [outcome]
        seeds = max(self.sweep.seeds, int(self.rows.seed.max()) + 1 if len(self.rows) else 0)
        shape = (len(self.sweep.points()), seeds, self.sweep.networks or 1, len(names))
        found = np.full(shape, np.nan)
        place = tuple(self.rows[name].to_numpy(np.int64) for name in ("point", "seed", "network"))
        found[place] = self.rows[names].to_numpy(np.float64)
        return found if labels else found[..., 0]
