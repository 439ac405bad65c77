"""Small made-up runs with every table, for tests of what draws and reports them.

Shares follow a logit with inertia on made-up capability steps.  Nothing here is a result.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.draws import stream, uniform
from simulation.columns import NOBODY, SEGMENTS, TABLES, TERMS
from simulation.metrics.regime import openness, openness_terms, regimes

NAMES = ("OpenAI", "Google", "Anthropic", "Meta", "xAI", "Mistral", "DeepSeek", "OPEN")
COUNTS = (2_000, 300, 2_000)
REAL_USERS = (28.7, 300.0, 3_000.0)
PANEL = 120


def calendar(start: str, months: int) -> list[str]:
    """Calendar months from `start` on, YYYY-MM."""
    year, month = (int(part) for part in start.split("-"))
    return [f"{year + (month - 1 + i) // 12}-{(month - 1 + i) % 12 + 1:02d}" for i in range(months)]


def table(name: str, columns: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """A table with exactly the declared columns; those not given are NaN, zero or empty words."""
    rows = len(columns["month"])
    blank = {"text": "", "whole": 0, "number": np.nan, "flag": False}
    kinds = {"text": object, "whole": np.int64, "number": np.float64, "flag": np.bool_}
    return {
        column.name: np.asarray(
            columns.get(column.name, [blank[column.kind]] * rows), kinds[column.kind]
        )
        for column in TABLES[name]
    }


class Story:
    """Who is where in each month: accounts (T, 3, P) and moves (T, 3, P + 1, P)."""

    def __init__(self, months: int, names: tuple[str, ...], seed: int, adopt: bool) -> None:
        self.rng = np.random.default_rng(seed)
        self.months, self.names, self.size = months, names, len(names)
        self.entry = np.minimum(np.arange(self.size) * 3 % 17, 14) * (months > 20)
        self.released = self.rng.random((months, self.size)) < 0.12
        steps = self.released * self.rng.gamma(2.0, 0.12, (months, self.size))
        self.capability = 0.4 * self.rng.random(self.size) + np.cumsum(steps, axis=0)
        self.offered = np.arange(months)[:, None] >= self.entry
        self.accounts = np.zeros((months, 3, self.size), np.int64)
        self.moves = np.zeros((months, 3, self.size + 1, self.size), np.int64)
        for segment in range(3 * adopt):
            self.live(segment)

    def live(self, segment: int) -> None:
        """Months of adoption and switching in one segment."""
        held = np.zeros(self.size, np.int64)
        free = COUNTS[segment]
        for month in range(self.months):
            pull = np.where(self.offered[month], 2 * self.capability[month], -np.inf)
            chance = np.exp(pull - pull.max())
            chance /= chance.sum()
            joining = self.rng.binomial(free, 0.05)
            free -= joining
            gained = self.rng.multinomial(joining, chance)
            leaving = self.rng.binomial(held, 0.04)
            swaps = np.array([self.rng.multinomial(n, chance) for n in leaving])
            np.fill_diagonal(swaps, 0)
            self.moves[month, segment, :-1], self.moves[month, segment, -1] = swaps, gained
            held = held + gained + swaps.sum(axis=0) - swaps.sum(axis=1)
            self.accounts[month, segment] = held


def synthetic_records(
    months: int = 36,
    names: tuple[str, ...] = NAMES,
    seed: int = 1,
    adopt: bool = True,
    product_step: float = 0.0,
) -> Any:
    """A made-up run: `.config`, `.providers` and `.tables` as `simulation.run` gives them."""
    story = Story(months, names, seed, adopt)
    days = calendar("2023-01", months)
    config = SimpleNamespace(
        copies=dict,
        name="synthetic",
        seed=seed,
        start="2023-01",
        months=months,
        description="A made-up market for tests.",
        choice=SimpleNamespace(product_step=product_step),
        developers=SimpleNamespace(count=COUNTS[0]),
        enterprises=SimpleNamespace(count=COUNTS[1]),
        consumers=SimpleNamespace(count=COUNTS[2], untracked=("Meta",)),
        networks=SimpleNamespace(developers=None),
        dump=lambda inputs: f"schema_version: 1\nname: synthetic\nseed: {seed}\n",
        identity=lambda: "0123456789abcdef" * 4,
    )
    tables = {
        "segments": segments_table(story, days),
        "providers": providers_table(story, days),
        "market": market_table(story, days),
        "flows": flows_table(story, days),
        "contracts": contracts_table(story, days),
        "events": events_table(story, days),
        "cohorts": cohorts_table(story, days),
        "agents": agents_table(story, days),
        "substitution": substitution_table(story, days),
        **{name: table(name, {"month": []}) for name in ("rounds", "cap_tables", "investors")},
    }
    return SimpleNamespace(config=config, providers=names, tables=tables)


def share_of(values: NDArray[Any]) -> NDArray[np.float64]:
    """Shares along the last axis; 0 where there is nothing."""
    total = values.sum(axis=-1, keepdims=True)
    return np.divide(values, total, out=np.zeros(values.shape), where=total > 0)


def segments_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """One row for each month, segment and provider."""
    shape = story.accounts.shape
    month, segment, provider = (i.ravel() for i in np.indices(shape))
    capability = np.where(story.offered, story.capability, np.nan)[month, provider]
    accounts = story.accounts.ravel()
    price = np.where(segment == 2, np.nan, 20 * np.exp(-capability) * (1 + provider))
    spend = story.accounts * (1 + np.arange(story.size) / 4)
    share = share_of(story.accounts).ravel()
    paid = share_of(spend).ravel()
    users = accounts * np.array(REAL_USERS)[segment] / np.array(COUNTS)[segment]
    return table(
        "segments",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "segment": np.array(SEGMENTS, object)[segment],
            "provider": np.array(story.names, object)[provider],
            "available": story.offered[month, provider],
            "capability": capability,
            "price": price,
            "capability_in_use": capability,
            "brand": np.ones(len(month)),
            "product_term": np.zeros(len(month)),
            "released": story.released[month, provider],
            "accounts": accounts,
            "account_share": share,
            "users": users,
            "user_share": share,
            "tokens": users,
            "token_share": share,
            "spend": spend.ravel(),
            "spend_share": paid,
            "revenue": spend.ravel(),
            "revenue_share": paid,
        },
    )


def providers_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """One row for each month and provider."""
    total = story.accounts.sum(axis=1)
    month, provider = (i.ravel() for i in np.indices(total.shape))
    api = share_of(story.accounts[:, 0] + 3 * story.accounts[:, 1])
    traffic = share_of(story.accounts[:, 2] * (np.array(story.names, object) != "Meta"))
    return table(
        "providers",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "provider": np.array(story.names, object)[provider],
            "status": np.where(story.offered, "healthy", "pre_entry")[month, provider],
            "accounts": total.ravel(),
            "revenue": total.ravel(),
            "spend": total.ravel(),
            "revenue_share": share_of(total).ravel(),
            "token_share": share_of(total).ravel(),
            "enterprise_api_share": api.ravel(),
            "consumer_traffic_share": traffic.ravel(),
        },
    )


def market_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """One row for each month, with metrics of the made-up shares."""
    months = np.arange(story.months)
    spend = story.accounts * (1 + np.arange(story.size) / 4)
    herfindahl = (share_of(spend) ** 2).sum(axis=-1)
    adopted = story.accounts.sum(axis=-1) / np.array(COUNTS)
    late = np.where(months >= 12, 0.0, np.nan)
    revenue = np.sort(share_of(spend.sum(axis=1)), axis=-1)
    columns = {
        "month": months,
        "date": days,
        "revenue": spend.sum(axis=(1, 2)),
        "hhi_consumer": (share_of(story.accounts[:, 2]) ** 2).sum(axis=-1),
        "hhi_revenue": (revenue**2).sum(axis=-1),
        "top_two": revenue[:, -2:].sum(axis=-1),
        "top_four": revenue[:, -4:].sum(axis=-1),
        "turbulence": late + 0.2 * np.exp(-months / 30),
        "segment_divergence": 0.1 + 0.05 * np.sin(months / 9),
        "retention_coding": late + 0.72,
        "retention_consumer": late + 0.81,
        "signings": story.moves[:, 1, -1].sum(axis=-1),
        "renewals_held": months,
        "renewals_won": months * 9 // 10,
        "renewal_rate": late + 0.88 + 0.04 * np.sin(months),
        "renewal_rate_seats": late + 0.93,
        "frontier_capability": story.capability.max(axis=1),
    }
    columns |= regime_columns(story, columns)
    columns |= {f"adopted_{name}": adopted[:, i] for i, name in enumerate(SEGMENTS)}
    own = 0.6 * (1 - herfindahl[:, :2]) + 1.1 * (adopted[:, :2] > 0)
    columns |= {f"own_elasticity_{name}": -own[:, i] for i, name in enumerate(SEGMENTS[:2])}
    columns |= {f"hhi_{name}": herfindahl[:, i] for i, name in enumerate(SEGMENTS[:2])}
    return table("market", columns)


def regime_columns(story: Story, columns: dict[str, Any]) -> dict[str, Any]:
    """Providers near the best, openness and regime of the made-up shares."""
    best = np.where(story.offered, story.capability, -np.inf).max(axis=1, keepdims=True)
    near = (story.offered & (story.capability >= best - 0.5)).sum(axis=1)
    held = np.where(columns["revenue"] > 0, columns["hhi_revenue"], np.nan)
    used = np.full(story.months, 0.2) * (story.names[-1] == "OPEN")
    terms = openness_terms(held, used, near)
    return {
        "frontier_providers": near,
        "active_providers": story.offered.sum(axis=1),
        "openness": openness(terms),
        **terms,
        "regime": regimes(held, openness(terms)),
    }


def flows_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """One row for each month, segment and pair with moves; terms that add up to the utility."""
    month, segment, origin, target = np.nonzero(story.moves)
    agents = story.moves[month, segment, origin, target]
    names = np.array((*story.names, NOBODY), object)
    terms = {name: agents * story.rng.normal(0.3, 0.5, len(agents)) for name, _ in TERMS}
    terms["lock_in"] = -agents * story.rng.random(len(agents))
    return table(
        "flows",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "segment": np.array(SEGMENTS, object)[segment],
            "from": names[origin],
            "to": names[target],
            "agents": agents,
            "users": agents * np.array(REAL_USERS)[segment] / np.array(COUNTS)[segment],
            **terms,
            "utility": sum(terms.values()),
        },
    )


def contracts_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """One row for each first contract of an enterprise."""
    month, winner = np.nonzero(story.moves[:, 1, -1])
    return table(
        "contracts",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "winner": np.array(story.names, object)[winner],
            "incumbent": [NOBODY] * len(month),
            "kind": ["adoption"] * len(month),
            "term": [12] * len(month),
            "seats": np.ones(len(month)),
            "enterprise": np.arange(len(month)),
        },
    )


def events_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """One row for each release."""
    month, provider = np.nonzero(story.released & story.offered)
    return table(
        "events",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "kind": ["release"] * len(month),
            "provider": np.array(story.names, object)[provider],
            "segment": [NOBODY] * len(month),
            "after": story.capability[month, provider],
            "detail": ["release"] * len(month),
        },
    )


def cohorts_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """Those who chose a provider in a month, and how many of them stayed, by month since."""
    begun = story.moves.sum(axis=2)
    start, segment, provider = np.nonzero(begun)
    life = np.minimum(story.months - start, 60)
    row = np.repeat(np.arange(len(start)), life)
    age = np.arange(len(row)) - np.repeat(np.cumsum(life) - life, life)
    month = start[row] + age
    stay = 0.90 + 0.08 * (provider[row] % 2)
    left = np.round(begun[start, segment, provider][row] * stay ** (age / 6)).astype(np.int64)
    return table(
        "cohorts",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "segment": np.array(SEGMENTS, object)[segment[row]],
            "provider": np.array(story.names, object)[provider[row]],
            "cohort": start[row],
            "agents": left,
        },
    )


def agents_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """The provider of each of a few developers at each month end: who is last in, by luck."""
    share = (
        np.cumsum(
            np.concatenate(
                [story.accounts[:, 0], COUNTS[0] - story.accounts[:, 0].sum(axis=1, keepdims=True)],
                axis=1,
            ),
            axis=1,
        )
        / COUNTS[0]
    )
    month, agent = (i.ravel() for i in np.indices((story.months, PANEL)))
    luck = uniform(stream(1, "panel") + np.arange(PANEL, dtype=np.uint64))
    chosen = (luck[agent][:, None] >= share[month]).sum(axis=1)
    return table(
        "agents",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "agent": agent * 7,
            "provider": np.array((*story.names, NOBODY), object)[chosen],
        },
    )


def substitution_table(story: Story, days: list[str]) -> dict[str, NDArray[Any]]:
    """Pairs of providers in the last month of each year and of the run; a plain logit."""
    month, segment, priced, provider = (
        i.ravel() for i in np.indices((story.months, 2, story.size, story.size))
    )
    share = share_of(story.accounts)
    there = (share[month, segment, priced] > 0) & (share[month, segment, provider] > 0)
    asked = ((month + 1) % 12 == 0) | (month == story.months - 1)
    rows = there & asked
    month, segment, priced, provider = (i[rows] for i in (month, segment, priced, provider))
    own, dear = priced == provider, share[month, segment, priced]
    rest = np.where(dear < 1, 1 - dear, np.nan)
    change = 0.6 * np.where(own, dear - 1, dear)
    return table(
        "substitution",
        {
            "month": month,
            "date": np.array(days, object)[month],
            "segment": np.array(SEGMENTS, object)[segment],
            "priced": np.array(story.names, object)[priced],
            "provider": np.array(story.names, object)[provider],
            "choice_share": share[month, segment, provider],
            "choice_elasticity": change,
            "elasticity": change - 1.1 * own,
            "diversion": np.where(own, 0, share[month, segment, provider] / rest),
        },
    )
