"""Steps the engine and the plain twin side by side, and lists where they differ.

Every month starts from the engine's state, so that one difference cannot hide the next.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from plain_firms import Enterprise
from plain_mesa import PEOPLE, PlainMarket, named
from plain_people import Individual

from agents.codes import NONE
from simulation.columns import SEGMENTS, TERMS
from simulation.config import Config
from simulation.market import Market
from simulation.records import Records

TIE = 1e-5  # util; closer options may be taken for each other
STEP = 2.0**-21  # util: half of the steps in which the engine sums a term of a mover
FLOW = 1e-6  # relative, and util for each mover
MONEY = 1e-9  # relative
SEGMENT_OF = {"developers": 0, "enterprises": 1, "consumers": 2}
CONTRACT = ("since", "ends", "adopted", "price", "waiting")
BILL = ("accounts", "second_accounts", "users", "tokens", "spend", "fees", "revenue")


@dataclass
class Verdict:
    """What a run showed.

    decisions : agents who chose among offers.  moves : individuals who took another first provider.
    trials, promotions, left : of individuals (E21).
    tenders : of enterprises; switched : those that an incumbent lost.  numbers : how many sums
    were compared.  ties : choices taken for each other within TIE, by (month, segment).
    misplaced : other choices and contracts that differ.  apart : numbers that differ; in words.
    """

    decisions: int = 0
    moves: int = 0
    trials: int = 0
    promotions: int = 0
    left: int = 0
    tenders: int = 0
    switched: int = 0
    numbers: int = 0
    ties: list[tuple[int, int]] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)


def side_by_side(config: Config, flaw: Callable[[PlainMarket], None] | None = None) -> Verdict:
    """Run a market and its twin, month by month from the market's state.

    `flaw` may spoil the twin before the first month: a sound comparison must then find it out.
    """
    market, verdict = Market(config), Verdict()
    twin = PlainMarket(market)
    if flaw is not None:
        flaw(twin)
    while market.running:
        twin.copy_state(market)
        market.step()
        twin.config = market.config  # events are input, not behaviour
        twin.step()
        for name in PEOPLE:
            compare_people(market, twin, name, verdict)
        compare_firms(market, twin, verdict)
    for compare in COMPARISONS:
        compare(market.records, twin, verdict)
    return verdict


def compare_people(market: Market, twin: PlainMarket, name: str, verdict: Verdict) -> None:
    """First and second provider and month of choice of every individual."""
    crowd = getattr(market, name).crowd
    month = twin.month - 1
    columns = (column.tolist() for column in (crowd.choice, crowd.second, crowd.since))
    for agent, first, second, since in zip(twin.people[name], *columns, strict=True):
        count_deeds(agent, verdict)
        engine, ours = (named(first), named(second)), (agent.provider, agent.second)
        where = f"month {month}, {name}[{agent.row}]"
        if engine != ours and ties_to(agent, engine):
            verdict.ties.append((month, agent.segment))
        elif engine != ours:
            verdict.misplaced.append(f"{where}: {engine}, twin {ours}")
        elif agent.provider is not None and since != agent.since:
            verdict.misplaced.append(f"{where}: since {since}, twin {agent.since}")


def count_deeds(agent: Individual, verdict: Verdict) -> None:
    """Count what the twin's agent did this month."""
    first, second = agent.before
    stays = agent.provider == first
    verdict.decisions += bool(agent.scores)
    verdict.moves += not stays and agent.provider is not None
    verdict.trials += stays and agent.second not in (second, None)
    verdict.promotions += second is not None and agent.provider == second
    verdict.left += not stays and agent.provider is None


def ties_to(agent: Individual, engine: tuple[int | None, int | None]) -> bool:
    """Whether another offer, as good as the one that won, leads to where the engine has it."""
    return any(
        is_tie(agent.scores, agent.winner, code) and agent.outcome(code) == engine
        for code in agent.scores
    )


def compare_firms(market: Market, twin: PlainMarket, verdict: Verdict) -> None:
    """Provider, second source and contract of every enterprise."""
    firms, month = market.enterprises, twin.month - 1
    for firm in twin.enterprises:
        verdict.decisions += firm.contract is not None
        verdict.tenders += firm.contract is not None
        verdict.switched += firm.contract is not None and firm.contract.incumbent not in (
            None,
            firm.provider,
        )
        ours, engine = firm.provider, named(firms.provider[firm.row].item())
        if ours == engine:
            ours, engine = firm.second, named(firms.second[firm.row].item())
        if ours != engine and is_tie(firm.totals, ours, engine):
            verdict.ties.append((month, SEGMENT_OF["enterprises"]))
        elif ours != engine:
            verdict.misplaced.append(f"month {month}, firm {firm.row}: {engine}, twin {ours}")
        else:
            verdict.misplaced += [
                f"month {month}, firm {firm.row}: {text}" for text in terms_apart(market, firm)
            ]


