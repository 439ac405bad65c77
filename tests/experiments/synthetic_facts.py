"""Tables with a known answer for every stylised fact, and with another one by a word.

Each maker gives a run that shows its facts; its arguments are what a power twin changes.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
from synthetic_records import calendar

MONTHS = 36
YEAR = 12
VENDORS = ("OpenAI", "Anthropic", "Google")
FIVE = ("OpenAI", "Google", "Anthropic", "Meta", "xAI")


def run_of(**tables: Any) -> Any:
    """A run with the tables that are given."""
    return SimpleNamespace(tables=tables)


def rows(titles: str, *lines: Any) -> dict[str, Any]:
    """A table from its titles and rows; text stays text."""
    columns = zip(*lines, strict=True) if lines else [()] * len(titles.split())
    found = {}
    for title, values in zip(titles.split(), columns, strict=True):
        text = any(isinstance(value, str) for value in values)
        found[title] = np.array(values, object if text else None)
    return found


def market(months: int = MONTHS, **columns: Any) -> dict[str, Any]:
    """A market table; numbers stand for all months."""
    found = {"month": np.arange(months), "date": np.array(calendar("2023-01", months), object)}
    wide = {name: np.broadcast_to(np.asarray(v, float), months) for name, v in columns.items()}
    return found | wide


def scale(last: float = 40.0, first: float = 4.0, adopted: float = 0.47, renewal: float = 0.9):
    """F1 and F11: revenue in $bn a year at the ends of 2023 and 2025, adoption, renewals."""
    revenue = np.interp(np.arange(MONTHS), (11, 35), (first, last)) * 1000 / YEAR
    return run_of(market=market(revenue=revenue, adopted_enterprise=adopted, renewal_rate=renewal))


def api(early=(0.6, 0.2, 0.1), late=(0.25, 0.4, 0.2)):
    """F2: shares of the survey's channel of OpenAI, Anthropic and Google at two dates."""
    lines = [
        (day, name, share)
        for day, shares in (("2023-12", early), ("2025-12", late))
        for name, share in zip(VENDORS, shares, strict=True)
    ]
    return run_of(providers=rows("date provider enterprise_api_share", *lines))


def segments(coding="Anthropic", consumer="OpenAI", firms=VENDORS):
    """F3 and history: who leads, and the first three of the enterprises."""
    order = {
        "coding": [coding, *(name for name in FIVE if name != coding)],
        "consumer": [consumer, *(name for name in FIVE if name != consumer)],
        "enterprise": [*firms, *(name for name in FIVE if name not in firms)],
    }
    lines = [
        ("2025-12", segment, name, 0.5 - 0.1 * place, 0.5 - 0.1 * place)
        for segment, names in order.items()
        for place, name in enumerate(names)
    ]
    return rows("date segment provider spend_share user_share", *lines)


def race(fixed=-1.2, best=-0.1, cost=2.4, lag=8.0):
    """F4 to F6: yearly changes of prices in OOM, yearly factor of training cost, lag in months."""
    year = np.arange(MONTHS) / YEAR
    records = np.where(np.arange(MONTHS) % 5 == 0, 30.0 * cost**year, np.nan)
    return run_of(
        market=market(
            fixed_price=10.0 ** (fixed * year),
            frontier_price=10.0 ** (best * year),
            record_run_cost=records,
            open_lag=np.where(np.arange(MONTHS) < 6, np.nan, lag),
        )
    )


def structure(near: int = 3, four: float = 0.9, tail: float = 1.1, months: int = 60):
    """F7 from month 36 on: providers at the frontier, the four largest, the tail; then not."""
    late = np.arange(months) >= 36
    return run_of(
        market=market(
            months,
            frontier_providers=np.where(late, near, 9),
            top_four=np.where(late, four, 0.1),
            app_tail=np.where(late, tail, np.nan),
        )
    )


def apps(law: str = "laplace", calmer: float = 0.2, seed: int = 1, years: int = 6):
    """F8: 400 companies whose log growth has a law, and falls with size to the power `calmer`."""
    rng = np.random.default_rng(seed)
    size = rng.normal(0.0, 1.0, 400)
    month, serial, share = [], [], []
    for year in range(years):
        month += [YEAR * year + YEAR - 1] * 400
        serial += range(400)
        share += np.exp(size - 8.0).tolist()
        size = size + 0.2 * np.exp(-calmer * size) * getattr(rng, law)(size=400)
    segment = np.array(["coding", "consumer"] * 200 * years, object)
    return run_of(
        apps={
            "month": np.array(month),
            "app": np.array(serial),
            "segment": segment,
            "size_share": np.array(share),
        }
    )


