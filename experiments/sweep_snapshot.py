"""A study as it was at one moment, so that all that is said of a running sweep fits together."""

from typing import TYPE_CHECKING

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