def terms_apart(market: Market, firm: Enterprise) -> Iterator[str]:
    """Terms of a firm's contract that differ."""
    held = firm.provider is not None
    for name in CONTRACT if held else ("waiting",):
        ours, engine = getattr(firm, name), getattr(market.enterprises, name)[firm.row].item()
        if not same(ours, engine, MONEY):
            yield f"{name} {engine}, twin {ours}"


def is_tie(scores: dict[int, float], ours: int | None, engine: int | None) -> bool:
    """Whether both options were open to the agent, and as good as each other."""
    return ours in scores and engine in scores and abs(scores[ours] - scores[engine]) < TIE


def same(ours: float, engine: float, relative: float, absolute: float = 0.0) -> bool:
    """Whether two numbers agree; two missing ones do."""
    both_missing = math.isnan(ours) and math.isnan(engine)
    return both_missing or math.isclose(ours, engine, rel_tol=relative, abs_tol=absolute)


def rows_of(records: Records, name: str) -> Iterator[dict[str, object]]:
    """Rows of a table as Python values."""
    table = records.table(name)
    columns = [np.asarray(column).tolist() for column in table.values()]
    for values in zip(*columns, strict=True):
        yield dict(zip(table, values, strict=True))


def compare_flows(records: Records, twin: PlainMarket, verdict: Verdict) -> None:
    """Movers between each pair of providers, and the sums of their utility terms."""
    ours = {
        (month, SEGMENTS[segment], twin.names[home], twin.names[target]): flow
        for (month, segment, home, target), flow in twin.flows.items()
    }
    ties = {(month, SEGMENTS[segment]) for month, segment in verdict.ties}
    names = ("agents", "users", *(name for name, _ in TERMS), "utility")
    for row in rows_of(records, "flows"):
        key = (row["month"], row["segment"], row["from"], row["to"])
        flow = ours.pop(key, {})
        if key[:2] in ties:
            continue
        verdict.numbers += len(names) + 1
        agents, utility = float(row["agents"]), float(row["utility"])
        added = math.fsum(float(row[name]) for name, _ in TERMS)
        if not same(added, utility, MONEY, STEP * agents):
            verdict.apart.append(f"flow {key}: utility {utility}, but its terms add up to {added}")
        for name in names:
            mine, engine = float(flow.get(name, 0.0)), float(row[name])
            # The whole is that of four rounded terms.
            apart = 4 * STEP if name == "utility" else FLOW
            # Leaving a provider without weight gains without end, which the records cut off.
            if math.isfinite(mine) and not same(mine, engine, FLOW, apart * agents):
                verdict.apart.append(f"flow {key}: {name} {engine}, twin {mine}")
    verdict.apart += [f"flow {key}: only the twin has it" for key in ours if key[:2] not in ties]


def compare_contracts(records: Records, twin: PlainMarket, verdict: Verdict) -> None:
    """Each tender: occasion, shortlist, outcome, term, price and the winner's scores."""
    ties = {month for month, segment in verdict.ties if segment == SEGMENT_OF["enterprises"]}
    ours = {key: tender for key, tender in twin.contracts.items() if key[0] not in ties}
    for row in rows_of(records, "contracts"):
        key = (row["month"], row["enterprise"])
        tender = ours.pop(key, None)
        if row["month"] in ties:
            continue
        if tender is None:
            verdict.apart.append(f"tender {key}: only the engine has it")
            continue
        facts = {
            "kind": tender.kind,
            "incumbent": shown(twin, tender.incumbent),
            "winner": shown(twin, tender.winner),
            "second": shown(twin, tender.second),
            "shortlist": tender.shortlist,
            "term": tender.term,
        }
        numbers = {"price": tender.price} | {
            f"{name}_score": score for name, score in tender.scores.items()
        }
        if tender.winner is not None:
            numbers["score"] = sum(tender.scores.values())
        verdict.numbers += len(facts) + len(numbers)
        verdict.apart += [
            f"tender {key}: {name} {row[name]}, twin {fact}"
            for name, fact in facts.items()
            if row[name] != fact
        ]
        verdict.apart += [
            f"tender {key}: {name} {row[name]}, twin {number}"
            for name, number in numbers.items()
            if not same(number, float(row[name]), FLOW, FLOW)
        ]
    verdict.apart += [f"tender {key}: only the twin has it" for key in ours]


