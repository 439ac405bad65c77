"""Write supply_recorded.csv and supply_best_model.csv from the source tables beside this file.

Run it as `python configs/data/build_supply.py [FOLDER]`; without FOLDER it writes here.  README.md
states every rule.  A test compares the output with the committed bytes.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
MONTHS = [f"{year}-{month:02d}" for year in range(2023, 2026) for month in range(1, 13)]
MARKETS = {"coding": "api", "enterprise": "api", "consumer": "consumer"}
COLUMNS = (
    "month",
    "provider",
    "segment",
    "capability",
    "price",
    "safety",
    "brand",
    "product_term",
    "reliability",
    "runway",
    "open_weights",
    "origin",
    "released",
    "source",
    "confidence",
    "rule",
)
# From the best kind of knowledge to the worst; a row has the worst of its capability and price.
CONFIDENCE = (
    "seen",
    "seen-other-vintage",
    "derived-from-seen",
    "inferred-LMArena",
    "recalled",
    "assumed",
)
GPT_4_ECI, GPT_4_OOM, OOM_PER_POINT = 126.17, 0.85, 0.078
OTHER_REFIT = "October 2026"
CODING_FROM, GRADES_FROM = "2024-05", "2024-12"
SAFETY_WEIGHTS = {"fli": 0.6, "saferai": 0.2, "transparency": 0.2}
UNRATED_SAFETY = 0.21
RUNWAY_AFTER_ROUND, RUNWAY_FLOOR = 24, 12
OPEN, ELSEWHERE = "OPEN", "OPEN not CN"
# Sold at the price of another product, because no price of its own is dated 2025.
STAND_IN = {"gpt-oss-120b": "minimax-m2"}

Entry = dict[str, str]


class Pair(NamedTuple):
    """What a provider sells in a month: a model, at which price, and what to say about both."""

    model: Entry
    price: float | None
    tags: list[str]
    prices: list[Entry]


Rule = Callable[[str, str], Pair]


@cache
def table(name: str) -> list[Entry]:
    """Rows of a source table, comment lines left out."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def shift() -> float:
    """Mean difference April minus October 2026 of the models in both refits, ECI points."""
    gaps = [float(pair["april"]) - float(pair["october"]) for pair in table("vintage_pairs")]
    return sum(gaps) / len(gaps)


def points(model: Entry) -> float:
    """ECI of a model on the scale of the April 2026 refit."""
    return float(model["eci"]) + (shift() if model["refit"] == OTHER_REFIT else 0.0)


def capability(model: Entry, extra: float) -> float:
    """OOM of a model with `extra` points: a = 0.85 + 0.078 (ECI + extra - 126.17)."""
    return GPT_4_OOM + OOM_PER_POINT * (points(model) + extra - GPT_4_ECI)


def models(series: str, month: str) -> list[Entry]:
    """Models of a lab, or open weights of anyone, released by the end of the month."""
    return [
        model
        for model in table("capability_sources")
        if model["released"][:7] <= month
        and model["use"] == "best"
        and (model["weights"] == "yes" if series.startswith(OPEN) else model["lab"] == series)
        and not (series == ELSEWHERE and model["origin"] == "CN")
    ]


def best(series: str, month: str) -> Entry:
    """Best model of a lab, or best open weights, released so far."""
    return max(models(series, month), key=points)


def prices_of(product: str, series: str) -> list[Entry]:
    """Price rows of a product by date: of hosts for open weights, else of the lab, or of anyone."""
    rows = sorted(
        (row for row in table("price_sources") if row["product"] == product),
        key=lambda row: row["date"],
    )
    own = [row for row in rows if (row["seller"] == OPEN) == series.startswith(OPEN)]
    return own or rows


def listed(product: str, series: str, month: str) -> Entry | None:
    """Price row of a product that holds in the month, None before its first."""
    by_then = [row for row in prices_of(product, series) if row["date"][:7] <= month]
    return by_then[-1] if by_then else None


def blended(row: Entry) -> float:
    """$/Mtok at three input tokens to one output token."""
    return (3.0 * float(row["input"]) + float(row["output"])) / 4.0


def recorded(series: str, month: str) -> Pair:
    """The workhorse pair: best model so far at the list price that offers.csv names."""
    offer = [row for row in table("offers") if row["series"] == series and row["from"] <= month][-1]
    model = best(series, month)
    if offer["model"]:
        model = next(row for row in table("capability_sources") if row["model"] == offer["model"])
    names = offer["price_of"].split(" + ")
    prices = [listed(name, series, month) or prices_of(name, series)[0] for name in names]
    price = 1.0
    for row in prices:
        price *= blended(row) ** (1.0 / len(prices))
    tags = ["workhorse" if offer["model"] else "same" if names == [model["product"]] else "mixed"]
    tags += ["blend"] * (len(prices) > 1)
    tags += ["price_later"] * any(row["date"][:7] > month for row in prices)
    return Pair(model, price, tags, prices)


def best_at_own_price(series: str, month: str) -> Pair:
    """The best model that has a list price, or a stand-in for one, at that price."""
    priced = [
        model
        for model in models(series, month)
        if model["product"] in STAND_IN or listed(model["product"], series, month)
    ]
    model = max(priced or models(series, month), key=points)
    product = STAND_IN.get(model["product"], model["product"])
    row = listed(product, series, month) or prices_of(product, series)[0]
    tags = ["best"] + ["mixed"] * (product != model["product"])
    tags += ["price_later"] * (row["date"][:7] > month)
    return Pair(model, blended(row), tags, [row])


