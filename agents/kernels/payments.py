"""What moved in a month as a list of payments, and what it does to the accounts."""

import numpy as np

from agents.compiled import kernel


@kernel
def listed(moved, balance, turnover):
    """Places of payers, payees and kinds, and amounts, of all that is not 0, in this order.

    moved : (payers, payees, kinds), M$.  balance, turnover : (accounts,), changed in place.
    """
    payers, payees, kinds = moved.shape
    number = 0
    for payer in range(payers):
        for payee in range(payees):
            for kind in range(kinds):
                number += moved[payer, payee, kind] != 0.0
    places, amounts = np.empty((3, number), np.int64), np.empty(number)
    received, paid = np.zeros(payees), np.zeros(payers)
    number = 0
    for payer in range(payers):
        for payee in range(payees):
            for kind in range(kinds):
                amount = moved[payer, payee, kind]
                if amount != 0.0:
                    places[0, number], places[1, number], places[2, number] = payer, payee, kind
                    amounts[number] = amount
                    received[payee] += amount
                    paid[payer] += amount
                    number += 1
    for account in range(payers):
        balance[account] += received[account] - paid[account]
        turnover[account] += received[account] + paid[account]
    return places, amounts
