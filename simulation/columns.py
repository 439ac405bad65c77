"""What every column of every table means: name, type, unit, meaning.

The one declaration from which come the Parquet schema and its metadata, the checks on writing and
MODEL.md's table of output columns.  Segments are `coding` (developers), `enterprise` and
`consumer`; a month counts from 0 = the start month of the config; `date` is YYYY-MM.
"""

from typing import NamedTuple

SEGMENTS = ("coding", "enterprise", "consumer")
NOBODY = "none"


class Column(NamedTuple):
    """One column: `kind` is text, whole, number or flag."""

    name: str
    kind: str
    unit: str
    meaning: str


WHEN = (
    Column("month", "whole", "month", "months since the start of the run"),
    Column("date", "text", "YYYY-MM", "calendar month"),
)
SEGMENT = Column("segment", "text", "", "coding, enterprise or consumer")
PROVIDER = Column("provider", "text", "", "name of the provider in the config or supply file")

# The utility terms whose sums over movers make a flow; together they are its utility difference.
TERMS = (
    ("capability", "capability of the newest versions"),
    ("version", "lag of the version in use behind the newest of the provider left (E17d)"),
    ("price", "list price; for an enterprise its total cost of ownership"),
    ("safety", "safety rating"),
    ("brand", "brand; for an enterprise the integration criterion"),
    ("reliability", "share of demand that was served"),
    ("product", "product term: what the other terms do not measure"),
    ("peers", "share of neighbours on the provider"),
    ("usage", "usage pull of an enterprise's own developers"),
    ("stability", "financial runway, weighed by enterprises"),
    ("lock_in", "switching cost of leaving, or incumbent bonus"),
    ("taste", "chance, the difference of random taste drawn anew each month"),
)

# Tenders know no reliability and no lag of versions.
TENDER_TERMS = tuple(term for term in TERMS if term[0] not in {"reliability", "version"})

SEGMENTS_TABLE = (
    *WHEN,
    SEGMENT,
    PROVIDER,
    Column("available", "flag", "", "the provider offers to this segment in this month"),
    Column("capability", "number", "OOM", "capability of its newest offer"),
    Column("capability_in_use", "number", "OOM", "capability its own users work with (E17d)"),
    Column("price", "number", "$/Mtok", "list price, blended 3:1; empty for consumers"),
    Column("brand", "number", "-", "brand stock"),
    Column("product_term", "number", "util", "product term, recorded plus random walk"),
    Column("released", "flag", "", "a flagship release in this month"),
    Column(
        "accounts",
        "whole",
        "agents",
        "agents whose primary provider it is when the month is billed, before sales of providers",
    ),
    Column("account_share", "number", "share", "of the segment's accounts"),
    Column("second_accounts", "whole", "agents", "agents whose second provider it is"),
    Column("users", "number", "million", "people or seats behind those accounts"),
    Column("user_share", "number", "share", "of the segment's users"),
    Column("tokens", "number", "trillion", "tokens billed to its users in the month"),
    Column("token_share", "number", "share", "of the segment's tokens"),
    Column("spend", "number", "M$", "paid by its users for use in the month"),
    Column("spend_share", "number", "share", "of the segment's spend"),
    Column("fees", "number", "M$", "paid for deployment and for hosting, on top of spend"),
    Column(
        "app_tokens",
        "number",
        "trillion",
        "tokens of application companies, absorbed use included, on top of tokens; "
        "those of apps for consumers are of its offer to enterprises",
    ),
    Column("app_spend", "number", "M$", "paid for app_tokens, on top of spend"),
    Column(
        "revenue",
        "number",
        "M$",
        "received by the provider of users and apps; of OPEN by its hosts, nothing where firms "
        "host",
    ),
    Column("revenue_share", "number", "share", "of the segment's revenue"),
)

