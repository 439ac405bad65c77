"""Elasticities, diversion and log-sum against numerical derivatives, identities and other forms."""

from typing import NamedTuple

import numpy as np
import pytest

from agents.equations.choice import logit_shares, nested_shares
from agents.equations.substitution import Response, diversions, elasticities
from agents.kernels.answers import add_slopes, choose
from agents.kernels.responses import Choosers, respond

RNG = np.random.default_rng(7)
KINDS, OFFERS = 40, 6
NESTED = np.array([False, True, False, True, True, False])
UTILITY = RNG.normal(0, 1.5, (KINDS, OFFERS))
OFFERED = RNG.random((KINDS, OFFERS)) < 0.8
OFFERED[:, 0] |= ~OFFERED.any(axis=1)
SLOPE = -RNG.random((KINDS, OFFERS))
LAM = 0.55


class Choice(NamedTuple):
    """What choosers do, (kinds, offers), and what choosing is worth to them, (kinds,)."""

    shares: np.ndarray
    within: np.ndarray
    logsum: np.ndarray


def choice_of(
    utility: np.ndarray = UTILITY,
    offered: np.ndarray = OFFERED,
    nested: np.ndarray = NESTED,
    lam: float = LAM,
) -> Choice:
    """Choices one after the other, as tenders make them."""
    shares, within = np.empty((2, *utility.shape))
    logsum = [
        choose(offered[row], nested, lam, utility[row], shares[row], within[row])
        for row in range(len(utility))
    ]
    return Choice(shares, within, np.array(logsum))


def response(
    utility: np.ndarray = UTILITY,
    slope: np.ndarray = SLOPE,
    lam: float = LAM,
    offered: np.ndarray = OFFERED,
    nested: np.ndarray = NESTED,
    law: float | None = None,
) -> Response:
    """Response of the made-up choosers, summed; `law` : the λ of the slopes, if it is another."""
    choice = choice_of(utility, offered, nested, lam)
    chosen, moved = np.zeros(utility.shape[1]), np.zeros((utility.shape[1],) * 2)
    for row, felt in enumerate(np.broadcast_to(slope, utility.shape)):
        of_row = choice.shares[row], choice.within[row]
        add_slopes(offered[row], nested, law or lam, felt, *of_row, chosen, moved)
    return Response(chosen, moved)


def numerical_slope(step: float = 1e-5) -> np.ndarray:
    """Central differences of the choices in the ln price of each offer."""
    sides = []
    for sign in (1, -1):
        moved = [
            response(UTILITY + sign * step * SLOPE * (np.arange(OFFERS) == priced)).chosen
            for priced in range(OFFERS)
        ]
        sides.append(np.stack(moved, axis=1))
    return (sides[0] - sides[1]) / (2 * step)


@pytest.mark.parametrize("lam", [1.0, 0.6, 0.2])
def test_choices_are_those_of_e17b(lam: float) -> None:
    found = choice_of(offered=np.ones_like(OFFERED), lam=lam).shares
    assert np.allclose(found, nested_shares(UTILITY, NESTED, lam), rtol=1e-12)
    if lam == 1.0:
        assert np.allclose(found, logit_shares(UTILITY), rtol=1e-12)


def test_slopes_are_the_derivatives_of_the_choices() -> None:
    assert np.allclose(response().slope, numerical_slope(), atol=1e-9)


def test_slopes_of_the_plain_logit_are_not_those_of_a_nest() -> None:
    """The power twin: right choices, with the derivative of another law."""
    assert not np.allclose(response(law=1.0).slope, numerical_slope(), atol=1e-3)


def test_the_logsum_falls_by_the_share_of_what_becomes_dearer() -> None:
    """Small and Rosen 1981: the derivative of the surplus in a price is the demand, negative."""
    step = 1e-5
    choice = choice_of()
    for priced in range(OFFERS):
        change = step * SLOPE * (np.arange(OFFERS) == priced)
        up, down = (choice_of(UTILITY + sign * change).logsum for sign in (1, -1))
        fall = (up - down) / (2 * step)
        assert np.allclose(fall, (choice.shares * SLOPE)[:, priced], atol=1e-8)


def test_choices_add_up_whatever_the_price() -> None:
    found = response()
    assert np.allclose(found.slope.sum(axis=0), 0, atol=1e-12)
    weighted = found.chosen[:, None] * elasticities(found)
    assert np.allclose(weighted.sum(axis=0), 0, atol=1e-12)
    assert np.allclose(diversions(found).sum(axis=1), 1, rtol=1e-12)
    assert (np.diagonal(diversions(found)) == 0).all()


def test_all_prices_together_move_nothing_where_all_weigh_the_same() -> None:
    found = response(slope=np.full((KINDS, 1), -0.7))
    assert np.allclose(found.slope.sum(axis=1), 0, atol=1e-12)
    assert np.abs(response().slope.sum(axis=1)).max() > 0.01


