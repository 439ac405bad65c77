"""How large the market is, and how many firms use it: F1 and F11."""

from experiments.facts.fact import END, YEAR, Fact, Part, RunLike, at, quotient


def revenue(records: RunLike) -> dict[str, float]:
    """Revenue of all providers in December 2025, $bn a year, and over that two years before."""
    last = at(records, "revenue")
    growth = quotient(last, at(records, "revenue", "2023-12"))
    return {"revenue 2025-12": YEAR * last / 1000.0, "revenue growth": growth}


def firms(records: RunLike) -> dict[str, float]:
    """Share of enterprises under contract at the end of 2025, and contracts renewed in the year."""
    return {
        "adopted enterprise": at(records, "adopted_enterprise"),
        "renewal rate": at(records, "renewal_rate"),
    }


FACTS = (
    Fact(
        "F1",
        "the market grows from a few to tens of billions in two years",
        "[3] OpenAI: 2 bn at the end of 2023, over 20 bn at the end of 2025",
        f"revenue of December times {YEAR}",
        (
            Part("revenue 2025-12", f"revenue of all, {END}", "$bn/year", 20, 60),
            Part("revenue growth", f"{END} over 2023-12", "x", 5),
        ),
        revenue,
    ),
    Fact(
        "F11",
        "about half of firms have adopted; contracts are renewed",
        "[15] Ramp AI index, 47-50 % in early 2026; [22] SaaS retention about 90 %",
        "levels at the end of 2025; adoption within 8 points",
        (
            Part("adopted enterprise", f"firms under contract, {END}", "share", 0.39, 0.58),
            Part("renewal rate", "contracts renewed in 2025", "share", 0.80, 0.95),
        ),
        firms,
    ),
)
