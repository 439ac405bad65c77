"""What must hold in the records of every run, whatever the config: nothing lost, nothing invented.

Written from the meaning of the columns, it shares no code with the checks inside the engine.
"""

from collections.abc import Iterator
from typing import Any

import capital_ledger
import numpy as np
from numpy.typing import NDArray

from simulation.columns import DECISIONS, SEGMENTS, TABLES, TERMS
from simulation.records import Records

SHARES = 1e-12
MONEY = 1e-6
SMALLEST = 1e-300  # M$; numbers below have too few digits to agree
SHARES_OF_MARKET = (
    "adopted", "hhi", "top", "retention", "switched", "renewal_rate", "open_token", "openness",
    "syndicate_gini", "supplier_hhi",
)  # fmt: skip
NUMBERS_AT_MONTH_END = (
    "accounts", "users", "tokens", "spend", "fees", "revenue", "app_tokens", "app_spend",
)  # fmt: skip
# Columns that may be empty: for want of an offer, a winner, twelve months, a contract, a user.
MAY_BE_EMPTY = {
    "segments": {"capability", "capability_in_use", "price", "brand", "product_term"},
    "providers": {
        "safety", "runway", "reliability", "retention_coding", "renewal_rate", "utilisation",
        "compute_margin", "revenue_per_compute", "revenue_per_compute_dollar",
        "commitments_to_revenue", "released_run_cost", "revenue_multiple", "founder_share",
    },
    "market": {
        "turbulence", "retention_coding", "retention_consumer", "renewal_rate",
        "renewal_rate_seats", "dual_source_share", "frontier_capability", "capability_gap",
        "open_gap", "frontier_price", "hhi_coding", "hhi_enterprise", "hhi_consumer",
        "hhi_revenue", "top_two", "top_four", "segment_divergence", "app_tail", "app_top_ten",
        "app_absorbed_use", "surplus_coding", "own_elasticity_coding", "diversion_open_coding",
        "looking_coding", "surplus_enterprise", "own_elasticity_enterprise",
        "diversion_open_enterprise", "looking_enterprise", "fixed_price", "open_lag",
        "record_run_cost", "revenue_per_compute", "openness", "openness_shares",
        "syndicate_gini", "supplier_hhi",
    },
    "substitution": {"diversion"},
    "contracts": {"price", "score"},
    "events": {"before", "after"},
    "rounds": {"multiple"},
}  # fmt: skip
# Columns that only a market of deciders has; of OPEN, those that its hosts have.
DECIDED = {
    "providers": {column.name for column in DECISIONS},
    "market": {
        "rent", "hardware_cost", "compute_capacity", "compute_demand", "compute_used",
        "compute_contracted", "spot_served", "payment_pressure", "commitments", "written_off",
        "sentiment", "dry_powder", "rounds_closed", "rounds_failed", "raised",
        "entry_barrier", *capital_ledger.COUNTED,
    },
}  # fmt: skip
OF_HOSTS = ("model_capability", "compute_inference", "compute_research")


def problems_of(records: Records) -> list[str]:
    """Everything that does not hold, one line each."""
    return [
        *emptiness(records), *shares(records), *people(records), *money(records),
        *companies(records), *reasons(records), *regimes(records), *choices(records),
        *capital_ledger.problems_of(records),
    ]  # fmt: skip


def cube(records: Records, name: str) -> NDArray[Any]:
    """Column of the segments table as (months, segments, providers)."""
    values = records.table("segments")[name]
    return values.reshape(-1, len(SEGMENTS), len(records.providers))


def emptiness(records: Records) -> Iterator[str]:
    """Numbers that are missing where the column promises one, or negative where none can be."""
    for name, columns in TABLES.items():
        for column in columns:
            values = records.table(name)[column.name]
            if column.kind == "number" and np.isinf(values).any():
                yield f"{name}.{column.name}: infinite"
            free = column.name in MAY_BE_EMPTY.get(name, ()) or column.name.endswith("_score")
            if column.kind == "number" and not free:
                missing = np.isnan(values) & may_hold(records, name, column.name)
                if missing.any():
                    yield f"{name}.{column.name}: {missing.sum()} numbers are missing"
            if column.name in NUMBERS_AT_MONTH_END and not (values >= 0).all():
                yield f"{name}.{column.name}: negative, {values.min()}"
    yield from offers(records)


def offers(records: Records) -> Iterator[str]:
    """Numbers of offers and of tenders that are not there exactly where there is one."""
    table = records.table("segments")
    for name in ("capability", "capability_in_use", "brand", "product_term"):
        if (np.isnan(table[name]) == table["available"]).any():
            yield f"segments.{name}: it is not there exactly where there is an offer"
    priced = table["available"] & (table["segment"] != "consumer")
    if (np.isnan(table["price"]) == priced).any():
        yield "segments.price: it is not there exactly where there is an offer at a price"
    tenders = records.table("contracts")
    held = tenders["winner"] != "none"
    for name in tenders:
        if name.endswith("score") and (np.isnan(tenders[name]) == held).any():
            yield f"contracts.{name}: it is not there exactly where somebody won"