def cohorts(tenure: float = 0.5, release: float = 0.5, busy: float = 3.0):
    """F9: factors on the hazard of leaving after a year, and of those who came with a release.

    busy : factor on the hazard of all in the last year, which is not tenure's doing.  One provider
    loses twice as many as the other, and releases three times as often.
    """
    months = [(month, name) for month in range(MONTHS) for name in ("Often", "Seldom")]
    flagship = {(m, n): m % (3 if n == "Often" else 9) == 0 for m, n in months}
    lines = []
    for start, name in months:
        there = 1000.0
        for month in range(start, MONTHS):
            lines.append((month, "coding", name, start, there))
            hazard = 0.04 if name == "Often" else 0.02
            hazard *= tenure if month - start >= YEAR else 1.0
            hazard *= release if flagship[start, name] else 1.0
            there -= there * hazard * (busy if month >= 24 else 1.0)
    released = [(month, "coding", name, flag) for (month, name), flag in flagship.items()]
    return run_of(
        market=market(),
        cohorts=rows("month segment provider cohort agents", *lines),
        segments=rows("month segment provider released", *released),
    )


def compute(leader=(0.35, 0.52, 0.7), challenger=(-0.9, 0.45), promised=(8.0, 2.0)):
    """F10 and F14: compute margins on the days of the record, commitments over revenue."""
    days = calendar("2023-01", MONTHS)
    margin = {name: dict.fromkeys(days, 0.0) for name in VENDORS[:2]}
    margin["OpenAI"] |= zip(("2024-01", "2024-12", "2025-10"), leader, strict=True)
    margin["Anthropic"] |= zip(("2024-12", "2025-12"), challenger, strict=True)
    lines = [
        (day, name, margin[name][day], ratio)
        for day in days
        for name, ratio in zip(VENDORS[:2], promised, strict=True)
    ]
    return run_of(providers=rows("date provider compute_margin commitments_to_revenue", *lines))


def rents(levels=(4.0, 2.0, 3.0)):
    """F15: rent at the ends of three years."""
    return run_of(market=market(rent=np.interp(np.arange(MONTHS), (11, 23, 35), levels)))


def funding(fall=-1.0, sold=0.15, gap=7, skew=0.5, loyal=1, kind="round"):
    """F12, F13 and F17: slope of ln multiple on ln revenue, dilution, months between rounds.

    skew : Gini of degree.  loyal : 1 if central investors join more rounds, -1 if fewer.
    """
    titles = "month date round provider kind investor post_money multiple dilution"
    days, lines, serial = calendar("2023-01", MONTHS), [], 0
    for name in ("OpenAI", "Anthropic", "xAI"):
        for month in range(2, MONTHS, gap):
            revenue = 100.0 * 1.2**month
            multiple = 1000.0 * revenue**fall
            for place in range(6):
                if (place if loyal < 0 else 5 - place) <= serial % 6:
                    post = revenue * multiple
                    told = (f"V{place}", post, multiple, sold)
                    lines.append((month, days[month], serial, name, kind, *told))
            serial += 1
    degrees = [
        (day, f"V{place}", float(place)) for day in ("2024-12", "2025-12") for place in range(6)
    ]
    return run_of(
        market=market(syndicate_gini=skew),
        rounds=rows(titles, *lines),
        investors=rows("date investor degree", *degrees),
    )


def ageing(calm=-0.02, drift=0.02, months: int = 120, wave: float = 0.0, seed: int = 1):
    """F16: yearly change of turbulence and of the divergence of segments, and noise on both."""
    noise = wave * np.random.default_rng(seed).normal(size=(2, months))
    year = np.arange(months) / YEAR
    return run_of(
        market=market(
            months,
            turbulence=0.4 + calm * year + noise[0],
            segment_divergence=0.1 + drift * year + noise[1],
        )
    )


def story(leaves=None, pressure: float = 0.7, **leads: Any):
    """Section 12: who leads, who has left by the end of 2025, and the pressure on OpenAI."""
    days = calendar("2023-01", MONTHS)
    lines = [
        (month, days[month], name, "exited" if name == leaves and month > 20 else "healthy", p)
        for month in range(MONTHS)
        for name, p in zip(FIVE, (pressure, 0.0, 0.0, np.nan, 0.0), strict=True)
    ]
    return run_of(
        market=market(),
        segments=segments(**leads),
        providers=rows("month date provider status payment_pressure", *lines),
    )
