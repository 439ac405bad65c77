"""Elasticities, diversion and log-sum against numerical derivatives, identities and other forms."""

import numpy as np
import pytest

from agents.equations.choice import logit_shares, nested_shares
from agents.equations.substitution import Choice, Response, diversions, elasticities, nested_choice
from agents.kernels.answers import add_slopes, choose, no_answers
from agents.kernels.responses import price_responses

RNG = np.random.default_rng(7)
KINDS, OFFERS = 40, 6
NESTED = np.array([False, True, False, True, True, False])
UTILITY = RNG.normal(0, 1.5, (KINDS, OFFERS))
OFFERED = RNG.random((KINDS, OFFERS)) < 0.8
SLOPE = -RNG.random((KINDS, OFFERS))
WEIGHT = RNG.random(KINDS)
LAM = np.array(0.55)


def price_response(
    choice: Choice, weight: np.ndarray, slope: np.ndarray, lam: np.ndarray
) -> Response:
    """Response of one group of choosers."""
    felt = np.broadcast_to(slope, choice.shares.shape).copy()
    first = np.array([0, len(weight)])
    found = price_responses(first, weight, choice.shares, choice.within, felt, lam.reshape(1))
    return Response(*(part[0] for part in found))


def response(
    utility: np.ndarray = UTILITY, slope: np.ndarray = SLOPE, lam: np.ndarray = LAM
) -> Response:
    """Response of the made-up choosers."""
    return price_response(nested_choice(utility, OFFERED, NESTED, lam), WEIGHT, slope, lam)


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
    everything = np.ones_like(OFFERED)
    found = nested_choice(UTILITY, everything, NESTED, np.array(lam)).shares
    assert np.allclose(found, nested_shares(UTILITY, NESTED, lam), rtol=1e-12)
    if lam == 1.0:
        assert np.allclose(found, logit_shares(UTILITY), rtol=1e-12)


def test_slopes_are_the_derivatives_of_the_choices() -> None:
    assert np.allclose(response().slope, numerical_slope(), atol=1e-9)


def test_slopes_of_the_plain_logit_are_not_those_of_a_nest() -> None:
    """The power twin: right choices, with the derivative of another law."""
    choice = nested_choice(UTILITY, OFFERED, NESTED, LAM)
    plain = price_response(choice, WEIGHT, SLOPE, np.array(1.0))
    assert not np.allclose(plain.slope, numerical_slope(), atol=1e-3)


def test_the_logsum_falls_by_the_share_of_what_becomes_dearer() -> None:
    """Small and Rosen 1981: the derivative of the surplus in a price is the demand, negative."""
    step = 1e-5
    choice = nested_choice(UTILITY, OFFERED, NESTED, LAM)
    for priced in range(OFFERS):
        change = step * SLOPE * (np.arange(OFFERS) == priced)
        up, down = (
            nested_choice(UTILITY + sign * change, OFFERED, NESTED, LAM).logsum for sign in (1, -1)
        )
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
    one = np.ones(1)
    shares, crosses, goes = {}, {}, {}
    for lam in (np.array(1.0), LAM):
        choice = nested_choice(utility, everything, NESTED, lam)
        found = price_response(choice, one, np.array(-0.6), lam)
        shares[float(lam)] = choice.shares[0]
        crosses[float(lam)], goes[float(lam)] = elasticities(found), diversions(found)
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


def test_nobody_and_nothing_give_no_number() -> None:
    nothing = nested_choice(UTILITY, np.zeros_like(OFFERED), NESTED, LAM)
    assert (nothing.shares == 0).all() and (nothing.logsum == -np.inf).all()
    found = price_response(nothing, WEIGHT, SLOPE, LAM)
    assert np.isnan(elasticities(found)).all() and np.isnan(diversions(found)).all()


