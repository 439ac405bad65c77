"""Who leads where: F2 (enterprises reorder) and F3 (coding and consumers differ).

F2 is read on the survey's own channel: spend of enterprises, of the developers they employ and of
application companies.
"""

from experiments.facts.fact import END, NO_NUMBER, SHARE, Fact, Part, RunLike, held, quotient
from experiments.facts.statistics import rank_correlation
from experiments.studies.record import THREE, figures

CHANNEL = "enterprise API spend"
COLUMN = {"consumer": "user_share"}  # of others the spend counts


def reordering(records: RunLike) -> dict[str, float]:
    """Shares of OpenAI, Anthropic and Google of what the three take, beside the survey's."""
    shares = {(day, name): survey_share(records, day, name) for day in DAYS for name in THREE}
    last = {name: shares[END, name] for name in THREE}
    record = [RECORD[pair] for pair in shares]
    return {
        "API OpenAI": last["OpenAI"],
        "API OpenAI change": last["OpenAI"] - shares["2023-12", "OpenAI"],
        "API Anthropic rank": rank("Anthropic", last),
        "API rank correlation": rank_correlation(list(shares.values()), record),
    }


def survey() -> dict[tuple[str, str], float]:
    """Published shares among the three vendors by month and vendor."""
    found = {
        (row["date"][:7], row["provider"]): float(row["value"])
        for row in figures().values()
        if row["channel"] == CHANNEL and row["among"]
    }
    days = dict.fromkeys(day for day, _ in found)
    total = {day: sum(found[day, name] for name in THREE) for day in days}
    return {(day, name): value / total[day] for (day, name), value in found.items()}


RECORD = survey()
DAYS = tuple(sorted({day for day, _ in RECORD}))


def survey_share(records: RunLike, day: str, name: str) -> float:
    """Our share of a vendor in the survey's channel, among the three; NaN without the month."""
    taken = {vendor: held(records, vendor, "enterprise_api_share", day) for vendor in THREE}
    return quotient(taken[name], sum(taken.values()))


def rank(name: str, shares: dict[str, float]) -> float:
    """Place of one among the shares, 1 for the largest; NaN where there are none."""
    if any(value != value for value in shares.values()):
        return NO_NUMBER
    return float(1 + sum(value > shares[name] for value in shares.values()))


def leaders(records: RunLike) -> dict[str, float]:
    """Whether coding and consumers are led by different providers at the end of 2025."""
    coding, consumer = leader(records, "coding"), leader(records, "consumer")
    known = bool(coding and consumer)
    return {"leaders differ": float(coding != consumer) if known else NO_NUMBER}


def leader(records: RunLike, segment: str, day: str = END) -> str:
    """Who has the largest share of a segment: of spend, of consumers' users; "" if nobody."""
    names = ranked(records, segment, day)
    return names[0] if names else ""


def ranked(records: RunLike, segment: str, day: str = END) -> list[str]:
    """Providers with a share of a segment in a month, the largest first."""
    table = records.tables["segments"]
    here = (table["segment"] == segment) & (table["date"] == day)
    column = COLUMN.get(segment, "spend_share")
    shares = dict(zip(table["provider"][here], table[column][here], strict=True))
    present = [str(name) for name, share in shares.items() if share > 0]
    return sorted(present, key=lambda name: -shares[name])


FACTS = (
    Fact(
        "F2",
        "enterprise spend reorders: OpenAI falls, Anthropic rises, Google third",
        "[12] Menlo Ventures: OpenAI 50 % (2023) to 27 % (2025), Anthropic 40 %, Google 21 %",
        "shares among the three in the survey's channel; Spearman over vendors and both years",
        (
            Part("API OpenAI", f"OpenAI's share, {END}", "share", high=0.45),
            Part("API OpenAI change", "its change since 2023-12", "share", high=0.0),
            Part("API Anthropic rank", f"rank of Anthropic, {END}", "-", high=2),
            Part("API rank correlation", "rank correlation with the record", "-", low=0.5),
        ),
        reordering,
    ),
    Fact(
        "F3",
        "coding and consumers are led by different providers",
        "[12] Anthropic leads coding, OpenAI consumers",
        f"largest share of spend of developers, of users among consumers, {END}",
        (Part("leaders differ", "leaders differ", "share of seeds", 0.5, over=SHARE),),
        leaders,
    ),
)
