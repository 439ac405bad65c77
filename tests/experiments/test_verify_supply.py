"""The limit cases of the supply side: they meet what they are about, and hold on other seeds."""

import ast
from collections import Counter

import numpy as np
import pytest

from experiments import verify
from experiments.verification.books import Books
from experiments.verification.case import Case, Row
from experiments.verification.trial import settings, trial_of
from experiments.verification.v18_compute import counts
from experiments.verification.v22_prices import listed

OUTSIDERS = (
    "books",
    "companies",
    "happenings",
    "holders",
    "schedule",
    "v12_training",
    "v13_spillover",
    "v14_rent",
    "v15_runway",
    "v17_ledger",
    "v16_shares",
    "v17_owners",
)
OF_ANY_RUN = ("V17", "V18", "V22")
CASES = [
    case
    for case in verify.every_case()
    if case.name in OF_ANY_RUN and settings(case.config).supply.endogenous
]


def broken(case: Case, *sets: str) -> list[Row]:
    """Rows of a case that do not hold, where both theory and run have other settings."""
    config = settings(case.config, sets)
    return [row for row in case.check(config, trial_of(config)) if not row.holds]


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.config}: {case.law[:20]}")
def test_what_holds_in_any_run_holds_on_other_seeds(case: Case, seed: int) -> None:
    # Where bounds of markups are not met on a seed, nothing is said of them.
    rows = [row for row in broken(case, f"seed={seed}") if "est markup" not in row.what]
    assert rows == []


ODD = {
    "hardly any compute": ("compute.capacity=2",),
    "more compute than anybody wants": ("compute.capacity=100000",),
    "everybody spends what it does not have": ("planning.profit_share=8", "finance.grace=6"),
    "contracts every month, at once, for ten years": (
        *("planning.contract_interval=1", "compute.contract_lead=0", "compute.contract_term=120"),
        *("providers.OpenAI.leverage=40", "providers.Anthropic.leverage=40"),
    ),
    "free compute": ("compute.rent=1e-6", "compute.rent_limit=1e-5"),
    "lenders without end": ("finance.debt_limit=1200", "finance.interest=2"),
    "all rounds are credits": ("finance.credit_share=.9", "providers.OpenAI.credits=1"),
    "all revenue is shared": ("providers.OpenAI.revenue_shared=1",),
    "advertising and idle compute": (
        *("consumers.ad_revenue=2", "consumers.advertisers=[OpenAI, xAI]"),
        "compute.sublet=.8",
    ),
    "companies use more than people": ("apps.usage_share=3",),
    "one month of patience": ("finance.grace=1", "planning.spending_months=2"),
}


@pytest.mark.parametrize("odd", ODD)
def test_books_balance_in_odd_markets(odd: str) -> None:
    """What an outsider counts is what the books hold, whatever the settings."""
    (case,) = (case for case in CASES if case.config == "v17_baseline")
    assert broken(case, *ODD[odd]) == []


def test_an_outsider_reads_tables_and_config_alone() -> None:
    """No module of the engine is imported by those who count its money, but for types."""
    for name in OUTSIDERS:
        tree = ast.parse((verify.FOLDER / f"{name}.py").read_text(encoding="utf-8"))
        found = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        engine = {str(module) for module in found} & {"agents", "simulation"}
        packages = {str(module).split(".")[0] for module in found}
        assert not engine and packages <= {
            "collections",
            "functools",
            "typing",
            "re",
            "numpy",
            "experiments",
        }, name


# --- Each config meets what it is about ----------------------------------------------------------


def test_compute_is_short_and_export_control_binds() -> None:
    config = settings("v18_scarce")
    books, counted, demand = counts(config, config)
    months = len(books.spot)
    assert months / 4 < (books.spot < 1.0).sum() < months
    signed_away = demand.held.sum(axis=1) > demand.capacity
    assert 6 < signed_away.sum() < months / 2
    assert (demand.inference + demand.research > demand.allowed).sum() > 12
    short = books.inference < 0.99 * demand.inference
    assert short.sum() > 12
    held = (books.inference > 0.0) & (books.inference < 0.99 * demand.inference)
    assert held.any(), "inference is never served in part"
    assert (counted.tokens < 0.99 * demand.tokens).any()


def test_open_weights_cap_some_prices_and_not_all() -> None:
    found, _, caps = listed(settings("v22_prices"), settings("v22_prices"))
    bound = found >= caps * (1.0 - 1e-9)
    assert 20 < bound.sum() < np.isfinite(caps).sum() < len(found)


def test_money_is_borrowed_owed_shared_and_lost() -> None:
    """The market short of money has a payment of every kind, and failures with debts."""
    config = settings("v17_hardship")
    records = trial_of(config).market.records
    books = Books(config, records)
    kinds = Counter(records.table("ledger")["kind"])
    assert min(kinds[kind] for kind in ("sublet", "advertising", "debt", "credits", "rounds")) > 10
    assert books.held("debt").max() > 100.0
    failed = books.failed < books.months
    assert failed.sum() >= 3
    assert (books.held("written_off")[-1][failed] > 1.0).all()


def test_a_run_out_of_money_meets_every_part_of_the_cut() -> None:
    """Pressure lies below both bands, between them and above them, and everybody fails."""
    config = settings("v15_runway")
    books = Books(config, trial_of(config).market.records)
    assert (books.failed < books.months).all()
    pressure = books.held("payment_pressure")[books.alive]
    bands = (config.finance.stressed, config.finance.distressed)
    counts_of = np.bincount(np.digitize(pressure, bands), minlength=3)
    assert (counts_of > 3).all()
