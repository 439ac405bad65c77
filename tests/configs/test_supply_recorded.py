"""The recorded supply follows its rules: each is computed here again, from the source tables."""

import csv
import math
import subprocess
import sys
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from simulation import supply

DATA = Path(__file__).parents[2] / "configs" / "data"
RECORDED, BEST = "supply_recorded.csv", "supply_best_model.csv"
ROUNDING = 0.5e-3 + 1e-9


@cache
def table(name):
    """Rows of a CSV file under configs/data, without its comments."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def tags(row):
    """The tags of a row's rule."""
    return row["rule"].split(";")


def model_of(row):
    """Capability source of the model that the row names first."""
    name = row["source"].split("; price of ")[0]
    (model,) = [model for model in table("capability_sources.csv") if model["model"] == name]
    return model


def products_of(row):
    """Products whose price the row takes; none for consumers."""
    _, _, sold_as = row["source"].partition("; price of ")
    return sold_as.split(" and ") if sold_as else []


def april(model):
    """ECI on the April scale: October values plus the mean difference of the shared models."""
    pairs = table("vintage_pairs.csv")
    shift = np.mean([float(pair["april"]) - float(pair["october"]) for pair in pairs])
    return float(model["eci"]) + shift * (model["refit"] == "October 2026")


def series(rows):
    """Rows by provider, segment and, for OPEN, by whether it is the best from outside CN."""
    out = defaultdict(list)
    for row in rows:
        twin = [
            other
            for other in rows
            if other["provider"] == row["provider"] == "OPEN"
            and (other["month"], other["segment"]) == (row["month"], row["segment"])
        ]
        elsewhere = len(twin) == 2 and row["origin"] != "CN"
        out[row["provider"], row["segment"], elsewhere].append(row)
    return out


@pytest.fixture(scope="module")
def recorded():
    """Rows of the recorded supply."""
    return table(RECORDED)


@pytest.fixture(scope="module")
def best():
    """Rows of the best-model supply."""
    return table(BEST)


def test_builder_writes_the_committed_bytes(tmp_path):
    subprocess.run([sys.executable, DATA / "build_supply.py", tmp_path], check=True)
    for name in (RECORDED, BEST):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_each_month_of_three_years_is_there_and_nothing_later(recorded):
    wanted = [f"{year}-{month:02d}" for year in (2023, 2024, 2025) for month in range(1, 13)]
    assert sorted({row["month"] for row in recorded}) == wanted
    for name in ("capability_sources", "price_sources", "safety_sources", "funding_sources"):
        dates = [row.get("date") or row["released"] for row in table(f"{name}.csv")]
        assert max(dates) < "2026"


def test_providers_enter_once_and_stay(recorded):
    providers = {row["provider"]: row for row in table("providers.csv")}
    for (name, segment, elsewhere), rows in series(recorded).items():
        if not elsewhere:
            market = "consumer" if segment == "consumer" else "api"
            months = [row["month"] for row in rows]
            assert months[0] == providers[name][f"{market}_from"]
            assert months == sorted({row["month"] for row in recorded if row["month"] >= months[0]})


def capability_faults(rows):
    """Months in which the capability is not the map of its model, coding offset included."""
    points = {row["provider"]: float(row["coding_points"]) for row in table("providers.csv")}
    faults = []
    for row in rows:
        model = model_of(row)
        eci = april(model)
        if row["segment"] == "coding" and model["released"] >= "2024-05":
            eci += points[row["provider"]]
        if abs(float(row["capability"]) - (0.85 + 0.078 * (eci - 126.17))) > ROUNDING:
            faults.append((row["month"], row["provider"], row["segment"]))
    return faults


def test_capability_is_the_documented_map(recorded, best):
    assert capability_faults(recorded) == capability_faults(best) == []
    gpt4 = next(row for row in recorded if row["source"].startswith("GPT-4 (Mar"))
    assert float(gpt4["capability"]) == 0.85


def test_a_wrong_capability_is_noticed(recorded):
    planted = [*recorded[:50], recorded[50] | {"capability": "0.852"}]
    assert len(capability_faults(planted)) == 1