# Missing on recorded supply, where nobody decides.
DECISIONS = (
    Column("model_capability", "number", "OOM", "capability before tailoring to segments"),
    Column("efficiency", "number", "OOM", "algorithmic efficiency in training"),
    Column("serving_efficiency", "number", "OOM", "algorithmic efficiency in serving"),
    Column("markup", "number", "-", "of the list price on unit cost"),
    Column("budget", "number", "M$", "planned spending of the month"),
    Column("spent_scale", "number", "M$", "of the budget, for research compute"),
    Column("spent_efficiency", "number", "M$", "of the budget, for algorithms"),
    Column("spent_safety", "number", "M$", "of the budget, for safety"),
    Column("spent_sales", "number", "M$", "of the budget, for sales and marketing"),
    Column("parent_support", "number", "M$", "planned by the parent this month"),
    Column("compute_ordered", "number", "kH100e", "compute ordered for research"),
    Column("compute_inference", "number", "kH100e", "compute served for inference"),
    Column("compute_research", "number", "kH100e", "compute served for research"),
    Column("compute_contracted", "number", "kH100e", "compute under contract this month"),
    Column("utilisation", "number", "share", "of compute under contract that is used"),
    Column("compute_cost", "number", "M$", "dues of the month and spot purchases"),
    Column("compute_margin", "number", "share", "of revenue left after inference at the rent"),
    Column(
        "revenue_per_compute",
        "number",
        "$/PFLOP-hour",
        "revenue over compute used, at peak; the same in M$ per million PFLOP-hours",
    ),
    Column("revenue_per_compute_dollar", "number", "-", "revenue over compute_cost"),
    Column("cash", "number", "M$", "cash at month end"),
    Column("credits", "number", "M$", "claims on compute of clouds at month end"),
    Column("debt", "number", "M$", "debt at month end"),
    Column("arrears", "number", "M$", "bills and dues that are overdue at month end"),
    Column("paid_in", "number", "M$", "paid in by owners so far, net of what parents took"),
    Column("burn", "number", "M$/month", "mean costs less income of the last months, at least 0"),
    Column("payment_pressure", "number", "-", "dues of the next year over what can pay them (E34)"),
    Column("commitments", "number", "M$", "all dues still to come"),
    Column("commitments_to_revenue", "number", "-", "the same over twelve times the revenue"),
    Column("run_cost", "number", "M$", "training run so far, at the rents of its months"),
    Column("released_run_cost", "number", "M$", "of the run behind a model released this month"),
    Column("written_off", "number", "M$", "what its creditors have lost"),
    Column("valuation", "number", "M$", "value before money at month end (E35)"),
    Column("revenue_multiple", "number", "-", "valuation over twelve times the revenue"),
    Column("post_money", "number", "M$", "value after money of its last round, or at entry"),
    Column("founder_share", "number", "share", "held by founders, or by a parent"),
    Column("rounds", "number", "rounds", "closed so far"),
    Column("raised", "number", "M$", "in them, credits included"),
    Column(
        "distress_stage",
        "number",
        "-",
        "worst of the last twelve months: 0 none, 1 renegotiated, 2 down round, 3 for sale; "
        "4 failed (E42)",
    ),
)

PROVIDERS_TABLE = (
    *WHEN,
    PROVIDER,
    Column("status", "text", "", "pre_entry, healthy, stressed, distressed, acquired or exited"),
    Column("origin", "text", "", "country code of its weights"),
    Column("open_weights", "flag", "", "releases its weights"),
    Column("safety", "number", "0-1", "safety index"),
    Column("runway", "number", "month", "months of cash, 60 where it is backed or unknown"),
    Column("reliability", "number", "share", "share of demand that was served"),
    Column("accounts", "whole", "agents", "accounts in all segments"),
    Column("tokens", "number", "trillion", "tokens billed to users in all segments"),
    Column("token_share", "number", "share", "of all tokens of users"),
    Column("spend", "number", "M$", "paid by all its users for use"),
    Column("fees", "number", "M$", "paid for deployment and for hosting, on top of spend"),
    Column("app_tokens", "number", "trillion", "tokens of application companies, on top of tokens"),
    Column("app_spend", "number", "M$", "paid for app_tokens, on top of spend"),
    Column("revenue", "number", "M$", "received in the month, of users and apps"),
    Column("revenue_share", "number", "share", "of all revenue"),
    Column(
        "enterprise_api_spend",
        "number",
        "M$",
        "survey channel: enterprises plus employed developers plus application companies",
    ),
    Column("enterprise_api_share", "number", "share", "of the enterprise_api_spend channel"),
    Column(
        "consumer_traffic",
        "number",
        "million",
        "survey channel: consumer users seen by a traffic tracker (embedded use is not)",
    ),
    Column("consumer_traffic_share", "number", "share", "of the consumer_traffic channel"),
    Column("retention_coding", "number", "share", "developers who started on it a year ago, kept"),
    Column("signings", "whole", "contracts", "first contracts of enterprises signed this month"),
    Column("renewals_held", "whole", "tenders", "its contracts that ended this month"),
    Column("renewals_won", "whole", "tenders", "of those, won again"),
    Column("renewal_rate", "number", "share", "won over held, last twelve months"),
    *DECISIONS,
)