def may_hold(records: Records, name: str, column: str) -> NDArray[np.bool_]:
    """Rows of a table that have a number in a column: those of who is there, where all decide."""
    table = records.table(name)
    rows = np.ones(len(table[column]), np.bool_)
    decided = column in DECIDED[name] if name in DECIDED else False
    if decided and not records.config.supply.endogenous:
        return ~rows
    if decided and name == "providers":
        there = table["status"] != "pre_entry"
        return there & ((table["provider"] != "OPEN") | (column in OF_HOSTS))
    return rows


def shares(records: Records) -> Iterator[str]:
    """Shares that lie outside 0 to 1, or whose sum is neither 1 nor that of nothing."""
    months, providers = len(records.table("market")["month"]), len(records.providers)
    for name in ("account_share", "user_share", "token_share", "spend_share", "revenue_share"):
        whole = cube(records, name.replace("_share", "s").replace("spends", "spend")
                     .replace("revenues", "revenue")).sum(axis=2)  # fmt: skip
        yield from sums(f"segments.{name}", cube(records, name), whole)
    table = records.table("providers")
    for name, of in (
        ("token_share", "tokens"),
        ("revenue_share", "revenue"),
        ("enterprise_api_share", "enterprise_api_spend"),
        ("consumer_traffic_share", "consumer_traffic"),
    ):
        parts, whole = (table[key].reshape(months, providers) for key in (name, of))
        yield from sums(f"providers.{name}", parts, whole.sum(axis=1))
    market = records.table("market")
    users = {"coding": "spend", "enterprise": "spend", "consumer": "users"}
    for segment, of in users.items():
        somebody = cube(records, of)[:, SEGMENTS.index(segment)].sum(axis=1) > 0
        if (np.isnan(market[f"hhi_{segment}"]) == somebody).any():
            yield f"market.hhi_{segment}: it is not there exactly where somebody is"
    for name, values in market.items():
        bounded = name.startswith(SHARES_OF_MARKET)
        if bounded and not ((values >= 0) & (values <= 1 + SHARES) | np.isnan(values)).all():
            yield f"market.{name}: outside 0 to 1: {values}"


def regimes(records: Records) -> Iterator[str]:
    """A regime that does not follow from its numbers, or is not there where there is revenue."""
    market = records.table("market")
    held, index, named = (market[name] for name in ("hhi_revenue", "openness", "regime"))
    without = market["revenue"] == 0
    if any((gone != without).any() for gone in (np.isnan(index), named == "none")):
        yield "market.regime: it is not there exactly where there is revenue"
    follows = np.where(held > 0.5, "monopoly", np.where(index > 0.5, "open", "oligopoly"))
    if (named != follows)[~without].any():
        yield "market.regime: it does not follow from its numbers"
    if (market["frontier_providers"] > market["active_providers"]).any():
        yield "market.frontier_providers: more than there are"


def sums(name: str, parts: NDArray[Any], whole: NDArray[Any]) -> Iterator[str]:
    """Shares of which the sum is not 1 where there is something, and 0 where there is nothing."""
    off = np.abs(parts.sum(axis=-1) - (whole > 0)).max(initial=0.0)
    if off > SHARES or (parts < 0).any():
        yield f"{name}: the sum is off by {off:g}, the least is {parts.min():g}"


def people(records: Records) -> Iterator[str]:
    """Agents who are counted twice or lost: in accounts, flows, cohorts and adoption."""
    config, accounts = records.config, cube(records, "accounts")
    sizes = [config.developers.count, config.enterprises.count, config.consumers.count]
    adopted = accounts.sum(axis=2)
    if (adopted > sizes).any():
        yield f"accounts: {adopted.max(axis=0)} of {sizes} agents"
    for segment, name in enumerate(SEGMENTS):
        told = records.table("market")[f"adopted_{name}"]
        if (told != adopted[:, segment] / sizes[segment]).any():
            yield f"market.adopted_{name}: not the accounts over the agents"
    flows = records.table("flows")
    gained, lost = (tally(records, flows, side) for side in ("to", "from"))
    # Accounts are those that were billed; users of who was bought then are the buyer's.
    after = capital_ledger.after_mergers(records, accounts)
    carried = accounts[1:] - after[:-1] - (gained - lost)[1:]
    if carried.any():
        yield f"flows: {np.abs(carried).sum()} accounts change without a flow"
    yield from beginnings(records, accounts[0] - (gained - lost)[0])
    apart = tally(records, records.table("cohorts"), "provider") - after
    if apart.any():
        yield f"cohorts: {np.abs(apart).sum()} agents more or fewer than accounts"