def best_so_far_faults(rows):
    """Rows whose model is not the best that was released by the month."""
    models = [model for model in table("capability_sources.csv") if model["use"] == "best"]
    faults = []
    for (name, _, elsewhere), chain in series(rows).items():
        for row in chain:
            rivals = [
                april(model)
                for model in models
                if model["released"][:7] <= row["month"]
                and (model["weights"] == "yes" if name == "OPEN" else model["lab"] == name)
                and not (elsewhere and model["origin"] == "CN")
            ]
            if april(model_of(row)) != max(rivals):
                faults.append((row["month"], name, row["segment"], row["rule"]))
    return faults


def test_every_model_is_the_best_so_far_but_for_the_workhorse(recorded):
    faults = best_so_far_faults(recorded)
    assert {fault[1] for fault in faults} == {"OpenAI"}
    assert all("workhorse" in fault[3] for fault in faults)
    months = sorted({fault[0] for fault in faults})
    assert (months[0], months[-1], len(months)) == ("2024-09", "2025-03", 7)
    assert {fault[2] for fault in faults} == {"coding", "enterprise"}


def test_consumers_get_the_best_model_and_pay_no_list_price(recorded, best):
    for row in recorded + best:
        if row["segment"] == "consumer":
            assert row["price"] == ""
            assert tags(row)[0] == "best"
    assert [row for row in recorded if row["segment"] == "consumer"] == [
        row for row in best if row["segment"] == "consumer"
    ]


@pytest.mark.parametrize("name", [RECORDED, BEST])
def test_capability_never_falls(name):
    for key, rows in series(table(name)).items():
        path = [float(row["capability"]) for row in rows]
        assert path == sorted(path), key


def test_one_refit_but_for_first_releases(recorded, best):
    shifted = {model_of(row)["model"] for row in recorded + best if "eci_shifted" in tags(row)}
    assert shifted == {"LLaMA-65B", "Gemini 1.0 Pro", "Grok-2 (Dec 2024)", "gpt-oss-120b"}
    for row in recorded + best:
        assert (model_of(row)["refit"] == "October 2026") == ("eci_shifted" in tags(row))


def test_shift_is_the_mean_difference_of_nine_models():
    pairs = table("vintage_pairs.csv")
    gaps = [float(pair["april"]) - float(pair["october"]) for pair in pairs]
    assert len(gaps) == 9
    assert math.isclose(np.mean(gaps), 0.3344, abs_tol=1e-4)


def listed(product, row, later=False):
    """Blended price of a product in the row's month; the first one where it is dated `later`."""
    rows = [price for price in table("price_sources.csv") if price["product"] == product]
    hosts = [price for price in rows if price["seller"] == "OPEN"]
    own = hosts if row["provider"] == "OPEN" else [p for p in rows if p["seller"] != "OPEN"]
    own = sorted(own or rows, key=lambda price: price["date"])
    held = own[:1] if later else [p for p in own if p["date"][:7] <= row["month"]][-1:]
    (price,) = held
    return (3 * float(price["input"]) + float(price["output"])) / 4


def price_faults(rows):
    """Rows whose price is not the list price, or geometric mean, that they name."""
    faults = []
    for row in rows:
        names = products_of(row)
        prices = [listed(name, row, "price_later" in tags(row)) for name in names]
        wanted = math.prod(prices) ** (1 / len(prices)) if prices else None
        if wanted is not None and not math.isclose(float(row["price"]), wanted, rel_tol=1e-5):
            faults.append((row["month"], row["provider"], row["segment"]))
    return faults


def test_price_is_the_list_price_of_the_product_it_names(recorded, best):
    assert price_faults(recorded) == price_faults(best) == []
    planted = next(row for row in recorded if row["month"] == "2024-09" and row["price"])
    assert len(price_faults([planted | {"price": "4.375"}])) == 1


