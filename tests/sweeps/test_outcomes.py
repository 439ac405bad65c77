"""Outcomes of a run against numbers that were worked out by hand."""

import math

import numpy as np
import pytest

from experiments.sweeps.outcomes import Measured, measured

NAN = math.nan
MARKET = {
    "month": np.arange(4),
    "hhi": np.array([0.2, NAN, 0.6, 0.4]),
    "regime": np.array(["none", "open", "monopoly", "open"], object),
}
# Three months of three providers; C is there from month 1 on, and nobody is in the last month.
PROVIDERS = {
    "month": np.array([0, 0, 1, 1, 1, 2, 2, 2]),
    "provider": np.array(["A", "B", "A", "B", "C", "A", "B", "C"], object),
    "revenue": np.array([5.0, 3.0, 2.0, 4.0, 4.0, NAN, 1.0, 9.0]),
    "status": np.array(["well", "well", "well", "ill", "well", "ill", "well", "ill"], object),
    "open": np.array([True, False, True, False, False, True, False, False]),
}
TABLES = {"market": MARKET, "providers": PROVIDERS}
HHI = Measured("h", "market", "hhi")
REVENUE = Measured("r", "providers", "revenue")
SICK = Measured("s", "providers", "status", equal="ill")

CASES = {
    "end": (HHI, 0.4),
    "a month": (HHI._replace(at=2), 0.6),
    "a month without a number": (HHI._replace(at=1), NAN),
    "beyond the end": (HHI._replace(at=9), NAN),
    "mean": (HHI._replace(at="mean"), 0.4),
    "max": (HHI._replace(at="max"), 0.6),
    "min": (HHI._replace(at="min"), 0.2),
    "sum": (HHI._replace(at="sum"), 1.2),
    "above": (HHI._replace(above=0.3), 1.0),
    "not above itself": (HHI._replace(above=0.4), 0.0),
    "below": (HHI._replace(below=0.5), 1.0),
    "unknown is no": (HHI._replace(above=0.3, at=1), NAN),
    "months above": (HHI._replace(above=0.3, at="sum"), 2.0),
    "is": (Measured("m", "market", "regime", equal="open"), 1.0),
    "is not": (Measured("m", "market", "regime", equal="monopoly"), 0.0),
    "ever": (Measured("m", "market", "regime", equal="monopoly", at="max"), 1.0),
    "sum of rows": (REVENUE._replace(rows="sum", at=1), 10.0),
    "sum leaves out what is missing": (REVENUE._replace(rows="sum", at=2), 10.0),
    "sum of no rows": (REVENUE._replace(rows="sum"), 0.0),
    "mean of rows": (REVENUE._replace(rows="mean", at=2), 5.0),
    "mean of no rows": (REVENUE._replace(rows="mean"), NAN),
    "max of rows": (REVENUE._replace(rows="max", at=0), 5.0),
    "min of rows": (REVENUE._replace(rows="min", at=0), 3.0),
    "one row": (REVENUE._replace(where=(("provider", "B"),), at=1), 4.0),
    "where it is not": (REVENUE._replace(where=(("provider", "C"),), at=0), NAN),
    "a flag": (REVENUE._replace(where=(("open", True),), at=0), 5.0),
    "somebody": (SICK._replace(rows="max", at=0), 0.0),
    "somebody ever": (SICK._replace(rows="max", at="max"), 1.0),
    "how many": (SICK._replace(rows="sum", at=2), 2.0),
    "the leader, first of equals": (SICK._replace(leader_by="revenue", at=1), 1.0),
    "the leader is well": (SICK._replace(leader_by="revenue", at=0), 0.0),
    "the leader of those known": (SICK._replace(leader_by="revenue", at=2), 1.0),
    "nobody leads": (SICK._replace(leader_by="revenue"), NAN),
    "a leader ever": (SICK._replace(leader_by="revenue", at="sum"), 2.0),
    "vector": (REVENUE._replace(vector="provider", labels=("B", "D", "A"), at=1), (4, 0, 2, 4)),
    "vector of the mean": (
        REVENUE._replace(vector="provider", labels=("A", "C"), at="mean"),
        (7 / 4, 13 / 4, 8 / 4),
    ),
    "vector of a part": (
        REVENUE._replace(vector="provider", labels=("A",), where=(("open", False),), at=0),
        (0.0, 3.0),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_outcome_is_what_is_asked_for(case: str) -> None:
    asked, wanted = CASES[case]
    found = measured(asked, TABLES)
    assert found == pytest.approx(wanted, nan_ok=True, rel=1e-12)
    assert isinstance(found, tuple) == isinstance(wanted, tuple)


def test_several_rows_are_never_taken_for_one() -> None:
    with pytest.raises(ValueError, match="say what `rows` are"):
        measured(REVENUE, TABLES)


def test_a_table_without_rows_has_no_numbers() -> None:
    nothing = {name: values[:0] for name, values in PROVIDERS.items()}
    tables = TABLES | {"providers": nothing}
    assert measured(REVENUE._replace(rows="sum", at="sum"), tables) == 0.0
    assert math.isnan(measured(REVENUE._replace(rows="max"), tables))  # type: ignore[arg-type]
    wide = measured(REVENUE._replace(vector="provider", labels=("A",)), tables)
    assert wide == (0.0, 0.0)


def test_the_rows_may_stand_in_any_order() -> None:
    order = np.random.default_rng(3).permutation(8)
    mixed = {name: values[order] for name, values in PROVIDERS.items()}
    for asked, wanted in CASES.values():
        if asked.table == "providers" and asked.leader_by is None:
            found = measured(asked, TABLES | {"providers": mixed})
            assert found == pytest.approx(wanted, nan_ok=True, rel=1e-12)
