"""Phase 6, procure: enterprises adopt, tender at contract end, renew or switch (E23-E28)."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import ENTERPRISE, NONE, OPEN
from agents.draws import below, stream, uniform
from agents.equations.adoption import adoption_hazard
from agents.equations.procurement import favoured_price
from agents.equations.shares import shares_of
from agents.neighbours import neighbour_totals
from simulation.tender import Tender, offered_prices, run_tender

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
ADOPTION, CONTRACT_END, PROVIDER_EXIT = 0, 1, 2


class Signing(NamedTuple):
    """Contracts signed by `rows` this month: term in months and price in $/Mtok, each (rows,)."""

    term: NDArray[np.int16]
    price: Array


def procure(market: "Market") -> None:
    """One month of enterprises; all see the providers of last month's end."""
    firms, month = market.enterprises, market.month
    live = market.offers.live[ENTERPRISE]
    seen = firms.provider.copy()
    firms.deploying[:] = False
    apply_favoured_prices(market)
    adopting = adopters(market, seen) | firms.waiting
    exited = (seen != NONE) & ~live[seen]
    ended = (seen != NONE) & (firms.ends <= month)
    rows = np.flatnonzero(adopting | exited | ended)
    if len(rows) == 0:
        return
    tender = run_tender(market, rows, seen)
    kind = np.where(
        seen[rows] == NONE, ADOPTION, np.where(exited[rows], PROVIDER_EXIT, CONTRACT_END)
    )
    signing = sign(market, rows, tender)
    market.recorder.tenders(rows, kind, seen[rows], tender, signing)


def adopters(market: "Market", seen: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """E23: firms without a contract that decide this month to have one; shape (firms,)."""
    firms, settings = market.enterprises, market.config.enterprises
    if not market.offers.live[ENTERPRISE].any():
        return np.zeros(len(firms), np.bool_)
    outside = np.flatnonzero(seen == NONE)
    if settings.adoption_reference == "market":
        adopted = np.full(len(outside), 1.0 - len(outside) / len(firms))
    else:
        heads = neighbour_totals(market.graphs["enterprises"], outside, seen, np.ones(len(firms)))
        adopted = shares_of(heads)[:, :NONE].sum(axis=1)
    hazard = adoption_hazard(adopted, settings.innovation, settings.imitation)
    keys = below(stream(market.config.seed, "enterprises.adoption"), market.month, outside)
    chosen = np.zeros(len(firms), np.bool_)
    chosen[outside] = uniform(keys) < hazard
    return chosen


def apply_favoured_prices(market: "Market") -> None:
    """E26: contracts follow the list price down, never up; self-hosting pays today's cost."""
    firms = market.enterprises
    offered = np.append(offered_prices(market)[:NONE], np.nan)[firms.provider]
    hosted = (firms.provider == OPEN) & ~np.isnan(offered)
    firms.price[:] = np.where(hosted, offered, favoured_price(firms.price, offered))


def sign(market: "Market", rows: NDArray[np.int64], tender: Tender) -> Signing:
    """Write the winners' contracts into the columns.

    A tender without a winner waits a month, and the firm keeps what it had.
    """
    firms, month = market.enterprises, market.month
    won = tender.winner != NONE
    signing = Signing(
        terms(market, rows), np.where(won, offered_prices(market)[tender.winner], np.nan)
    )
    winners, signed = rows[won], Signing(signing.term[won], signing.price[won])
    first = firms.provider == NONE
    firms.waiting[rows] = ~won
    firms.ends[rows] = month + 1
    firms.adopted[winners] = np.where(first[winners], month, firms.adopted[winners])
    moved = tender.winner[won] != firms.provider[winners]
    firms.since[winners] = np.where(moved, month, firms.since[winners])
    firms.deploying[winners] = moved
    firms.ends[winners] = month + signed.term
    firms.price[winners], firms.second[winners] = signed.price, tender.second[won]
    firms.provider[winners] = tender.winner[won]
    return signing


def terms(market: "Market", rows: NDArray[np.int64]) -> NDArray[np.int16]:
    """E26: length of each contract, months: pay-as-you-go, or a keyed draw of the fixed terms."""
    settings = market.config.enterprises
    months = np.array(list(settings.terms), np.int16)
    edges = np.cumsum(list(settings.terms.values()))[:-1]
    keys = below(stream(market.config.seed, "enterprises.term"), market.month, rows)
    drawn = months[np.searchsorted(edges, uniform(keys), side="right")]
    as_it_goes = market.enterprises.pays_as_it_goes[rows]
    return np.where(as_it_goes, settings.pay_as_you_go_term, drawn).astype(np.int16)