def test_one_chooser_outside_a_nest_substitutes_in_proportion_and_members_do_not() -> None:
    """Independence of irrelevant alternatives: equal cross elasticities, D_jk = s_k/(1 − s_j)."""
    utility, everything = np.array([[0.3, 1.0, -0.2, 0.8, 0.1, 0.5]]), np.ones((1, OFFERS), bool)
    shares, crosses, goes = {}, {}, {}
    for lam in (1.0, LAM):
        shares[lam] = choice_of(utility, everything, lam=lam).shares[0]
        found = response(utility, np.array(-0.6), lam, everything)
        crosses[lam], goes[lam] = elasticities(found), diversions(found)
    for priced in range(OFFERS):
        others = np.arange(OFFERS) != priced
        s = shares[1.0]
        assert np.allclose(crosses[1.0][others, priced], 0.6 * s[priced])
        assert np.allclose(goes[1.0][priced, others], s[others] / (1 - s[priced]))
    in_nest, s = goes[0.55][1], shares[0.55]
    assert (in_nest[[3, 4]] > (s / (1 - s[1]))[[3, 4]]).all()
    assert (in_nest[[0, 2, 5]] < (s / (1 - s[1]))[[0, 2, 5]]).all()
    closed = goes[0.55][0, 1:]
    assert np.allclose(closed, s[1:] / (1 - s[0]))


def test_nobody_gives_no_number() -> None:
    found = Response(np.zeros(OFFERS), np.zeros((OFFERS, OFFERS)))
    assert np.isnan(elasticities(found)).all() and np.isnan(diversions(found)).all()


def test_who_hardly_loses_anybody_has_no_diversion() -> None:
    """A response of a hundred-millionth is rounding in its eighth digit; parts of it mean nothing.

    Found by random markets (seed 11, cases 3695 and 4587), in which a part was 1.0001.
    """
    utility = np.array([[20.0, 0.0, -1.0]])
    everything = np.ones((1, 3), np.bool_)
    found = response(utility, -np.ones((1, 3)), 1.0, everything, ~everything[0])
    assert 0.0 < -found.slope[0, 0] < 1e-5
    assert np.isnan(diversions(found)[0]).all()
    assert np.allclose(diversions(found)[1:].sum(axis=1), 1, rtol=1e-9)


@pytest.mark.parametrize("level", [-1e6, 1e6])
def test_only_differences_of_utility_count(level: float) -> None:
    moved, choice = choice_of(UTILITY + level), choice_of()
    assert np.allclose(moved.shares, choice.shares, atol=1e-8)
    assert np.allclose(moved.logsum - choice.logsum, level)


# --- The same for all developers of some months ---------------------------------------------------

MONTHS, TYPES = 4, 3
LAMS = np.array([1.0, 0.3, 0.55, 0.55])


def choosers() -> Choosers:
    """Developers of four months: none in the second, and no offer in the last."""
    draws = np.random.default_rng(3)
    shape = MONTHS, TYPES, OFFERS
    held = draws.integers(0, 4, shape)
    held[1] = 0
    live = draws.random((MONTHS, OFFERS)) < 0.8
    live[:3, 0], live[3] = True, False
    return Choosers(
        held,
        draws.random((MONTHS, 2, OFFERS)),
        draws.normal(0.0, 1.5, shape),
        draws.normal(0.0, 0.3, shape),
        live,
        np.tile(NESTED, (MONTHS, 1)),
        LAMS,
        np.array([-0.7, -0.6, -0.5, -0.4]),
    )


def responded(made: Choosers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the kernel finds, in arrays that hold something else before."""
    found = np.full((MONTHS, OFFERS), 7.0), np.full((MONTHS, OFFERS, OFFERS), 7.0)
    gain = np.full(MONTHS, 7.0)
    respond(made, *found, gain)
    return (*found, gain)


def one_by_one(made: Choosers, month: int) -> tuple[Response, float]:
    """Response of a month and gain, agent by agent at both points, each counting half."""
    rows, habits = [], []
    for taste, home in zip(*np.nonzero(made.held[month]), strict=True):
        for habit in made.leaving[month, :, home]:
            utility = made.value[month, taste].copy()
            utility[home] += made.more[month, taste, home] + habit
            count = made.held[month, taste, home]
            rows += [utility] * count
            habits += [habit] * count
    if not rows:
        return Response(np.zeros(OFFERS), np.zeros((OFFERS, OFFERS))), 0.0
    utility, felt = np.array(rows), np.array(made.felt[month])
    offered, lam = np.tile(made.live[month], (len(rows), 1)), float(LAMS[month])
    found = response(utility, felt, lam, offered)
    gain = (choice_of(utility, offered, lam=lam).logsum - habits).sum()
    return Response(found.chosen / 2, found.slope / 2), gain / 2


def test_developers_sum_what_each_of_them_does() -> None:
    made = choosers()
    chosen, slope, gain = responded(made)
    for month in range(3):
        wanted, worth = one_by_one(made, month)
        assert np.allclose(chosen[month], wanted.chosen, rtol=1e-12)
        assert np.allclose(slope[month], wanted.slope, atol=1e-12)
        assert gain[month] == pytest.approx(worth, rel=1e-12)
    assert not chosen[1].any() and not slope[1].any() and gain[1] == 0.0  # nobody
    assert not chosen[3].any() and not slope[3].any() and gain[3] == 0.0  # nothing
    assert np.allclose(chosen[:3].sum(axis=1), made.held[:3].sum(axis=(1, 2)))


@pytest.mark.parametrize("column", ["leaving", "more", "value", "dissimilarity", "felt"])
def test_developers_of_another_world_are_told_apart(column: str) -> None:
    """The power twin: a hundredth more of anything is seen."""
    made = choosers()
    slope = responded(made)[1]
    other = responded(made._replace(**{column: 1.01 * getattr(made, column)}))[1]
    assert not np.allclose(slope[2], other[2], atol=1e-5)
