"""Wrong values and legal configs: the rows see what is spoilt in the reading and the records."""

import math
from collections.abc import Callable
from typing import Any

import legal_configs
import legal_draws
import numpy as np
import pytest
import wrong_values

from agents import enterprises
from agents.parameters import sections
from simulation import config_event_checks, market
from simulation.config import Config, ConfigError, load
from simulation.records import Records

Load = Callable[..., Config]
FALLBACK = {"schema_version": 1, "supply": {"offers": {"A": {}}}}


def lenient(*said: Any) -> Config:
    """Read what it can, and take the default where it cannot."""
    try:
        return load(*said)
    except ConfigError:
        return load(FALLBACK)


def nameless(*said: Any) -> Config:
    """Refuse without a name."""
    try:
        return load(*said)
    except ConfigError:
        raise ConfigError(["config: something is wrong"]) from None


def strict(*said: Any) -> Config:
    """Refuse everything."""
    raise ConfigError([f"config: {' '.join(map(str, said))}: no"])


def careless(*said: Any) -> Config:
    """Forget that a value may be of another kind."""
    raise TypeError("unorderable")


def unbounded(*said: Any) -> Config:
    """Let a number through that is none."""
    config = load(*said)
    choice = config.choice.model_copy(update={"upgrade_rate": math.nan})
    return config.model_copy(update={"choice": choice})


@pytest.mark.parametrize(
    ("reading", "problem"),
    [
        (lenient, "wrong, but taken"),
        (nameless, "the refusal does not name it"),
        (strict, "legal, but refused"),
        (careless, "TypeError: unorderable"),
        (unbounded, "a number that is not finite reached the model"),
    ],
)
def test_a_value_that_is_read_wrongly_is_seen(
    monkeypatch: pytest.MonkeyPatch, reading: Load, problem: str
) -> None:
    monkeypatch.setattr(wrong_values, "load", reading)
    assert [line for line in wrong_values.run(1, 200) if problem in line]


def test_events_that_are_not_checked_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_event_checks, "tried", lambda config, values, _: (values, {}))
    found = wrong_values.run(1, 300)
    assert found and all(line.startswith("event, ") for line in found)


def test_the_draws_reach_every_family_event_and_freeze() -> None:
    drawn = [legal_configs.settled(legal_configs.config_of(f"1 {case}")) for case in range(160)]
    families = {getattr(one.networks, name).family for one in drawn for name in ("developers",)}
    known = {form.model_fields["family"].default for form in forms()}
    assert families >= known
    for reached in (
        [one for one in drawn if one.events],
        [one for one in drawn if one.freeze],
        [one for one in drawn if one.supply.recorded],
        [one for one in drawn if one.supply.offers],
        [one for one in drawn if one.initial.developers.adopted > 0],
    ):
        assert len(reached) > 5


def forms() -> list[Any]:
    """Every form of a network."""
    field = Config.model_fields["networks"]
    (networks,) = sections(field.annotation)
    return sections(networks.model_fields["developers"].annotation)


SOMEBODY: dict[str, Any] = {
    "months": 4,
    "supply": {"offers": {"A": {}, "B": {}}},
    "initial": {"developers": {"adopted": 0.5, "shares": {"A": 0.5, "B": 0.5}}},
    "developers": {"count": 60, "innovation": 0.2},
    "consumers": {"count": 60, "innovation": 0.2},
    "enterprises": {"count": 60, "innovation": 0.2},
}


def spoilt(name: str, column: str, change: Callable[[Any], Any]) -> Callable[[Records], None]:
    """Make a function that changes one column of the records."""

    def spoil(records: Records) -> None:
        records.tables[name][column] = change(records.tables[name][column].copy())

    return spoil


def with_first(value: Any) -> Callable[[Any], Any]:
    """Make a function that changes the first entry of an array."""

    def change(values: Any) -> Any:
        values[0] = value(values[0]) if callable(value) else value
        return values

    return change


SPOILT: dict[str, Callable[[Records], None]] = {
    "numbers are missing": spoilt("segments", "users", with_first(np.nan)),
    "not there exactly where there is an offer": spoilt("segments", "brand", with_first(np.nan)),
    "negative": spoilt("segments", "tokens", with_first(-1.0)),
    "segments.account_share: the sum is off": spoilt(
        "segments", "account_share", lambda values: values * (1 + 1e-11)
    ),
    "market.hhi_coding: outside 0 to 1": spoilt("market", "hhi_coding", lambda values: values + 1),
    "not there exactly where there is revenue": spoilt("market", "regime", with_first("none")),
    "does not follow from its numbers": spoilt(
        "market", "regime", lambda labels: np.where(labels == "open", "monopoly", "open")
    ),
    "more than there are": spoilt("market", "frontier_providers", with_first(99)),
    "accounts change without a flow": spoilt("segments", "accounts", with_first(lambda n: n + 1)),
    "agents more or fewer than accounts": spoilt("cohorts", "agents", lambda values: values + 1),
    "bills: paid less received": spoilt("segments", "revenue", lambda values: values * 1.001),
    "market.spend is not the sum": spoilt("market", "spend", lambda values: values * 1.001),
    "utility is not the sum of its terms": spoilt("flows", "taste", lambda values: values + 1),
    "market.adopted_coding": spoilt("market", "adopted_coding", lambda values: values * 0.9),
    "market.apps": spoilt("market", "apps", lambda values: values + 1),
    "before the first month": spoilt("flows", "agents", with_first(lambda n: n + 1)),
}


@pytest.mark.parametrize("problem", SPOILT)
def test_records_that_are_spoilt_are_seen(monkeypatch: pytest.MonkeyPatch, problem: str) -> None:
    def spoilt_run(config: Config, **options: Any) -> Records:
        records = market.run(config, **options)
        SPOILT[problem](records)
        return records

    config = legal_configs.settled(SOMEBODY)
    assert legal_draws.problems_of(config) == []
    monkeypatch.setattr(legal_draws, "run_market", spoilt_run)
    found = legal_draws.problems_of(config)
    assert [line for line in found if problem in line], found


def test_a_second_run_that_differs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_threads(config: Config, threads: int = 1) -> Records:
        return market.run(config.model_copy(update={"seed": threads}))

    monkeypatch.setattr(legal_draws, "run_market", with_threads)
    found = legal_draws.problem_of(SOMEBODY)
    assert "differs in a second run" in found


def test_a_crash_is_told_as_small_as_it_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the smallest criteria weights, removed, is found and blamed on them."""
    criteria = {"cost": 5e-324, "safety": 2.0}
    firms = {**SOMEBODY["enterprises"], "criteria": criteria, "discount": 0.2}
    monkeypatch.setattr(legal_draws, "config_of", lambda case: {**SOMEBODY, "enterprises": firms})
    assert legal_draws.run(1, 1) == []
    monkeypatch.setattr(enterprises, "LEAST_SHAPE", 0.0)
    (told,) = legal_draws.run(1, 1)
    assert "RuntimeWarning in criteria_weights" in told
    assert "'criteria': {'cost': 5e-324}" in told and "discount" not in told