MARKET_TABLE = (
    *WHEN,
    Column("revenue", "number", "M$", "revenue of all providers"),
    Column("spend", "number", "M$", "paid by all users for use"),
    Column("fees", "number", "M$", "paid for deployment and for hosting, on top of spend"),
    Column("tokens", "number", "trillion", "tokens billed to users"),
    Column("app_tokens", "number", "trillion", "tokens of application companies, on top of tokens"),
    Column("app_spend", "number", "M$", "paid for app_tokens, on top of spend"),
    Column("adopted_coding", "number", "share", "developers who have adopted"),
    Column("adopted_enterprise", "number", "share", "enterprises under contract"),
    Column("adopted_consumer", "number", "share", "consumers who have adopted"),
    Column("hhi_coding", "number", "0-1", "sum of squared spend shares of developers"),
    Column("hhi_enterprise", "number", "0-1", "sum of squared spend shares of enterprises"),
    Column("hhi_consumer", "number", "0-1", "sum of squared user shares of consumers"),
    Column("hhi_revenue", "number", "0-1", "sum of squared revenue shares"),
    Column("top_two", "number", "share", "revenue share of the two largest providers"),
    Column("top_four", "number", "share", "revenue share of the four largest providers"),
    Column(
        "frontier_providers",
        "whole",
        "providers",
        "without OPEN, those whose model is at most .5 OOM behind the best on offer, OPEN's "
        "included; on record, by the most capable offer in any segment",
    ),
    Column("active_providers", "whole", "providers", "without OPEN, those with an offer"),
    Column("openness", "number", "0-1", "openness index, the mean of the three terms below"),
    Column("openness_shares", "number", "0-1", "its term of shares: 1 - hhi_revenue"),
    Column("openness_weights", "number", "0-1", "its term of open weights: open_token_share"),
    Column("openness_frontier", "number", "0-1", "min(1, frontier_providers / 5)"),
    Column(
        "regime",
        "text",
        "",
        "monopoly (hhi_revenue above .5), else open (openness above .5), else oligopoly; none "
        "without revenue",
    ),
    Column(
        "segment_divergence",
        "number",
        "0-1",
        "generalised Jensen-Shannon divergence of the three segments' share vectors; "
        "at most ln 3 / ln(providers)",
    ),
    Column(
        "turbulence",
        "number",
        "share",
        "half the absolute change of spend shares over twelve months",
    ),
    Column(
        "retention_coding",
        "number",
        "share",
        "developers who started on a provider twelve months ago and are still there",
    ),
    Column("retention_consumer", "number", "share", "the same for consumers"),
    Column("switched_coding", "number", "share", "developers in use who switched this month"),
    Column("switched_consumer", "number", "share", "consumers in use who switched this month"),
    Column("dual_coding", "number", "share", "developers in use who have a second provider"),
    Column("dual_consumer", "number", "share", "consumers in use who have a second provider"),
    Column("signings", "whole", "contracts", "first contracts signed this month"),
    Column("renewals_held", "whole", "tenders", "contract ends tendered this month"),
    Column("renewals_won", "whole", "tenders", "of those, won by the incumbent"),
    Column("renewal_rate", "number", "share", "won over held, last twelve months"),
    Column("renewal_rate_seats", "number", "share", "the same weighted by seats"),
    Column("dual_source_share", "number", "share", "contracted enterprises with a second source"),
    Column("postponed", "whole", "tenders", "tenders postponed for want of any offer"),
    Column(
        "open_token_share",
        "number",
        "share",
        "of the tokens of users and apps, those served by OPEN; labs that sell their own open "
        "weights are apart",
    ),
    Column("frontier_capability", "number", "OOM", "best capability on offer to enterprises"),
    Column("capability_gap", "number", "OOM", "best less second-best provider's capability"),
    Column(
        "open_gap",
        "number",
        "OOM",
        "best capability on offer to enterprises less OPEN's, excluded origins (CN) left out",
    ),
    Column("frontier_price", "number", "$/Mtok", "list price of the most capable offer"),
    Column(
        "fixed_price",
        "number",
        "$/Mtok",
        "price of capability .85 (GPT-4 level): least of providers that have reached it (E7); on "
        "recorded supply the least list price of an offer that capable",
    ),
    Column("lead_changes", "whole", "changes", "of the most capable provider, so far"),
    Column(
        "open_lag",
        "number",
        "month",
        "since the best offer to enterprises first was as capable as OPEN's is",
    ),
    Column("record_run_cost", "number", "M$", "training run of a new most capable model"),
    Column("rent", "number", "$/H100e-hour", "rent of compute"),
    Column("hardware_cost", "number", "$/H100e-hour", "cost of its hardware (E2)"),
    Column("compute_capacity", "number", "kH100e", "compute there is"),
    Column("compute_demand", "number", "kH100e", "compute wanted, OPEN's hosts included"),
    Column("compute_used", "number", "kH100e", "compute used"),
    Column("compute_contracted", "number", "kH100e", "compute under contract"),
    Column("spot_served", "number", "share", "of what was wanted beyond contracts (E4)"),
    Column("revenue_per_compute", "number", "$/PFLOP-hour", "of all providers, at peak"),
    Column("payment_pressure", "number", "-", "highest of all providers"),
    Column("commitments", "number", "M$", "all dues still to come"),
    Column("written_off", "number", "M$", "what creditors have lost so far"),
    Column("sentiment", "number", "-", "of investors, 1 is usual (E40)"),
    Column("dry_powder", "number", "M$", "money that investors have to invest"),
    Column("rounds_closed", "number", "rounds", "of all providers, this month"),
    Column("rounds_failed", "number", "rounds", "that nobody led, this month"),
    Column("raised", "number", "M$", "in the rounds of this month, credits included"),
    Column(
        "entry_barrier",
        "number",
        "M$",
        "what it would cost to train a model with which a company could enter (E43)",
    ),
    Column(
        "syndicate_gini",
        "number",
        "0-1",
        "Gini coefficient of how many rounds investors have shared with others; 0 is all alike",
    ),
    Column("supplier_hhi", "number", "0-1", "sum of squared shares of clouds in what they receive"),
    *(
        Column(name, "number", unit, f"{meaning}, this month")
        for name, unit, meaning in (
            ("renegotiations", "contracts", "providers whose dues were put off (E42)"),
            ("acquisitions", "providers", "sold to another provider or to an investor (E42)"),
            ("failures", "providers", "given up (E42)"),
            ("entries", "providers", "unscheduled entrants who can pay for a model (E43)"),
            ("entries_as_app", "companies", "entrants who cannot and use open weights (E43)"),
            ("entries_refused", "companies", "entrants for whom there was no place left"),
        )
    ),
    Column("apps", "whole", "companies", "application companies at month end"),
    Column("apps_entered", "whole", "companies", "of them, entered this month"),
    Column("apps_exited", "whole", "companies", "given up this month, having become too small"),
    Column("apps_absorbed", "whole", "companies", "whose use their provider absorbed this month"),
    Column("apps_switched", "whole", "companies", "who changed the provider this month"),
    Column(
        "app_tail",
        "number",
        "-",
        "Pareto exponent of app sizes over the mean of their segment: Hill estimate on the "
        "largest tenth; missing below 100 apps",
    ),
    Column("app_top_ten", "number", "share", "of the tokens of apps, those of the ten largest"),
    Column("app_absorbed_use", "number", "share", "of the tokens of apps, absorbed by providers"),
    *(
        Column(f"{name}_{segment}", "number", unit, meaning.format(**words))
        for segment, words in (
            ("coding", {"who": "developers", "when": "first month with a user"}),
            ("enterprise", {"who": "tenders of the last twelve months", "when": "month 11"}),
        )
        for name, unit, meaning in (
            (
                "surplus",
                "ln price",
                "log-sum surplus of {who}: rise of ln of all prices that would leave them as well "
                "off as in the {when} (7.13)",
            ),
            (
                "own_elasticity",
                "-",
                "percent of a provider's use lost per percent of its own price, once all {who} "
                "choose anew; mean weighted by spend, negative (7.13)",
            ),
            (
                "diversion_open",
                "share",
                "of what a provider loses by a dearer price, the part that goes to OPEN; the same "
                "mean without OPEN (7.13)",
            ),
        )
    ),
    Column(
        "looking_coding",
        "number",
        "share",
        "of developers with a provider, those expected to look around this month (E20)",
    ),
    Column(
        "looking_enterprise",
        "number",
        "share",
        "of enterprises under contract, those whose contract ends this month",
    ),
)

