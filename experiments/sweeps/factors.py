"""What varies in a sweep: a factor turns a coordinate in [0, 1] into a value and its changes.

A range is uniform, or uniform in the logarithm; whole numbers have equal parts of [0, 1] each.  A
normal is cut at the bounds of its parameter, and at `CUT` standard deviations, since the designs
ask for the ends.  A categorical factor has equal slices of [0, 1], in the order of the file.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

CUT = 3.0  # standard deviations
ROUNDING = 1e-9  # of a coordinate: designs reach the edge of a slice by sums such as 1/3 + 2/3

RANGE, LOG, NORMAL, CHOICE = "range", "log", "normal", "choice"
Value = float | int | str


class Factor(NamedTuple):
    """One factor, resolved.

    name : dotted path of the parameter, or a name of its own
    kind : RANGE, LOG, NORMAL or CHOICE
    low, high : ends of the values; of a choice nothing
    mean, sd : of a normal, before the cut
    whole : whether the values are whole numbers
    labels : of a choice, its values: numbers, or words
    options : of a choice, the changes of the config for each label, by dotted path
    paths : dotted paths of the parameters that take the value; of a choice nothing
    unit : unit of the values
    """

    name: str
    kind: str
    low: float = 0.0
    high: float = 1.0
    mean: float = 0.0
    sd: float = 1.0
    whole: bool = False
    labels: tuple[Value, ...] = ()
    options: tuple[Mapping[str, Any], ...] = ()
    paths: tuple[str, ...] = ()
    unit: str = ""

    def value(self, unit: float) -> Value:
        """Value at a coordinate in [0, 1]: a number, or a label."""
        if self.kind == CHOICE:
            return self.labels[self.slice_of(unit)]
        if self.whole and self.kind == RANGE:
            low, count = int(self.low), int(self.high) - int(self.low) + 1
            return low + min(int(unit * count + ROUNDING), count - 1)
        return round(self.number(unit)) if self.whole else self.number(unit)

    def number(self, unit: float) -> float:
        """Value of a continuous factor, never outside its ends."""
        if unit in (0.0, 1.0):  # the ends to their last digit
            return self.high if unit else self.low
        if self.kind == LOG:
            found = math.exp((1.0 - unit) * math.log(self.low) + unit * math.log(self.high))
        elif self.kind == NORMAL:
            found = self.mean + self.sd * self.quantile(unit)
        else:
            found = (1.0 - unit) * self.low + unit * self.high
        return min(max(found, self.low), self.high)

    def quantile(self, unit: float) -> float:
        """Standard normal quantile between the cuts."""
        from scipy.special import ndtr, ndtri

        first, last = (float(ndtr(z)) for z in self.cuts)
        return float(ndtri(first + unit * (last - first)))

    @property
    def cuts(self) -> tuple[float, float]:
        """Ends of a normal, in standard deviations from its mean."""
        return (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd

    def slice_of(self, unit: float) -> int:
        """Place of the choice at a coordinate."""
        return min(int(unit * len(self.labels) + ROUNDING), len(self.labels) - 1)

    def changes(self, unit: float) -> Mapping[str, Any]:
        """Changes of the config at a coordinate, by dotted path."""
        if self.kind == CHOICE:
            return self.options[self.slice_of(unit)]
        return dict.fromkeys(self.paths, self.value(unit))

    def coordinate(self, value: Any) -> float:
        """Coordinate of a value: the middle of its part of [0, 1] where it has one.

        Raises
        ------
        ValueError
            The factor does not have this value; says which it has.
        """
        if self.kind == CHOICE:
            if value not in self.labels:
                raise ValueError(f"{value!r} is not one of {', '.join(map(str, self.labels))}")
            return (self.labels.index(value) + 0.5) / len(self.labels)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{value!r} is no number from {self.low:.12g} to {self.high:.12g}")
        if not self.low <= value <= self.high:
            text = f"{value:.12g} is outside [{self.low:.12g}, {self.high:.12g}]; widen its range"
            raise ValueError(text)
        if self.whole and value != int(value):
            raise ValueError(f"{value:.12g} is no whole number")
        return self.place(float(value))

    def place(self, value: float) -> float:
        """Coordinate of a number between the ends."""
        if self.whole and self.kind == RANGE:
            return (value - self.low + 0.5) / (self.high - self.low + 1.0)
        if self.kind == LOG:
            return (math.log(value) - math.log(self.low)) / (
                math.log(self.high) - math.log(self.low)
            )
        if self.kind == NORMAL:
            from scipy.special import ndtr

            first, last = (float(ndtr(z)) for z in self.cuts)
            return (float(ndtr((value - self.mean) / self.sd)) - first) / (last - first)
        return (value - self.low) / (self.high - self.low)

    def about(self) -> str:
        """The factor in a few words, for tables and reports."""
        if self.kind == CHOICE:
            return ", ".join(map(str, self.labels))
        unit = f" {self.unit}" if self.unit not in ("", "-") else ""
        ends = f"{self.low:g} to {self.high:g}{unit}"
        if self.kind == NORMAL:
            return f"normal, mean {self.mean:g}, sd {self.sd:g}, cut to {ends}"
        return f"{ends}, log" if self.kind == LOG else ends