def beginnings(records: Records, before: NDArray[np.int64]) -> Iterator[str]:
    """Agents before the first month, shape (segments, providers), that the config does not put."""
    for segment, name in enumerate(("developers", "enterprises", "consumers")):
        start, size = getattr(records.config.initial, name), getattr(records.config, name).count
        least, most = np.floor(start.adopted * size), np.ceil(start.adopted * size)
        on = [provider for provider in records.providers if start.shares.get(provider, 0) > 0]
        off = [code for code, provider in enumerate(records.providers) if provider not in on]
        if (before[segment] < 0).any() or not least <= before[segment].sum() <= most:
            yield f"{name}: {before[segment]} before the first month, not {start.adopted} of {size}"
        if before[segment, off].any():
            yield f"{name}: {before[segment]} before the first month, though not on {on}"


def tally(records: Records, table: dict[str, NDArray[Any]], side: str) -> NDArray[np.int64]:
    """Agents of a table by month, segment and the provider named in column `side`."""
    shape = cube(records, "accounts").shape
    found = np.zeros((*shape[:2], shape[2] + 1), np.int64)
    codes = {name: code for code, name in enumerate((*records.providers, "none"))}
    names = np.array([codes[name] for name in table[side]], np.int64)
    segments = np.array([SEGMENTS.index(name) for name in table["segment"]], np.int64)
    np.add.at(found, (table["month"], segments, names), table["agents"])
    return found[:, :, :-1]


def money(records: Records) -> Iterator[str]:
    """Money that is paid and not received, or counted differently in two tables."""
    kinds = ("spend", "fees", "app_spend", "revenue", "tokens", "app_tokens")
    told = {name: cube(records, name) for name in kinds}
    by_users = told["spend"] + told["fees"]
    paid, received = by_users + told["app_spend"], told["revenue"].copy()
    hosted = np.array([name == "OPEN" for name in records.providers])
    firms, consumers = SEGMENTS.index("enterprise"), SEGMENTS.index("consumer")
    # What firms pay for open weights that they host goes to clouds.
    received[:, firms, hosted] += by_users[:, firms, hosted]
    if advertising(records):
        received[:, consumers] = np.minimum(received[:, consumers], paid[:, consumers])
    if differs(received, paid):
        yield f"bills: paid less received is {np.abs(paid - received).max():g} M$"
    market, table = records.table("market"), records.table("providers")
    for name, values in told.items():
        if differs(market[name], values.sum(axis=(1, 2))):
            yield f"market.{name} is not the sum of the segments"
        if differs(table[name], values.sum(axis=1).ravel()):
            yield f"providers.{name} is not the sum of the segments"


def advertising(records: Records) -> bool:
    """Whether somebody may show advertising in some month."""
    paths = [path for event in records.config.events.values() for path in event.changes]
    return records.config.consumers.ad_revenue > 0 or "consumers.ad_revenue" in paths


def differs(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two sums of money are apart by more than rounding."""
    most = np.maximum(np.abs(one), np.abs(other))
    return bool((np.abs(one - other) > np.maximum(MONEY * most, SMALLEST)).any())


def choices(records: Records) -> Iterator[str]:
    """Shares of choices and of diversion outside 0 to 1."""
    for name in ("choice_share", "diversion"):
        values = records.table("substitution")[name]
        if not ((values >= -MONEY) & (values <= 1 + MONEY) | np.isnan(values)).all():
            yield f"substitution.{name}: outside 0 to 1: {values.min()} to {values.max()}"


def companies(records: Records) -> Iterator[str]:
    """Application companies that come from nowhere or get lost, and shares above the whole."""
    market, table = records.table("market"), records.table("apps")
    before = np.concatenate([[records.config.apps.count], market["apps"][:-1]])
    gone = market["apps_exited"] + market["apps_absorbed"]
    if (market["apps"] != before + market["apps_entered"] - gone).any():
        yield f"market.apps: {market['apps']} is not who was there, came and went"
    if (np.bincount(table["month"], minlength=len(before)) != market["apps"]).any():
        yield "apps: the table does not hold the companies that there are"
    for segment in SEGMENTS:
        here = table["segment"] == segment
        whole = np.bincount(table["month"][here], table["size_share"][here], len(before))
        if (whole > 1 + MONEY).any() or (table["size_share"] < 0).any():
            yield f"apps.size_share: {segment} sums to {whole}"


def reasons(records: Records) -> Iterator[str]:
    """Flows whose utility is not the sum of its terms, or that nobody made."""
    flows = records.table("flows")
    terms = np.array([flows[name] for name, _ in TERMS])
    room = 1e-6 * np.maximum(np.abs(terms).sum(axis=0), flows["agents"])
    if (np.abs(terms.sum(axis=0) - flows["utility"]) > room).any():
        yield f"flows: utility is not the sum of its terms, {terms.sum(axis=0) - flows['utility']}"
    if (flows["agents"] <= 0).any() or (flows["users"] < 0).any():
        yield "flows: of nobody"
    if (flows["from"] == flows["to"]).any():
        yield "flows: from a provider to itself"
