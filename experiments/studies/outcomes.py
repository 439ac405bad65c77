"""Outcomes of one run: of its last month, or of its last twelve where they are rates."""

from typing import TYPE_CHECKING

import numpy as np

from simulation.columns import NOBODY, SEGMENTS

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.market import Market
    from simulation.records import Records

LABS = ("OpenAI", "Anthropic", "Google", "OPEN")
YEAR = 12


def outcomes_of_run(config: "Config") -> dict[str, float]:
    """Run and return `outcomes`."""
    from simulation import run

    return outcomes(run(config))


def outcomes(records: "Records") -> dict[str, float]:
    """Shares of the last month, then loyalty and adoption; NaN for a lab that is not there."""
    market = records.table("market")
    end = {name: values[-1] for name, values in market.items()}
    year = slice(-YEAR, None)
    return shares(records) | {
        **{f"HHI {name}": end[f"hhi_{name}"] for name in (*SEGMENTS, "revenue")},
        "renewal": end["renewal_rate"],
        "vendor switches a year": vendor_switches(records, int(end["month"])),
        "firms with a second source": end["dual_source_share"],
        "developers kept 12 months": end["retention_coding"],
        "developer switches a year": market["switched_coding"][year].sum(),
        "developers with a second": end["dual_coding"],
        "consumers kept 12 months": end["retention_consumer"],
        "consumer switches a year": market["switched_consumer"][year].sum(),
        "developers adopted": end["adopted_coding"],
        "enterprises adopted": end["adopted_enterprise"],
        "consumers adopted": end["adopted_consumer"],
    }


def shares(records: "Records") -> dict[str, float]:
    """Shares of the last month by channel and lab."""
    providers, segments = records.table("providers"), records.table("segments")
    last = providers["month"].max()
    found: dict[str, float] = {}
    for name, table, column, wanted in (
        ("API", providers, "enterprise_api_share", True),
        ("coding", segments, "spend_share", segments["segment"] == "coding"),
        ("consumer", providers, "consumer_traffic_share", True),
    ):
        now = (table["month"] == last) & wanted
        by_name = dict(zip(table["provider"][now], table[column][now], strict=True))
        found |= {f"{name} {lab}": float(by_name.get(lab, np.nan)) for lab in LABS}
        found[f"{name} leader"] = float(max(by_name.values()))
    return found


def vendor_switches(records: "Records", month: int) -> float:
    """Firms that took another vendor in the year to `month`, over those under contract."""
    flows, market = records.table("flows"), records.table("market")
    year = (flows["month"] > month - YEAR) & (flows["month"] <= month)
    moved = year & (flows["segment"] == "enterprise") & (flows["from"] != NOBODY)
    under_contract = market["adopted_enterprise"][max(month + 1 - YEAR, 0) : month + 1].mean()
    firms = under_contract * records.config.enterprises.count
    return float(flows["agents"][moved].sum() / firms) if firms else np.nan


def buyers(market: "Market") -> dict[str, float]:
    """How coarse the enterprise side is at the end of a run.

    A firm buys in proportion to its spending weight and its ramp; the number of equal firms that
    would be as coarse is the inverse of the sum of squared shares.
    """
    from agents.codes import NONE
    from agents.equations.shares import shares_of
    from agents.equations.usage import ramp

    firms, settings = market.enterprises, market.config.enterprises
    signed = firms.provider != NONE
    grown = ramp(market.month - 1 - firms.adopted[signed], settings.ramp_months)
    bought = shares_of(firms.weight[signed] * grown)
    own = np.diff(market.staff.offsets) >= settings.pull_minimum
    return {
        "firms that follow their own developers": float(own.mean()),
        "their share of seats": float(firms.seats[own].sum() / firms.seats.sum()),
        "largest buyer": float(bought.max()),
        "buyers, as equal ones": float(1.0 / np.sum(bought**2)),
    }