def test_a_pro_tier_never_sets_the_price_of_a_workhorse(recorded):
    pro_tiers = {"o1-pro", "o3-pro", "gpt-5-pro", "gpt-5.2-pro"}
    assert not [row for row in recorded if pro_tiers & set(products_of(row))]
    assert any("o3-pro" in row["source"] for row in recorded)


def mixing_faults(rows):
    """Priced rows whose first tag does not say whether model and price are of one product."""
    faults = []
    for row in rows:
        if row["price"]:
            one = products_of(row) == [model_of(row)["product"]]
            if ("mixed" in tags(row)) == one:
                faults.append((row["month"], row["provider"], row["segment"]))
    return faults


def test_mixed_where_capability_and_price_name_different_products(recorded, best):
    assert mixing_faults(recorded) == mixing_faults(best) == []
    for row in recorded:
        assert tags(row)[0] in ("same", "mixed", "workhorse", "best")
    for row in best:
        assert tags(row)[0] == "best"
    planted = next(row for row in recorded if tags(row)[0] == "mixed")
    assert len(mixing_faults([planted | {"rule": "same"}])) == 1


def test_known_mixed_spans_are_tagged(recorded):
    mixed = defaultdict(set)
    for row in recorded:
        if tags(row)[0] == "mixed" and row["segment"] == "coding":
            mixed[row["provider"]].add(row["month"])
    assert {"2025-04", "2025-05", "2025-06", "2025-07", "2025-10", "2025-11"} <= mixed["OpenAI"]
    assert {"2023-08", "2024-01", "2024-02", "2024-03", "2025-05", "2025-08"} <= mixed["Anthropic"]
    assert {"2025-02", "2025-03"} <= mixed["xAI"]
    assert "2024-12" in mixed["DeepSeek"]
    assert mixed["Google"] == {"2025-02"}
    assert not {"2025-08", "2025-09", "2025-12"} & mixed["OpenAI"]


def test_a_model_change_without_a_price_change_is_tagged(recorded):
    for rows in series(recorded).values():
        for before, after in pairwise(rows):
            changed = model_of(before)["product"] != model_of(after)["product"]
            if changed and after["price"] and products_of(before) == products_of(after):
                assert "mixed" in (tags(before)[0], tags(after)[0]), after


def index_by_hand(lab, month):
    """Safety index of a lab from its published ratings."""
    total = weights = 0.0
    for term, weight in (("fli", 0.6), ("saferai", 0.2), ("transparency", 0.2)):
        shares = {
            row["date"]: float(row["share"])
            for row in table("safety_sources.csv")
            if (row["lab"], row["term"]) == (lab, term)
        }
        if shares:
            past = [date for date in shares if date[:7] <= month]
            total += weight * shares[max(past) if past else min(shares)]
            weights += weight
    return total / weights if weights else 0.21


def test_safety_holds_the_last_published_terms(recorded):
    for row in recorded:
        assert abs(float(row["safety"]) - index_by_hand(model_of(row)["lab"], row["month"])) < 6e-5


def test_ratings_are_scaled_to_shares():
    for row in table("safety_sources.csv"):
        scale = {"GPA 0-4": 4, "points 0-5": 5, "percent": 100, "share 0-1": 1}.get(row["unit"])
        value = 1.11 if scale is None else float(row["value"])
        assert math.isclose(float(row["share"]), value / (scale or 4), abs_tol=1e-9)


@pytest.mark.parametrize(
    ("lab", "first", "last"),
    [
        ("OpenAI", 0.3900, 0.5674),
        ("Google", 0.3645, 0.4755),
        ("Anthropic", 0.4955, 0.6352),
        ("Meta", 0.2135, 0.2776),
        ("Mistral", 0.2100, 0.1765),
    ],
)
def test_safety_meets_the_published_index_at_both_ends(lab, first, last):
    """End points of the index that interpolates between publications."""
    assert abs(index_by_hand(lab, "2023-01") - first) < 1e-4
    assert abs(index_by_hand(lab, "2025-12") - last) < 1e-4


