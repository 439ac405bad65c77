"""Populations read like a Mesa AgentSet."""

import numpy as np
import pytest

from agents.population import Population


@pytest.fixture
def firms() -> Population:
    """Four firms in two industries."""
    return Population({"seats": np.array([5, 1, 3, 2]), "industry": np.array([0, 1, 0, 1])})


def test_rows_are_views_of_the_columns(firms: Population) -> None:
    assert len(firms) == 4
    assert firms[0].seats == 5
    assert firms[-1].seats == 2
    firms.columns["seats"][0] = 9
    assert firms[0].seats == 9
    assert [firm.index for firm in firms] == [0, 1, 2, 3]
    assert "industry=0" in repr(firms[0])


def test_get_is_a_copy(firms: Population) -> None:
    firms.get("seats")[0] = 100
    assert firms[0].seats == 5


def test_select_agg_and_groupby(firms: Population) -> None:
    large = firms.select(firms.get("seats") > 1)
    assert large.get("seats").tolist() == [5, 3, 2]
    assert large.select([False, True, False])[0].index == 2
    assert firms.agg("seats", np.sum) == 11
    groups = firms.groupby("industry")
    assert {name: group.agg("seats", np.sum) for name, group in groups.items()} == {0: 8, 1: 3}


def test_wrong_names_and_rows_are_told(firms: Population) -> None:
    with pytest.raises(KeyError, match="seats, industry"):
        firms.get("seat")
    with pytest.raises(AttributeError, match="no column 'seat'"):
        _ = firms[0].seat
    with pytest.raises(IndexError, match="population of 4"):
        _ = firms[4]
    with pytest.raises(ValueError, match="differ in length"):
        Population({"a": np.zeros(2), "b": np.zeros(3)})
