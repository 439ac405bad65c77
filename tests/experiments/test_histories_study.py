"""Changed histories: distances and months of divergence with a known answer, and the tables."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.facts.history import ALL, CRITERIA
from experiments.plots.series import BUYERS
from experiments.studies import histories, validation
from simulation.config import load

MONTHS, SEEDS, LABELS = 60, 40, 4
LETTERS = "ABCD"


def paths(rng, seeds=SEEDS, spread=0.02, drift=0.0, start=30):
    """Shares (seeds, months, 3, 4) that wobble; `drift` moves the first label from `start` on."""
    shares = np.full((seeds, MONTHS, 3, LABELS), 0.25)
    shares += spread * rng.normal(size=(seeds, 1, 3, LABELS))
    shares[:, start:, :, 0] += drift
    shares = shares.clip(0.01)
    return shares / shares.sum(axis=-1, keepdims=True)


# --- Distance and month --------------------------------------------------------------------------


def test_the_distance_of_monopolists_is_one_and_of_equals_none():
    one, other = np.zeros((2, MONTHS, 3, LABELS))
    one[..., 0] = other[..., 1] = 1.0
    assert histories.distance(one, other) == pytest.approx(np.ones(MONTHS))
    assert histories.distance(one, one) == pytest.approx(np.zeros(MONTHS))
    half = one.copy()
    half[:, 0] = other[:, 0]
    assert histories.distance(half, one) == pytest.approx(np.full(MONTHS, 1 / 3))


def test_a_segment_without_anybody_does_not_count():
    one, other = np.zeros((2, MONTHS, 3, LABELS))
    one[:, 0, 0] = other[:, 0, 1] = 1.0
    assert histories.distance(one, other) == pytest.approx(np.ones(MONTHS))
    assert histories.distance(0 * one, other) == pytest.approx(np.zeros(MONTHS))


@pytest.mark.parametrize(
    ("apart", "month"),
    [("0001111", 3), ("1101111", 3), ("1111111", 0), ("1111110", None), ("0000000", None)],
)
def test_the_month_is_the_first_from_which_it_stays_above(apart, month):
    found = histories.divergence_month(np.array(list(apart), float), np.full(7, 0.5))
    assert found == month if month is not None else np.isnan(found)


def test_a_month_that_is_not_known_is_not_above():
    apart = np.array([1.0, 1.0, np.nan, 1.0])
    assert histories.divergence_month(apart, np.full(4, 0.5)) == 3


def test_histories_that_drift_are_found_in_their_month_and_alike_ones_rarely():
    rng = np.random.default_rng(3)
    friends = histories.friendly_path(1, paths(rng))

    def found(drift):
        runs = paths(rng, drift=drift)
        return np.array(
            [
                histories.divergence_month(
                    histories.distance(run, histories.mean_of_others(friends.shares, seed)),
                    friends.limit,
                )
                for seed, run in enumerate(runs)
            ]
        )

    drifted = found(0.3)
    assert np.median(drifted) == 30
    assert np.isfinite(drifted).all()
    assert np.isfinite(found(0.0)).mean() < 0.2


def test_a_run_is_not_compared_with_itself():
    shares = paths(np.random.default_rng(1))
    others = histories.mean_of_others(shares, 2)
    assert others == pytest.approx((shares.sum(axis=0) - shares[2]) / (SEEDS - 1))
    assert histories.mean_of_others(shares, 999) == pytest.approx(shares.mean(axis=0))


# --- One run -------------------------------------------------------------------------------------


class Made:
    """Tables of a run in which A leads, C entered by itself, and nobody chose in month 0."""

    def __init__(self, seed=1, regime="open"):
        self.config = SimpleNamespace(
            seed=seed, providers={"A": 1, "B": 1}, finance=SimpleNamespace(stressed=0.6)
        )
        self.providers = ("A", "B", "OPEN", "C")
        counts = np.tile([6.0, 2.0, 1.0, 1.0], (36, 3, 1))
        counts[0] = 0
        days = [f"{2023 + month // 12}-{month % 12 + 1:02d}" for month in range(36)]
        self.tables = {
            "market": {
                "month": np.arange(36),
                "date": np.array(days, object),
                "regime": np.array([regime] * 36, object),
            },
            "segments": {"accounts": counts.ravel()},
            "providers": {"provider": np.array(["A"], object)},
        }

    def table(self, name):
        return self.tables[name]


def test_who_entered_later_is_one_of_the_others():
    shares = histories.shares_of(Made())
    assert histories.labels(Made()) == ("A", "B", "OPEN", "others")
    assert shares[0].sum() == 0
    assert shares[35, 2] == pytest.approx([0.6, 0.2, 0.1, 0.1])


def test_a_run_says_when_it_diverged_where_it_ends_and_its_shares():
    same = np.stack([histories.shares_of(Made(seed)) for seed in (1, 2, 3)])
    found = histories.outcome(Made(2), histories.friendly_path(1, same))
    assert np.isnan(found["diverged"])
    assert [found[name] for name in histories.REGIMES] == [0.0, 0.0, 1.0]
    assert found["2025-12 coding A"] == found["end consumer A"] == pytest.approx(0.6)
    turned = histories.friendly_path(1, same[..., ::-1])
    assert histories.outcome(Made(2), turned)["diverged"] == 1.0


# --- Tables --------------------------------------------------------------------------------------


def planted():
    """Rows of the baseline and of two others: one like it, one with another winner each time."""
    found = []
    for config in ("baseline", "alike", "apart"):
        for seed in range(1, SEEDS + 1):
            winner = LETTERS[seed % LABELS if config == "apart" else 0]
            row = {"config": config, "seed": str(seed), "run": f"{config}{seed}"}
            row["diverged"] = str(10 + seed % 2) if config == "apart" else ""
            row |= {name: str(int(name == "oligopoly")) for name in histories.REGIMES}
            row |= {item.key: str(int(config != "apart")) for item in (*CRITERIA, ALL)}
            wobble = 0.01 * (seed % 3)
            for day in ("2025-12", "end"):
                for segment in BUYERS:
                    for name in LETTERS:
                        share = 0.7 + wobble if name == winner else 0.1 - wobble / 3
                        row[f"{day} {segment} {name}"] = str(share)
            found.append(row)
    return found


def test_tables_say_what_was_planted():
    tables = histories.tables(planted())
    base, alike, apart = (
        line.strip("| ").split(" | ") for line in tables["divergence"].splitlines()[2:]
    )
    assert base[1:3] == alike[1:3] == [".00", "-"]
    assert apart[1:3] == ["1.00", "10 [10-11]"]
    assert alike[3].endswith("+.000 [+.000 to +.000]")
    change = apart[4].split(", ")[1]
    assert change.startswith("+.3") and "[+.3" in change
    assert base[5] == ".00 / 1.00 / .00"
    assert tables["following"].splitlines()[-1] == "| apart" + 6 * " | .00" + " |"


def test_leaders_are_those_with_most_accounts():
    lines = histories.tables(planted())["leaders"].splitlines()
    assert lines[2] == "| baseline" + 6 * " | A 1.00" + " |"
    assert lines[4] == "| apart" + 6 * " | A .25, B .25, C .25, D .25" + " |"


def test_every_changed_history_is_the_baseline_with_one_change():
    assert [path.stem for path in histories.HISTORIES] == [
        "equal_execution",
        "no_coding_specialisation",
        "no_early_investment",
        "no_network",
        "no_open_weights",
        "no_venture_capital",
    ]
    base = load(histories.BASELINE)
    for path in histories.HISTORIES:
        config, text = load(path), path.read_text(encoding="utf-8")
        assert config.name == path.stem
        assert config.identity() != base.identity()
        assert (config.seed, config.months) == (base.seed, base.months)
        assert "?" in text.split("schema_version")[0]
    assert histories.SEEDS == validation.SEEDS == 40