def test_safety_of_deepseek_starts_as_in_the_endogenous_market():
    """Both supply modes have one scale: .11 in January 2023, with SaferAI counted as 0."""
    assert abs(index_by_hand("DeepSeek", "2023-01") - 0.1084) < 1e-4
    assert abs(index_by_hand("DeepSeek", "2025-12") - (0.6 * 0.2775 + 0.2 * 0.2647)) < 1e-9


def test_safety_is_a_step_between_publications():
    assert index_by_hand("Anthropic", "2024-12") == index_by_hand("Anthropic", "2025-06")
    assert index_by_hand("Anthropic", "2025-06") < index_by_hand("Anthropic", "2025-07")


def test_assumed_safety_is_tagged(recorded):
    for row in recorded:
        if row["month"] < "2024-12":
            assert "safety_assumed" in tags(row)
        elif row["provider"] in ("OpenAI", "Google", "Anthropic", "Meta"):
            assert not any(tag.startswith("safety") for tag in tags(row))
    deepseek = [row for row in recorded if row["source"].startswith("DeepSeek")]
    assert all({"safety_assumed", "safety_partial"} & set(tags(row)) for row in deepseek)
    kimi = [row for row in recorded if row["source"].startswith("Kimi")]
    assert {row["safety"] for row in kimi} == {"0.2100"}
    assert all("safety_assumed" in tags(row) for row in kimi)


def test_brand_lies_on_its_path(recorded):
    def number(month):
        return 12 * int(month[:4]) + int(month[5:])

    for row in recorded:
        market = "consumer" if row["segment"] == "consumer" else "api"
        path = [
            point
            for point in table("brand_path.csv")
            if (point["provider"], point["market"]) == (row["provider"], market)
        ]
        wanted = np.interp(
            number(row["month"]),
            [number(point["month"]) for point in path],
            [float(point["brand"]) for point in path],
        )
        assert abs(float(row["brand"]) - wanted) < 0.5e-2 + 1e-9


def test_runway_counts_down_from_a_round(recorded):
    by_month = {
        row["month"]: float(row["runway"])
        for row in recorded
        if (row["provider"], row["segment"]) == ("OpenAI", "coding")
    }
    assert by_month["2024-10"] == 24
    assert by_month["2024-12"] == 22
    assert by_month["2024-09"] == 12
    for row in recorded:
        lives_on_rounds = row["provider"] in ("OpenAI", "Anthropic", "xAI", "Mistral")
        assert ("runway_assumed" in tags(row)) == lives_on_rounds
        assert lives_on_rounds or float(row["runway"]) == 60


def test_open_weights_and_origin_are_those_of_the_model(recorded):
    for row in recorded:
        model = model_of(row)
        assert (row["open_weights"] == "true") == (model["weights"] == "yes")
        assert row["origin"] == model["origin"]


def test_enterprises_see_the_best_open_weights_of_anyone_and_from_elsewhere(recorded):
    held = defaultdict(list)
    for row in recorded:
        if row["provider"] == "OPEN":
            held[row["month"], row["segment"]].append(row)
    for (_, segment), rows in held.items():
        origins = [row["origin"] for row in rows]
        assert "CN" not in origins[1:]
        assert len(rows) == (2 if segment == "enterprise" and origins[0] == "CN" else 1)
        if len(rows) == 2:
            assert float(rows[0]["capability"]) > float(rows[1]["capability"])


def test_release_flags_follow_the_best_of_the_lab(recorded):
    models = [model for model in table("capability_sources.csv") if model["use"] == "best"]
    for row in recorded:
        if row["provider"] != "OPEN":
            own = [model for model in models if model["lab"] == row["provider"]]
            new = [april(m) for m in own if m["released"][:7] == row["month"]]
            old = [april(m) for m in own if m["released"][:7] < row["month"]]
            rose = bool(new) and max(new) > max(old, default=-math.inf)
            assert (row["released"] == "true") == rose, row


