"""Who pays whom at a month's end, posted to the month's array of the ledger (E33, E34)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.accounts import KINDS, OTHERS
from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE, OPEN, PUBLIC
from agents.compiled import inline, kernel
from agents.equations.finance import payment_pressure as payment_pressure_source
from agents.kernels.clouds import free_of
from agents.kernels.memory import move_on
from agents.kernels.money_checks import liquid
from agents.kernels.settlement import pay
from agents.kernels.sums import column_sum, row_sum

Array = NDArray[np.float64]
payment_pressure = inline(payment_pressure_source)
(
    USAGE,
    FEES,
    APP_USE,
    ADVERTISING,
    REVENUE_SHARE,
    CONTRACTS,
    SPOT,
    HOSTING,
    CHIPS,
    OPERATIONS,
    SUPPORT,
    CREDITS,
    ROUNDS,
    DEBT,
    INFLOW,
) = (
    KINDS.index(kind)
    for kind in (
        "usage",
        "fees",
        "app_use",
        "advertising",
        "revenue_share",
        "contracts",
        "spot",
        "hosting",
        "chips",
        "operations",
        "support",
        "credits",
        "rounds",
        "debt",
        "inflow",
    )
)
(
    CHIP_MAKER,
    DEVELOPERS,
    ENTERPRISES,
    CONSUMERS,
    APPS,
    ADVERTISERS,
    HOSTS,
    PARENTS,
    INVESTORS,
    PARTNERS,
    STAFF,
    SAVERS,
) = (
    OTHERS.index(name)
    for name in (
        "chip_maker",
        "developers",
        "enterprises",
        "consumers",
        "apps",
        "advertisers",
        "hosts",
        "parents",
        "investors",
        "partners",
        "staff",
        "savers",
    )
)


class Money(NamedTuple):
    """The ledger's array of the month, (payers, payees, kinds), and one bit for each kind paid.

    owners : (clouds,), account that redeems the credits of each.
    """

    moved: Array
    paths: NDArray[np.int64]
    owners: NDArray[np.int64]


class Bill(NamedTuple):
    """What is billed, (3, codes), M$, as in `Bills`."""

    spend: Array
    fees: Array
    revenue: Array
    app_spend: Array


class Terms(NamedTuple):
    """Of the month: rent, $ an hour and M$ a month; of open weights, compute served; settings.

    rates : interest a year, and limit of debt in months of revenue.
    """

    unit: float
    is_advertising: bool
    chip_share: float
    rates: tuple[float, float]


class Ahead(NamedTuple):
    """due : (months, codes, clouds), M$ of the year to come.  paid : (codes,), dues so far, M$.

    past_outflow : (months, codes), costs less income of the last months, oldest first.
    """

    due: Array
    paid: Array
    past_outflow: Array


@kernel
def forget(moved, paths):
    """Make the arrays of the ledger those of a month in which nothing has moved yet."""
    for payer in range(len(paths)):
        for payee in range(len(paths)):
            if paths[payer, payee] != 0:
                paths[payer, payee] = 0
                for kind in range(moved.shape[2]):
                    moved[payer, payee, kind] = 0.0


@inline
def post(money, payer, payee, kind, amount):
    """Move cash, M$."""
    if amount != 0.0:
        money.moved[payer, payee, kind] += amount
        money.paths[payer, payee] |= 1 << kind


@inline
def post_each(money, payments):
    """The same of several payments, most of which are nothing: payer, payee, kind and amount."""
    moved, paths = money.moved, money.paths
    for payer, payee, kind, amount in payments:
        if amount != 0.0:
            moved[payer, payee, kind] += amount
            paths[payer, payee] |= 1 << kind


@inline
def collect(money, others, clouds, bill, parts, is_advertising):
    """Users, apps and advertisers pay providers, hosts and clouds."""
    firms, spend, fees = others + ENTERPRISES, bill.spend, bill.fees
    revenue, app_spend = bill.revenue, bill.app_spend
    for code in range(CODES):
        payee = others + HOSTS if code == OPEN else code
        contracted = code < OPEN  # clouds receive what firms pay for open weights
        shown = revenue[CONSUMER, code] - spend[CONSUMER, code] - app_spend[CONSUMER, code]
        payments = (
            (others + DEVELOPERS, payee, USAGE, spend[CODING, code]),
            (others + CONSUMERS, payee, USAGE, spend[CONSUMER, code]),
            (others + APPS, payee, APP_USE, column_sum(app_spend, code)),
            (firms, payee, USAGE, spend[ENTERPRISE, code] if contracted else 0.0),
            (firms, payee, FEES, fees[ENTERPRISE, code] if contracted else 0.0),
            (others + ADVERTISERS, payee, ADVERTISING, max(shown, 0.0) if is_advertising else 0.0),
        )
        post_each(money, payments)
    for cloud in range(clouds):
        post(money, firms, CODES + cloud, USAGE, parts[cloud] * spend[ENTERPRISE, OPEN])
        post(money, firms, CODES + cloud, HOSTING, parts[cloud] * fees[ENTERPRISE, OPEN])


@inline
def received(money, payee):
    """What an account received this month so far, M$."""
    found = 0.0
    for payer in range(len(money.paths)):
        if money.paths[payer, payee] != 0:
            found += row_sum(money.moved[payer], payee)
    return found


@inline
def host(money, others, clouds, bill, parts, bought):
    """Hosts of open weights pay the clouds for what they serve; the rest is their own cost.

    bought : compute that open weights took, M$, of which firms have paid what they host themselves.
    """
    hosts = others + HOSTS
    income = received(money, hosts)
    cost = min(max(bought - bill.spend[ENTERPRISE, OPEN], 0.0), income)
    for cloud in range(clouds):
        post(money, hosts, CODES + cloud, SPOT, cost * parts[cloud])
    post(money, hosts, others + STAFF, OPERATIONS, income - cost)


@inline
def press(labs, ahead):
    """E34: how hard the dues of the next year press, and what is burnt a month: (codes,) each."""
    pressure, burn = np.zeros(CODES), np.zeros(CODES)
    months = len(ahead.past_outflow)
    for code in range(CODES):
        burn[code] = max(column_sum(ahead.past_outflow, code) / months, 0.0)
        if labs.active[code] and not labs.backed[code]:  # a parent pays whatever comes
            due = 0.0
            for month in range(len(ahead.due)):
                due += row_sum(ahead.due[month], code)
            income = labs.revenue[code] + labs.support[code] - labs.operations[code]
            pressure[code] = payment_pressure(due, income, liquid(labs, code))
    return pressure, burn


@kernel
def settle(money, others, bill, labs, costs, ahead, terms):
    """Post all payments of a month's end; returns payment pressure and what is burnt a month.

    Each is (codes,).  others : account of the first of OTHERS.
    """
    clouds, parts = labs.credits.shape[1], costs.spot_parts
    collect(money, others, clouds, bill, parts, terms.is_advertising)
    host(money, others, clouds, bill, parts, terms.unit * costs.inference[OPEN])
    paid = pay(labs, costs, terms.rates)
    support, covered, drawn, partner, people, outflow, dues, contracts, spot, by_credit = paid
    parents, lenders = others + PARENTS, others + INVESTORS
    staff, partners = others + STAFF, others + PARTNERS
    for code in range(CODES):
        payments = (
            (parents, code, SUPPORT, support[code]),
            (parents, code, SUPPORT, max(covered[code], 0.0)),
            (code, parents, SUPPORT, max(-covered[code], 0.0)),
            (lenders, code, DEBT, max(drawn[code], 0.0)),
            (code, lenders, DEBT, max(-drawn[code], 0.0)),
            (code, staff, OPERATIONS, people[code]),
            (code, partners, REVENUE_SHARE, partner[code]),
        )
        post_each(money, payments)
        for cloud in range(clouds):
            in_cash, on_spot, payee = contracts[code, cloud], spot[code, cloud], CODES + cloud
            post_each(money, ((code, payee, CONTRACTS, in_cash), (code, payee, SPOT, on_spot)))
    for cloud in range(clouds):
        redeemed = column_sum(by_credit, cloud)
        post(money, money.owners[cloud], CODES + cloud, CREDITS, redeemed)

    # Clouds pay the maker of their chips its part of what they received, all of it for compute.
    for cloud in range(clouds):
        chips = terms.chip_share * received(money, CODES + cloud)
        post(money, CODES + cloud, others + CHIP_MAKER, CHIPS, chips)

    move_on(ahead.past_outflow)
    for code in range(CODES):
        ahead.past_outflow[-1, code] = outflow[code]
        ahead.paid[code] += dues[code]
    return press(labs, ahead)


@kernel
def listed(moved, paths, balance, turnover):
    """Payments of a month, put into the balances: payers, payees and kinds, (3, payments), amounts.

    They stand in the order of the array.
    """
    size = len(paths)
    count = 0
    for payer in range(size):
        for payee in range(size):
            held = paths[payer, payee]
            while held != 0:
                count += held & 1
                held >>= 1
    places, amounts = np.empty((3, count), np.int64), np.empty(count)
    received, paid = np.zeros(size), np.zeros(size)
    place = 0
    for payer in range(size):
        for payee in range(size):
            held, kind = paths[payer, payee], -1
            while held != 0:
                is_paid, kind, held = held & 1, kind + 1, held >> 1
                amount = moved[payer, payee, kind]
                if is_paid and amount != 0.0:
                    places[0, place], places[1, place], places[2, place] = payer, payee, kind
                    amounts[place] = amount
                    received[payee] += amount
                    paid[payer] += amount
                    place += 1
    for account in range(size):
        balance[account] += received[account] - paid[account]
        turnover[account] += received[account] + paid[account]
    return places[:, :place].copy(), amounts[:place].copy()


class Owners(NamedTuple):
    """Columns of the investors, (V,), of what they hold, and of the providers, that a round moves.

    funds : accounts of the investors.  owned : (V, clouds), flags.  ties : (V, V).  since :
    (codes, V).  cash : (codes,).  credits : (codes, clouds).
    """

    powder: Array
    invested: Array
    funds: NDArray[np.int64]
    owned: NDArray[np.bool_]
    ties: Array
    since: Array
    cash: Array
    credits: Array


@kernel
def pay_in(money, others, owners, code, investors, tickets, clouds_have, home, part, month):
    """Pay the tickets of a round; returns their credits, M$, and the clouds that give these.

    E39: an owner of clouds pays a `part` in credits of its cloud: of the one at which alone the
    provider may sign, `home`, or else of the freest.  Investors are places, or OTHERS or PUBLIC.
    clouds_have : their parts of all capacity, that capacity, and what is contracted of theirs this
    month, (codes, clouds).  Who shares a round knows each other better from now on.
    """
    in_credits, clouds = np.zeros(len(tickets)), np.full(len(tickets), -1)
    parts, capacity, contracted = clouds_have
    free = np.empty(len(parts))
    free_of(parts, capacity, contracted, free)
    for place in range(len(tickets)):
        one, ticket = investors[place], tickets[place]
        if one < 0:
            payer = others + (SAVERS if one == PUBLIC else INVESTORS)
        else:
            payer, powder = owners.funds[one], owners.powder[one]
            post(money, others + SAVERS, payer, INFLOW, max(ticket - powder, 0.0))
            owners.powder[one] = max(powder - ticket, 0.0)
            owners.invested[one] += ticket
            owners.since[code, one] = min(owners.since[code, one], month)
            for cloud in range(len(free)):
                best = clouds[place]
                if owners.owned[one, cloud] and (best < 0 or free[cloud] > free[best]):
                    clouds[place] = cloud
            if home >= 0 and owners.owned[one, home]:
                clouds[place] = home
            if clouds[place] >= 0:
                in_credits[place] = part * ticket
                owners.credits[code, clouds[place]] += in_credits[place]
        post(money, payer, code, ROUNDS, ticket - in_credits[place])
        owners.cash[code] += ticket - in_credits[place]
        for other in investors[:place]:
            if one >= 0 and other >= 0:
                owners.ties[one, other] += 1.0
                owners.ties[other, one] += 1.0
    return in_credits, clouds
