"""What a provider did in a month, and the numbers that it decided by, each as one sentence.

A strategy decides by what it knew: the sentences give last month's figures from the tables, and
never a motive that no table holds.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, ENTERPRISE
from experiments.plots.amounts import many, money
from simulation.lab_records import LAB_FIELDS, lab_columns

if TYPE_CHECKING:
    from simulation.market import Market

LEAST_MOVE = 0.005  # of a price or a markup: smaller moves are none
LEAST_DEAL = 0.01  # thousand H100-equivalents
THOUSAND = 1e3  # in which the tables count H100-equivalents
SPENT = ("scale", "efficiency", "safety", "sales")
Array = NDArray[np.float64]
Deed = dict[str, str]


class Month(NamedTuple):
    """What stands in the tables of one month of a provider.

    labs : LAB_FIELDS.  price : of its offers by segment, $/Mtok; NaN without one.  share : of all
    revenue.  capability, best : its own and the best of all offers, OOM.  safety, rival : its own
    and the best of others.  runway : months.
    """

    labs: dict[str, float]
    price: Array
    share: float
    capability: float
    best: float
    safety: float
    rival: float
    runway: float


def month_of(market: "Market", code: int, month: int) -> Month | None:
    """A month of a provider; None before the first one, and on a supply that is recorded."""
    recorder: Any = market.recorder
    kept = recorder.months
    if not 0 <= month < len(kept["labs"]):
        return None
    live = kept["live"][month]
    columns = lab_columns([kept["labs"][month]])
    revenue = kept["bills"][month].revenue.sum(axis=0)
    capability = np.where(live, kept["capability"][month], -np.inf).max(axis=0)
    safety = np.where(live, kept["safety"][month], 0.0).max(axis=0)
    return Month(
        {name: float(columns[name][0, code]) for name in LAB_FIELDS},
        np.where(live, kept["price"][month], np.nan)[:, code],
        float(revenue[code] / revenue.sum()) if revenue.sum() > 0.0 else 0.0,
        float(capability[code]),
        float(capability.max()),
        float(safety[code]),
        float(np.delete(safety, code).max()),
        float(np.where(live, kept["runway"][month], -np.inf).max(axis=0)[code]),
    )


def deeds(market: "Market", code: int, done: int) -> list[Deed]:
    """What it did in the last of the months done, and the numbers behind it."""
    now, before = (month_of(market, code, month) for month in (done - 1, done - 2))
    if now is None or not math.isfinite(now.labs["budget"]):
        return []
    found = [spending(now, before)]
    if before is not None and math.isfinite(before.labs["budget"]):
        earlier = month_of(market, code, done - 3)
        found += [pricing(now, before), markup(now, before, earlier), computing(now, before)]
    return [deed for deed in (*found, standing(now)) if deed is not None]


def spending(now: Month, before: Month | None) -> Deed | None:
    """Budget and where it goes."""
    labs = now.labs
    budget = labs["budget"]
    parts = [(name, labs[f"spent_{name}"]) for name in SPENT]
    if not budget > 0.0:
        return {"what": "Spent nothing on research and sales", "why": means(now, before)}
    split = ", ".join(f"{word} {part / budget:.0%}" for word, part in parts if part > 0.0)
    return {"what": f"Budgeted {money(budget)}: {split}", "why": means(now, before)}


def means(now: Month, before: Month | None) -> str:
    """What a budget was decided on: last month's profit and cash, the parent, the pressure."""
    is_new = before is None or not math.isfinite(before.labs["cash"])
    known = now.labs if before is None or is_new else before.labs
    said = [f"gross profit {money(known['gross_profit'])}", f"cash {money(known['cash'])}"]
    if now.labs["parent_support"] > 0.0:
        said.append(f"{money(now.labs['parent_support'])} from its parent")
    if known["payment_pressure"] > 0.0:
        said.append(f"dues at {known['payment_pressure']:.0%} of its means")
    return f"{'at the end of its first' if is_new else 'last'} month: {', '.join(said)}"


def pricing(now: Month, before: Month) -> Deed | None:
    """A list price that moved, and how much of it was cost and how much markup."""
    segment = CODING if math.isfinite(now.price[CODING]) else ENTERPRISE
    new, old = float(now.price[segment]), float(before.price[segment])
    if not (new > 0.0 and old > 0.0) or abs(math.log(new / old)) < LEAST_MOVE:
        return None
    margin = math.log((1.0 + now.labs["markup"]) / (1.0 + before.labs["markup"]))
    cost = math.log(new / old) - margin
    verb, moved = "Raised" if new > old else "Cut", percent(new / old - 1.0)
    return {
        "what": f"{verb} its list price from {old:.3g} to {new:.3g} $/Mtok ({moved})",
        "why": f"costs and caps {percent(math.expm1(cost))}, markup {percent(math.expm1(margin))}",
    }


def markup(now: Month, before: Month, earlier: Month | None) -> Deed | None:
    """A markup that moved, with the revenue share that it follows (E8)."""
    new, old = now.labs["markup"], before.labs["markup"]
    if not abs(new - old) >= LEAST_MOVE:
        return None
    why = "its strategy sets it"
    if earlier is not None:
        why = f"its share of all revenue had gone from {earlier.share:.1%} to {before.share:.1%}"
    return {"what": f"Markup on unit cost from {old:.0%} to {new:.0%}", "why": why}


def computing(now: Month, before: Month) -> Deed | None:
    """Compute that it signed for."""
    ordered = now.labs["compute_ordered"]
    if not ordered > LEAST_DEAL:
        return None
    used = many(THOUSAND * (before.labs["compute_inference"] + before.labs["compute_research"]))
    contracted = many(THOUSAND * before.labs["compute_contracted"])
    return {
        "what": f"Signed for {many(THOUSAND * ordered)} H100-equivalents",
        "why": f"last month it used {used} and had {contracted} under contract",
    }


def standing(now: Month) -> Deed | None:
    """Where its models stand."""
    if not math.isfinite(now.capability):
        return None
    gap = now.best - now.capability
    place = "at the frontier" if gap < 1e-9 else f"{gap:.2f} OOM behind the frontier"
    ahead = "safer than" if now.safety >= now.rival else "less safe than"
    told = f"safety index {now.safety:.2f}, {ahead} the best rival ({now.rival:.2f})"
    runway = f"; cash for {now.runway:.0f} months" if 0.0 <= now.runway < 60.0 else ""
    return {"what": f"Stood {place}", "why": told + runway}


def percent(part: float) -> str:
    """A change in percent, with its sign."""
    return f"{part:+.0%}".replace("-", "−").replace("+0%", "0%").replace("−0%", "0%")