def safety(lab: str, month: str) -> tuple[float, str]:
    """Safety index of a lab, and a tag that says how far it is assumed ("" if it is not)."""
    total = weights = 0.0
    carried_back = set()
    for term, weight in SAFETY_WEIGHTS.items():
        rows = sorted(
            (row for row in table("safety_sources") if (row["lab"], row["term"]) == (lab, term)),
            key=lambda row: row["date"],
        )
        published = [row for row in rows if row["date"][:7] <= month]
        if rows:
            total += weight * float((published or rows[:1])[-1]["share"])
            weights += weight
        if rows and not published:
            carried_back.add(term)
    if not weights:
        return UNRATED_SAFETY, "safety_assumed"
    if month < GRADES_FROM or "fli" in carried_back:
        return total / weights, "safety_assumed"
    seen = {
        row["term"]
        for row in table("safety_sources")
        if row["lab"] == lab and row["confidence"] != "assumed"
    }
    whole = not carried_back and seen == set(SAFETY_WEIGHTS)
    return total / weights, "" if whole else "safety_partial"


def number(month: str) -> int:
    """Months since the year 0."""
    return 12 * int(month[:4]) + int(month[5:7])


def brand(provider: str, market: str, month: str) -> float:
    """Brand stock, straight between the points of brand_path.csv."""
    path = [
        row for row in table("brand_path") if (row["provider"], row["market"]) == (provider, market)
    ]
    for left, right in pairwise(path):
        if left["month"] <= month <= right["month"]:
            slope = (float(right["brand"]) - float(left["brand"])) / (
                number(right["month"]) - number(left["month"])
            )
            return float(left["brand"]) + slope * (number(month) - number(left["month"]))
    raise ValueError(f"brand_path.csv has no points around {month} for {provider}, {market}")


def runway(provider: Entry, month: str) -> tuple[int, list[str]]:
    """Months of cash, and a tag where they are assumed from the dates of rounds."""
    if provider["runway"] != "rounds":
        return int(provider["runway"]), []
    since = [
        number(month) - number(row["date"])
        for row in table("funding_sources")
        if row["provider"] == provider["provider"] and row["date"][:7] <= month
    ]
    left = RUNWAY_AFTER_ROUND - min(since) if since else 0
    return max(RUNWAY_FLOOR, left), ["runway_assumed"]


def released(series: str, month: str) -> bool:
    """Whether the best of the lab, or of open weights, rose in the month."""
    so_far = models(series, month)
    earlier = [points(model) for model in so_far if model["released"][:7] < month]
    return max(map(points, so_far)) > max(earlier, default=float("-inf"))


def confidence(pair: Pair) -> str:
    """The weakest label of the model and its prices; a blend or a later price is derived."""
    labels = [pair.model["confidence"], *(row["confidence"] for row in pair.prices)]
    if {"blend", "price_later"} & set(pair.tags):
        labels.append("derived-from-seen")
    return max(labels, key=CONFIDENCE.index)


def line(month: str, provider: Entry, segment: str, series: str, rule: Rule) -> list[str]:
    """One line of a supply file."""
    name, market = provider["provider"], MARKETS[segment]
    pair = (
        Pair(best(series, month), None, ["best"], [])
        if market == "consumer"
        else rule(series, month)
    )
    model = pair.model
    offset = segment == "coding" and model["released"][:7] >= CODING_FROM
    rating, rating_tag = safety(model["lab"], month)
    left, runway_tag = runway(provider, month)
    shifted = ["eci_shifted"] * (model["refit"] == OTHER_REFIT)
    sold_as = " and ".join(row["product"] for row in pair.prices)
    return [
        month,
        name,
        segment,
        f"{capability(model, offset * float(provider['coding_points'])):.3f}",
        "" if pair.price is None else f"{pair.price:.6g}",
        f"{rating:.4f}",
        f"{brand(name, market, month):.2f}",
        "0",
        "1",
        str(left),
        str(model["weights"] == "yes").lower(),
        provider["origin"] or model["origin"],
        str(released(series, month)).lower(),
        f"{model['model']}; price of {sold_as}" if sold_as else model["model"],
        confidence(pair),
        ";".join(tag for tag in [*pair.tags, *shifted, rating_tag, *runway_tag] if tag),
    ]


def lines(rule: Rule) -> Iterator[list[str]]:
    """Every line, by month, provider and segment; enterprises may see OPEN twice."""
    for month in MONTHS:
        for provider in table("providers"):
            for segment, market in MARKETS.items():
                if not "" < provider[f"{market}_from"] <= month:
                    continue
                whole = line(month, provider, segment, provider["provider"], rule)
                yield whole
                if provider["provider"] == OPEN and segment == "enterprise" and "CN" in whole:
                    yield line(month, provider, segment, ELSEWHERE, rule)


def write(name: str, rule: Rule, folder: Path) -> None:
    """Write one supply file under its head of comments."""
    body = list(lines(rule))
    counts = Counter(row[COLUMNS.index("confidence")] for row in body)
    head = (HERE / f"{name}.head.txt").read_text(encoding="utf-8").splitlines()
    kinds = ", ".join(f"{label} {counts[label]}" for label in CONFIDENCE if counts[label])
    head.append(f"Confidence of the {len(body)} rows: {kinds}.")
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"# {text}".rstrip() + "\n" for text in head)
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *body])


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    write("supply_recorded", recorded, folder)
    write("supply_best_model", best_at_own_price, folder)


if __name__ == "__main__":
    main()
