"""Labels, dates and colours of the figures: nothing overlaps, everything can be told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.plots import labels, palette, series, style
from simulation.columns import NOBODY
from simulation.metrics.regime import REGIMES

MANY = (*(f"Firm {letter}" for letter in "ABCDEFGHIJKLMN"), "OPEN")

# --- Labels --------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(-50, 450), st.floats(1, 40)), max_size=20))
def test_spread_labels_never_overlap(wishes: list[tuple[float, float]]) -> None:
    wanted, sizes = np.array(wishes).reshape(-1, 2).T
    low, high = 0.0, max(400.0, float(sizes.sum()))
    places = labels.spread(wanted, sizes, low, high)
    order = np.argsort(places, kind="stable")
    edges = places[order] - sizes[order] / 2
    assert (np.diff(edges) >= sizes[order][:-1] - 1e-6).all()
    assert (places - sizes / 2 >= low - 1e-6).all() and (places + sizes / 2 <= high + 1e-6).all()


def test_spread_leaves_alone_what_has_room_and_moves_the_rest_least() -> None:
    assert labels.spread([10, 50, 90], [10, 10, 10], 0, 100).tolist() == [10, 50, 90]
    assert labels.spread([50, 50], [10, 10], 0, 100).tolist() == [45, 55]
    assert labels.spread([90, 99], [10, 10], 0, 100).tolist() == [85, 95]
    assert labels.spread([], [], 0, 100).tolist() == []


def test_spread_keeps_the_order_of_the_wishes() -> None:
    places = labels.spread([30, 31, 29, 80], [20] * 4, 0, 200)
    assert places.argsort().tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.431, "43 %"), (0.0042, "0.4 %"), (0.0001, "<0.1 %"), (np.nan, "no data")],
)
def test_shares_are_said_as_a_person_would(share: float, said: str) -> None:
    assert series.percent(share) == said


def test_names_that_cannot_be_drawn_are_made_printable() -> None:
    assert style.printable("a\nb") == "a□b"
    assert style.printable("名") == "□"
    assert len(style.printable("x" * 99)) == style.LONGEST_NAME


@pytest.mark.parametrize(
    ("first", "months", "width", "said"),
    [
        ("2023-01", 3, 500, ["Jan\n2023", "Feb", "Mar"]),
        ("2023-11", 4, 500, ["Nov\n2023", "Dec", "Jan\n2024", "Feb"]),
        ("2023-01", 12, 500, ["Q1\n2023", "Q2", "Q3", "Q4"]),
        ("2023-02", 12, 500, ["Q2\n2023", "Q3", "Q4", "Q1\n2024"]),
        ("2023-01", 36, 300, ["2023", "2024", "2025"]),
        ("2023-01", 600, 400, ["2030", "2040", "2050", "2060", "2070"]),
    ],
)
def test_dates_are_labelled_by_what_has_room(
    first: str, months: int, width: float, said: list[str]
) -> None:
    assert [words for _, words in style.month_ticks(first, months, width)] == said


# --- Colours -------------------------------------------------------------------------------------

TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
EYES = {
    "usual": np.eye(3),
    "red-blind": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "green-blind": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "blue-blind": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(colours: list[str], eyes: str) -> np.ndarray:
    """CIELAB (N, 3) of colours as these eyes see them (Machado et al. 2009, D65)."""
    signal = np.array([palette.channels(colour) for colour in colours])
    linear = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ EYES[eyes].T, 0, 1) @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    root = np.where(seen > 0.008856, np.cbrt(seen), 7.787 * seen + 16 / 116)
    return np.stack(
        [116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])],
        axis=1,
    )


def nearest(points: np.ndarray) -> float:
    """Smallest distance between two of the points."""
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=-1))
    return float(apart[np.triu_indices(len(points), 1)].min())


@pytest.mark.parametrize("eyes", EYES)
def test_named_colours_differ_for_all_eyes_and_in_grey(eyes: str) -> None:
    seen = lab(list(palette.NAMED.values()), eyes)
    assert nearest(seen) > 15
    if eyes == "usual":
        assert nearest(seen[:, :1]) > 5.5


@pytest.mark.parametrize("eyes", ["usual", "red-blind", "green-blind"])
def test_spare_colours_differ_from_each_other_and_from_the_named(eyes: str) -> None:
    assert nearest(lab([*palette.NAMED.values(), *palette.SPARE], eyes)) > 12


@pytest.mark.parametrize("eyes", EYES)
def test_regimes_differ_for_all_eyes_and_in_grey_and_carry_ink(eyes: str) -> None:
    seen = lab(list(palette.REGIME_TINTS.values()), eyes)
    assert nearest(seen) > 15 and nearest(seen[:, :1]) > 5.5
    for tint in palette.REGIME_TINTS.values():
        assert palette.contrast(palette.INK, tint) >= palette.READABLE
    assert set(palette.REGIME_TINTS) == {*REGIMES, NOBODY}


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("colours", [palette.HOLDER_KINDS, palette.STAGES], ids=["kinds", "stages"])
def test_kinds_of_holders_and_stages_differ_for_all_eyes_and_in_grey(
    eyes: str, colours: dict[str, str]
) -> None:
    seen = lab(list(colours.values()), eyes)
    assert nearest(seen) > 15
    if eyes == "usual":
        assert nearest(seen[:, :1]) > 5.5


def test_two_equal_colours_would_be_found() -> None:
    assert nearest(lab([*palette.NAMED.values(), palette.NAMED["Meta"]], "usual")) == 0


def test_lettering_can_be_read_on_paper_and_terms_carry_ink() -> None:
    for colour in (*palette.NAMED.values(), *palette.SPARE, palette.MUTED, palette.INK):
        assert palette.contrast(palette.lettering(colour), palette.PAPER) >= palette.READABLE
    for tint in palette.TERM_TINTS.values():
        assert palette.contrast(palette.INK, tint) >= palette.READABLE


def test_a_name_keeps_its_colour_in_any_company_and_order() -> None:
    assert palette.provider_colours(["OpenAI", "Acme"])["OpenAI"] == palette.NAMED["OpenAI"]
    colours = palette.provider_colours(MANY)
    assert len(set(colours.values())) == len(MANY)
    assert colours == palette.provider_colours(MANY[::-1])
    assert list(palette.provider_colours(("B", "A"))) == ["B", "A"]