FLOWS_TABLE = (
    *WHEN,
    SEGMENT,
    Column("from", "text", "", "provider left; none for an adoption"),
    Column("to", "text", "", "provider chosen; none where the market is left"),
    Column("agents", "whole", "agents", "agents who moved"),
    Column("users", "number", "million", "people or seats behind them"),
    *(Column(name, "number", "util", f"sum over movers: {text}") for name, text in TERMS),
    Column("utility", "number", "util", "sum over movers of the utility difference"),
)

CONTRACTS_TABLE = (
    *WHEN,
    Column("enterprise", "whole", "", "row number of the enterprise"),
    Column("seats", "number", "million", "its seats"),
    Column("industry", "whole", "", "its industry"),
    Column("regulated", "flag", "", "it must hold the safety minimum"),
    Column("kind", "text", "", "adoption, contract_end or provider_exit"),
    Column("incumbent", "text", "", "provider before the tender, or none"),
    Column("winner", "text", "", "provider chosen; none if postponed"),
    Column("second", "text", "", "second source, or none"),
    Column("shortlist", "whole", "offers", "offers on the shortlist"),
    Column("term", "whole", "month", "length of the contract"),
    Column("price", "number", "$/Mtok", "contract price of the winner"),
    *(
        Column(f"{name}_score", "number", "util", f"the winner's score: {text}")
        for name, text in TENDER_TERMS
    ),
    Column("score", "number", "util", "the winner's score, taste included"),
)