def shown(twin: PlainMarket, code: int | None) -> str:
    """Name of a provider in the tables."""
    return "none" if code is None else twin.names[code]


def compare_bills(records: Records, twin: PlainMarket, verdict: Verdict) -> None:
    """First and second accounts, users, tokens and money of each provider in each segment."""
    codes = {twin.names[code]: code for code in twin.shelf.supply.codes}
    for row in rows_of(records, "segments"):
        segment = SEGMENTS.index(str(row["segment"]))
        key = (row["month"], segment, codes[str(row["provider"])])
        if key[:2] in verdict.ties:
            continue
        verdict.numbers += len(BILL)
        bill = twin.bills.get(key, {})
        for name in BILL:
            mine, engine = float(bill.get(name, 0.0)), float(row[name])
            if not same(mine, engine, MONEY, MONEY):
                verdict.apart.append(f"bill {key}: {name} {engine}, twin {mine}")


def compare_channel(records: Records, twin: PlainMarket, verdict: Verdict) -> None:
    """The survey channel: spend of enterprises and of employed developers."""
    codes = {twin.names[code]: code for code in twin.shelf.supply.codes}
    touched = {month for month, _ in verdict.ties}
    for row in rows_of(records, "providers"):
        month, code = row["month"], codes[str(row["provider"])]
        spend = twin.bills.get((month, SEGMENT_OF["enterprises"], code), {}).get("spend", 0.0)
        mine = spend + twin.employed_spend[month, code]
        engine = float(row["enterprise_api_spend"])
        verdict.numbers += 1
        if month not in touched and not same(mine, engine, MONEY, MONEY):
            verdict.apart.append(f"channel {month}, {code}: {engine}, twin {mine}")


def compare_renewals(records: Records, twin: PlainMarket, verdict: Verdict) -> None:
    """E28: first contracts, contract ends held and won, and tenders without an outcome."""
    touched = {month for month, _ in verdict.ties}
    for row in rows_of(records, "market"):
        month = row["month"]
        tenders = [tender for key, tender in twin.contracts.items() if key[0] == month]
        held = [tender for tender in tenders if tender.kind == "contract_end"]
        signed = [tender for tender in tenders if tender.winner is not None]
        counts = {
            "signings": sum(tender.incumbent is None for tender in signed),
            "renewals_held": len(held),
            "renewals_won": sum(tender.winner == tender.incumbent for tender in held),
            "postponed": len(tenders) - len(signed),
        }
        verdict.numbers += len(counts)
        verdict.apart += [
            f"market {month}: {name} {row[name]}, twin {count}"
            for name, count in counts.items()
            if row[name] != count and month not in touched
        ]


def compare_loyalty(records: Records, twin: PlainMarket, verdict: Verdict) -> None:
    """Shares of last month's users who switched, leavers not among them, and of users with two."""
    tied, before = set(verdict.ties), dict.fromkeys(PEOPLE, 0)
    for row in rows_of(records, "market"):
        month = row["month"]
        for name in PEOPLE:
            segment = SEGMENT_OF[name]
            bills = [bill for key, bill in twin.bills.items() if key[:2] == (month, segment)]
            users = sum(bill["accounts"] for bill in bills)
            seconds = sum(bill["second_accounts"] for bill in bills)
            switched = sum(
                flow["agents"]
                for (when, where, *ends), flow in twin.flows.items()
                if (when, where) == (month, segment) and NONE not in ends
            )
            shares = {f"dual_{SEGMENTS[segment]}": seconds / max(users, 1)}
            if before[name] > 0:  # the table counts nobody before the first month
                shares[f"switched_{SEGMENTS[segment]}"] = switched / before[name]
            before[name] = users
            verdict.numbers += len(shares)
            verdict.apart += [
                f"market {month}: {column} {row[column]}, twin {share}"
                for column, share in shares.items()
                if not same(share, float(row[column]), MONEY) and (month, segment) not in tied
            ]


COMPARISONS = (
    compare_flows,
    compare_contracts,
    compare_bills,
    compare_channel,
    compare_renewals,
    compare_loyalty,
)