def test_who_hardly_loses_anybody_has_no_diversion() -> None:
    """A response of a hundred-millionth is rounding in its eighth digit; parts of it mean nothing.

    Found by random markets (seed 11, cases 3695 and 4587), in which a part was 1.0001.
    """
    utility = np.array([[20.0, 0.0, -1.0]])
    everything = np.ones((1, 3), np.bool_)
    choice = nested_choice(utility, everything, ~everything, np.array([1.0]))
    found = price_response(choice, np.ones(1), -np.ones((1, 3)), np.array([[1.0]]))
    assert 0.0 < -found.slope[0, 0] < 1e-5
    assert np.isnan(diversions(found)[0]).all()
    assert np.allclose(diversions(found)[1:].sum(axis=1), 1, rtol=1e-9)


@pytest.mark.parametrize("level", [-1e6, 1e6])
def test_only_differences_of_utility_count(level: float) -> None:
    moved = nested_choice(UTILITY + level, OFFERED, NESTED, LAM)
    choice = nested_choice(UTILITY, OFFERED, NESTED, LAM)
    assert np.allclose(moved.shares, choice.shares, atol=1e-8)
    some = OFFERED.any(axis=1)
    assert np.allclose((moved.logsum - choice.logsum)[some], level)


def test_groups_are_worked_out_one_after_the_other() -> None:
    """The second has none, so that its numbers are 0."""
    lam = np.array([1.0, 0.3, 0.55])
    rows = np.repeat([0, 2], KINDS)
    choice = nested_choice(
        np.tile(UTILITY, (2, 1)), np.tile(OFFERED, (2, 1)), NESTED, lam[rows, None]
    )
    felt, weight = np.tile(SLOPE, (2, 1)), np.tile(WEIGHT, 2)
    first = np.array([0, KINDS, KINDS, 2 * KINDS])
    chosen, slope = price_responses(first, weight, choice.shares, choice.within, felt, lam)
    for place in (0, 2):
        alone = response(lam=lam[place])
        assert (slope[place] == alone.slope).all() and (chosen[place] == alone.chosen).all()
    assert (slope[1] == 0.0).all() and (chosen[1] == 0.0).all()


# --- The same for one tender at a time, compiled --------------------------------------------------


def summed(lam: float, slope: np.ndarray = SLOPE) -> tuple[Response, np.ndarray]:
    """Response and log-sums of the made-up choosers as tenders sum them; each counts once."""
    answers, logsums = no_answers(), []
    listed, nested = np.zeros((KINDS, 16), bool), np.zeros(16, bool)
    listed[:, 2 : 2 + OFFERS], nested[2 : 2 + OFFERS] = OFFERED, NESTED
    for row in np.flatnonzero(OFFERED.any(axis=1)):
        utility, felt = np.zeros(16), np.zeros(16)
        utility[2 : 2 + OFFERS], felt[2 : 2 + OFFERS] = UTILITY[row], slope[row]
        share, within = np.zeros((2, 16))
        logsums.append(choose(listed[row], nested, lam, utility, share, within))
        of_row = listed[row], nested, lam, felt, share, within
        add_slopes(*of_row, answers.chosen, answers.slope)
    places = slice(2, 2 + OFFERS)
    assert answers.chosen.sum() == pytest.approx(answers.chosen[places].sum(), rel=1e-15)
    return Response(answers.chosen[places], answers.slope[places, places]), np.array(logsums)


@pytest.mark.parametrize("lam", [1.0, 0.55, 0.2])
def test_tenders_sum_what_the_equations_say(lam: float) -> None:
    found, logsums = summed(lam)
    choice = nested_choice(UTILITY, OFFERED, NESTED, np.array(lam))
    wanted = price_response(choice, np.ones(KINDS), SLOPE, np.array(lam))
    assert np.allclose(found.chosen, wanted.chosen, rtol=1e-12)
    assert np.allclose(found.slope, wanted.slope, atol=1e-12)
    assert np.allclose(logsums, choice.logsum[OFFERED.any(axis=1)], rtol=1e-12)


def test_tenders_of_another_nest_or_price_are_told_apart() -> None:
    """The power twin."""
    slope = summed(0.55)[0].slope
    assert not np.allclose(slope, summed(0.6)[0].slope, atol=1e-3)
    assert not np.allclose(slope, summed(0.55, 1.01 * SLOPE)[0].slope, atol=1e-3)