EVENTS_TABLE = (
    *WHEN,
    Column("kind", "text", "", "entry, release, price_change, exit or the name of an event"),
    Column("provider", "text", "", "provider concerned, or none"),
    Column("segment", "text", "", "segment concerned, or none"),
    Column("before", "number", "as after", "value before, where there is one"),
    Column("after", "number", "OOM or $/Mtok", "value after"),
    Column("detail", "text", "", "what happened, in words"),
)

COHORTS_TABLE = (
    *WHEN,
    SEGMENT,
    PROVIDER,
    Column("cohort", "whole", "month", "month in which these agents chose the provider"),
    Column("agents", "whole", "agents", "of them, still on it without a break"),
)

AGENTS_TABLE = (
    *WHEN,
    Column("agent", "whole", "", "row number of the developer in the keyed panel"),
    Column("provider", "text", "", "its primary provider at month end, or none"),
)

LEDGER_TABLE = (
    *WHEN,
    Column("payer", "text", "", "provider, cloud, or one of the other accounts"),
    Column("payee", "text", "", "the same"),
    Column("kind", "text", "", "what for"),
    Column("amount", "number", "M$", "cash paid in the month; empty table on recorded supply"),
)

APPS_TABLE = (
    *WHEN,
    Column(
        "app", "whole", "", "serial number, which no other gets; from 1,000,000 on it entered later"
    ),
    SEGMENT,
    Column("provider", "text", "", "its provider at month end, or none"),
    Column("age", "whole", "month", "months since it entered"),
    Column("size_share", "number", "share", "of the app use of its segment"),
)

