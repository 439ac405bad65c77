"""The tables of rounds and of holders in the report, as HTML."""

import numpy as np

from experiments import report_tables as tables
from experiments import watch_metrics as metrics
from experiments.plots import funding, series
from experiments.report_money import by_line, cell

EVERY_ROUND = "<details><summary>every round, in order</summary>{rounds}</details>\n"


def capital_tables(records: series.RunLike) -> str:
    """Values and rounds of each provider, who holds whom, and every round; nothing without one."""
    if not funding.any_rounds(records):
        return ""
    parts = [holders_table(records), EVERY_ROUND.format(rounds=rounds_table(records))]
    if raised := metrics.raisers(records):
        day = tables.safe(series.dates(records)[-1])
        caption = f"Values and rounds of those who raised, {day}, {tables.seed_of(records)}."
        parts.insert(0, by_line(raised, metrics.CAPITAL, caption))
    return "".join(parts)


def rounds_table(records: series.RunLike) -> str:
    """One row for each round."""
    days = series.dates(records)
    rows = [
        [
            tables.safe(days[each.month]),
            tables.safe(each.provider),
            tables.safe(each.kind.replace("_", " ")),
            tables.safe(each.lead),
            f'<span class="names">{tables.safe(", ".join(each.others) or "alone")}</span>',
            tables.number(each.amount, "money"),
            tables.number(each.post_money, "money"),
            cell(each.multiple, f"{metrics.tenths(each.multiple)}×"),
            tables.number(each.dilution, "percent"),
        ]
        for each in funding.rounds(records)
    ]
    return tables.table(
        f"Rounds, {tables.seed_of(records)}: what they brought, credits included, the value after "
        "money, and what part of the provider they sold.",
        [
            "Month",
            "Provider",
            "Kind",
            "Lead",
            "With",
            "Amount",
            "Value after",
            "Over yearly revenue",
            "Sold",
        ],
        rows,
    )


def holders_table(records: series.RunLike) -> str:
    """Shares of every holder at the end, in those providers that somebody funds."""
    kinds = funding.kinds(records)
    order = [funding.FOUNDERS, *(name for name in kinds if name != funding.FOUNDERS)]
    held = funding.holdings(records, order)[-1]
    funded = [i for i in range(len(records.providers)) if held[i, 1:].any()]
    holding = [i for i in range(len(order)) if held[funded, i].any()]
    if not funded:
        return ""
    worth = np.nan_to_num(series.while_there(records, "valuation")[-1])
    rows = [
        [
            tables.safe(order[i]),
            "" if kinds[order[i]] == order[i] else tables.safe(kinds[order[i]]),
            *(share(float(held[code, i])) for code in funded),
            tables.number(float(held[funded, i] @ worth[funded]), "money"),
        ]
        for i in holding
    ]
    day = tables.safe(series.dates(records)[-1])
    return tables.table(
        f"Who holds whom in {day}, {tables.seed_of(records)}. Worth is at values before money.",
        ["Holder", "Kind", *(tables.safe(records.providers[code]) for code in funded), "Worth"],
        rows,
    )


def share(part: float) -> str:
    """A share; a dash where there is none."""
    return tables.number(part if part > 0 else float("nan"), "percent")