def test_confidence_is_the_weaker_of_model_and_price(recorded):
    order = [
        "seen",
        "seen-other-vintage",
        "derived-from-seen",
        "inferred-LMArena",
        "recalled",
        "assumed",
    ]
    for row in recorded:
        assert order.index(row["confidence"]) >= order.index(model_of(row)["confidence"])
        if {"blend", "price_later"} & set(tags(row)):
            assert order.index(row["confidence"]) >= 2
    workhorse = {row["confidence"] for row in recorded if tags(row)[0] == "workhorse"}
    assert workhorse == {"assumed"}


def test_head_counts_the_rows(recorded):
    head = [line for line in (DATA / RECORDED).read_text().splitlines() if line.startswith("#")]
    assumed = sum(row["confidence"] == "assumed" for row in recorded)
    assert f"Confidence of the {len(recorded)} rows:" in head[-1]
    assert f"assumed {assumed}" in head[-1]
    for column in recorded[0]:
        assert any(column in line for line in head), column


def test_best_model_pays_its_own_price(best):
    for row in best:
        if row["price"] and "mixed" not in tags(row):
            assert products_of(row) == [model_of(row)["product"]]
    mixed = {(model_of(row)["product"], *products_of(row)) for row in best if "mixed" in tags(row)}
    assert mixed == {("gpt-oss-120b", "minimax-m2")}
    o1 = next(
        row
        for row in best
        if (row["month"], row["provider"], row["segment"]) == ("2024-12", "OpenAI", "coding")
    )
    assert float(o1["price"]) == 26.25


def test_best_model_is_the_best_with_a_price(best):
    models = [model for model in table("capability_sources.csv") if model["use"] == "best"]
    for row in best:
        if row["price"] and row["provider"] != "OPEN" and "price_later" not in tags(row):
            for model in models:
                if model["lab"] == row["provider"] and model["released"][:7] <= row["month"]:
                    sold = any(
                        price["product"] == model["product"] and price["date"][:7] <= row["month"]
                        for price in table("price_sources.csv")
                    )
                    assert not sold or april(model) <= april(model_of(row)), row


def test_open_weights_have_the_price_of_one_model_of_2025(recorded):
    """A host price of 2026, .074 $/Mtok, would multiply what self-hosting firms use by 8.6."""
    late = [row for row in recorded if row["provider"] == "OPEN" and row["month"] >= "2025-08"]
    assert len(late) == 3 * 5
    for row in late:
        assert row["price"] == "0.525"
        assert products_of(row) == ["minimax-m2"]
        assert tags(row)[0] == "mixed"
        assert ("price_later" in tags(row)) == (row["month"] < "2025-10")
    for row in table("price_sources.csv"):
        assert "2026" not in row["note"]


@pytest.mark.parametrize("name", [RECORDED, BEST])
def test_the_market_reads_the_file(name):
    read = supply.recorded(DATA / name, "2023-01", 36, ["CN"])
    code = dict(zip(read.providers, read.codes, strict=True))
    coding, enterprise = 0, 1
    assert read.providers == (
        "OpenAI",
        "Anthropic",
        "Google",
        "xAI",
        "Mistral",
        "Meta",
        "DeepSeek",
        "OPEN",
    )
    assert not read.available[:, enterprise, code["DeepSeek"]].any()
    assert read.available[16:, coding, code["DeepSeek"]].all()
    assert not read.available[:, :2, code["Meta"]].any()
    assert set(read.origin[1:, enterprise, code["OPEN"]]) == {"US", "FR"}
    assert read.origin[-1, coding, code["OPEN"]] == "CN"
    offered = read.available[:, :2]
    assert (np.isfinite(read.price[:, :2]) == offered).all()


def test_open_repeats_of_listed_labs_are_not_counted():
    """2023-12: Mixtral is Mistral's and OPEN's; 2025-01: R1 is DeepSeek's and OPEN's."""
    read = supply.recorded(DATA / RECORDED, "2023-01", 36, ["CN"])
    released = read.released.sum(axis=2)
    for month in (11, 24):
        assert released[month, 0] == read.counts_as_release[month, 0] + 1
    assert read.counts_as_release[11, 0] == 2
    assert (released - read.counts_as_release).max() == 1