SUBSTITUTION_TABLE = (
    *WHEN,
    Column("segment", "text", "", "coding or enterprise: consumers see no price"),
    Column("priced", "text", "", "provider whose list price rises"),
    Column("provider", "text", "", "provider whose choices and use answer, or priced itself"),
    Column(
        "choice_share",
        "number",
        "share",
        "of choices, those of provider: of all developers if they looked now, or of the tenders "
        "of the last twelve months",
    ),
    Column(
        "choice_elasticity",
        "number",
        "-",
        "percent of provider's choices gained per percent of the price of priced",
    ),
    Column("elasticity", "number", "-", "the same of provider's tokens, each user's included"),
    Column(
        "diversion",
        "number",
        "share",
        "of the choices that priced loses, the part that provider gains; 0 for priced itself",
    ),
)

ROUNDS_TABLE = (
    *WHEN,
    Column("round", "whole", "", "serial number of the round; a row is a ticket"),
    PROVIDER,
    Column(
        "kind",
        "text",
        "",
        "round, down_round, placement, ipo, seed, scheduled on a record or mega_round of an event",
    ),
    Column("investor", "text", "", "who pays"),
    Column("lead", "flag", "", "leads the round"),
    Column("ticket", "number", "M$", "what it pays, credits included"),
    Column("credits", "number", "M$", "of it, in credits of its cloud"),
    Column("commitment", "number", "M$", "dues for compute that it makes the provider sign"),
    Column("pre_money", "number", "M$", "value before money"),
    Column("amount", "number", "M$", "of the whole round"),
    Column("post_money", "number", "M$", "value after money"),
    Column("dilution", "number", "share", "of the provider that the round sells"),
    Column("multiple", "number", "-", "value after money over annual revenue"),
    Column("growth", "number", "per year", "of revenue, as investors see it"),
    Column("founder_share", "number", "share", "held by founders after the round"),
)

CAP_TABLES_TABLE = (
    *WHEN,
    PROVIDER,
    Column("holder", "text", "", "investor, other investors, founders (or a parent), or public"),
    Column("share", "number", "share", "of the provider, at month end"),
)

INVESTORS_TABLE = (
    *WHEN,
    Column("investor", "text", "", "name of the investor in the config"),
    Column("kind", "text", "", "strategic, venture or growth"),
    Column("dry_powder", "number", "M$", "money to invest at month end"),
    Column("invested", "number", "M$", "put into rounds this month, credits included"),
    Column("credits_outstanding", "number", "M$", "credits of its clouds that it has to redeem"),
    Column("holdings", "number", "M$", "its shares of providers at their valuations"),
    Column("degree", "number", "rounds", "shared with others so far, one for each other"),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "segments": SEGMENTS_TABLE,
    "providers": PROVIDERS_TABLE,
    "market": MARKET_TABLE,
    "flows": FLOWS_TABLE,
    "contracts": CONTRACTS_TABLE,
    "events": EVENTS_TABLE,
    "cohorts": COHORTS_TABLE,
    "agents": AGENTS_TABLE,
    "apps": APPS_TABLE,
    "ledger": LEDGER_TABLE,
    "substitution": SUBSTITUTION_TABLE,
    "rounds": ROUNDS_TABLE,
    "cap_tables": CAP_TABLES_TABLE,
    "investors": INVESTORS_TABLE,
}
