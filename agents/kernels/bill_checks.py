"""What is billed, served and demanded, compared: the first account of a month that is off.

The accounts stand in the order in which they are looked at; `simulation.identities` words them.
"""

import numpy as np

from agents.apps import API
from agents.codes import CODES, CONSUMER, ENTERPRISE, NONE, OPEN
from agents.compiled import inline, kernel

RELATIVE = 1e-9
ALL = -1  # in place of a segment or of a code: the account is that of all of them
ACCOUNTS = (
    "size shares of apps",
    "tokens billed and not served",
    "tokens served and not billed",
    "tokens served and not demanded",
    "tokens of users without an offer",
    "tokens of apps without an offer",
    "tokens of apps, trillion",
    "apps: bills, M$",
    "bills, M$",
    "negative or missing tokens",
    "negative or missing spend",
    "negative or missing fees",
    "negative or missing app_tokens",
    "negative or missing app_spend",
)
SIZES, TOKENS, APP_TOKENS, APP_BILLS, BILLS, LEAST = 0, 1, 6, 7, 8, 9
API_OF = tuple(API.tolist())
SOUND = (ALL, ALL, ALL, 0.0)


@inline
def is_off(apart, whole):
    """Whether an amount is more than rounding of `whole`, or no number."""
    return not abs(apart) <= RELATIVE * max(whole, 1.0)


@kernel
def first_off(bills, live, price, apps, usage_share, is_advertising):
    """Account, segment, code and amount of the first account that is off; account ALL for none.

    bills : of the month.  live, price : (3, codes) of the offers.  apps : segment, provider, share
    and spend of the companies, and `in_house`.  is_advertising : providers may receive more than
    users pay.
    """
    segments, provider, share, spend, in_house = apps
    parts = len(in_house)
    companies, served, whole, held = np.zeros((4, parts))
    paid = 0.0
    for row in range(len(segments)):
        companies[segments[row]] += 1.0
        served[segments[row]] += provider[row] != NONE
        whole[segments[row]] += share[row]
        paid += spend[row]

    # Size shares make wholes.
    for part in range(parts):
        for code in range(CODES):
            held[part] += in_house[part, code]
        everybody = companies[part] > 0.0 or held[part] > 0.0
        apart = whole[part] + held[part] - everybody
        if not abs(apart) <= RELATIVE:
            return SIZES, part, ALL, apart

    # What payers are billed is what is served, at most what is demanded, where there is an offer.
    worst, off, demanded = 0.0, SOUND, 0.0
    for account in range(APP_TOKENS - TOKENS):
        for part in range(parts):
            for code in range(CODES):
                billed = bills.tokens[part, code] + bills.app_tokens[part, code]
                if account == 0:
                    apart = billed - bills.served[part, code]
                    demanded += bills.demanded[part, code]
                elif account == 1:
                    apart = bills.served[part, code] - billed
                elif account == 2:
                    apart = bills.served[part, code] - bills.demanded[part, code]
                elif account == 3:
                    apart = 0.0 if live[part, code] else bills.tokens[part, code]
                else:
                    apart = 0.0 if live[API_OF[part], code] else bills.app_tokens[part, code]
                if not apart <= worst and worst == worst:
                    worst, off = apart, (TOKENS + account, part, code, apart)
    if not worst <= RELATIVE * max(demanded, 1.0):
        return off

    # Apps use their share of what direct users do, and what they pay reaches providers and hosts.
    received = 0.0
    for part in range(parts):
        direct, asked = 0.0, 0.0
        for code in range(CODES):
            direct += bills.demanded[part, code] - bills.app_demanded[part, code]
            asked += bills.app_demanded[part, code]
            received += bills.app_spend[part, code]
        due = usage_share * direct if served[part] > 0.0 or held[part] > 0.0 else 0.0
        if is_off(asked - due, due):
            return APP_TOKENS, part, ALL, asked - due
        for code in range(CODES):
            absorbed = due * in_house[part, code] * bills.served_share[code]
            paid += absorbed * price[API_OF[part], code]
    if is_off(received - paid, paid):
        return APP_BILLS, ALL, ALL, received - paid

    # What users and advertisers pay is what providers and hosts receive; nothing is negative.
    for part in range(parts):
        paid, apart = 0.0, 0.0
        for code in range(CODES):
            bill = bills.spend[part, code] + bills.fees[part, code] + bills.app_spend[part, code]
            paid += bill
            apart += bills.revenue[part, code] - bill
        if part == ENTERPRISE:
            apart += bills.spend[part, OPEN] + bills.fees[part, OPEN]  # to clouds
        if part == CONSUMER and is_advertising:
            apart = min(apart, 0.0)
        if is_off(apart, paid):
            return BILLS, part, ALL, apart
    amounts = (bills.tokens, bills.spend, bills.fees, bills.app_tokens, bills.app_spend)
    for place, amount in enumerate(amounts):
        for part in range(parts):
            for code in range(CODES):
                if not amount[part, code] >= 0.0:
                    return LEAST + place, ALL, ALL, amount[part, code]
    return SOUND
