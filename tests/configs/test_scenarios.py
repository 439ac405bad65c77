"""Scenarios: each differs from the baseline in what the specification says and in nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest

from experiments.cli import main
from simulation.columns import TABLES
from simulation.config import Config, load
from simulation.config_text import leaves, plain

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
FOLDER = CONFIGS / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
S0 = "s00_baseline"
GONE = "gone"


def fired(name: str, month: int, kind: str, **settings: Any) -> dict[str, Any]:
    """What an event adds to a config, by path."""
    steps = {f"events.{name}.{kind}.{setting}": value for setting, value in settings.items()}
    return {f"events.{name}.month": month, **steps}


def set_in(name: str, month: int, changes: dict[str, Any]) -> dict[str, Any]:
    """The same for an event that sets parameters by their paths."""
    return {f"events.{name}.month": month} | {
        f"events.{name}.set.{path}": value for path, value in changes.items()
    }


def peers(weight: float) -> dict[str, float]:
    return {"developers.peer_weight": weight, "consumers.peer_weight": weight}


def focused(name: str, *parts: float) -> dict[str, float]:
    segments = ("coding", "enterprise", "consumer")
    return {f"providers.{name}.focus.{s}": p for s, p in zip(segments, parts, strict=True)}


POPULATIONS = ("developers", "consumers", "enterprises")
MISS = {
    path: value
    for segment in ("coding", "enterprise")
    for path, value in fired(
        f"revenue_miss_{segment}", 36, "demand_shock", segment=segment, factor=0.5, months=12
    ).items()
}
HEAVY = {
    "providers.OpenAI.leverage": 5.0,
    "providers.OpenAI.optimism": 2.0,
    "providers.OpenAI.strategy.term": 84,
    "compute.contract_term": 84,
}
ADS = {"consumers.ad_revenue": 1.0, "consumers.advertisers": ["OpenAI", "Google", "Meta", "xAI"]}


def leap(public: float) -> dict[str, Any]:
    settings = {"provider": "OpenAI", "gain": 0.5, "public": public}
    return fired("efficiency_revolution", 36, "efficiency_shock", **settings)


# What each file says, by path of the whole config: section 11 of the specification.
CHANGES: dict[str, dict[str, Any]] = {
    S0: {},
    "s01_no_network": {
        **{f"{name}.peer_weight": 0.0 for name in POPULATIONS},
        **{f"{name}.adoption_reference": "market" for name in POPULATIONS},
        "enterprises.usage_pull": 0.0,
        "investment.herding": 0.0,
    },
    "s02_supercritical_network": peers(4.0),
    "s02_hysteresis": {
        **set_in("herding_begins", 24, peers(6)),
        **set_in("herding_ends", 72, peers(1.5)),
    },
    "s03_coding_loss": set_in("coding_loss", 24, focused("OpenAI", 0.15, 0.36, 0.49)),
    "s03_coding_gain_of_a_rival": set_in(
        "coding_gain", 24, focused("Anthropic", 0.75, 0.175, 0.075)
    ),
    "s04_safety_regulation": fired("safety_regulation", 36, "safety_rule", minimum=0.5),
    "s05_capital_drought": fired("capital_drought", 36, "capital_shock", shift=-0.6, months=24),
    "s06_mega_round": fired(
        "mega_round", 38, "mega_round", provider="OpenAI", amount=110_000.0, investor=None
    ),
    "s07_commitment_lock_in": {**HEAVY, **MISS},
    "s07_revenue_miss": MISS,
    "s07_heavy_commitments": HEAVY,
    "s07_light_commitments": {
        "providers.OpenAI.leverage": 1.0,
        "providers.OpenAI.optimism": 0.25,
        "providers.OpenAI.strategy.term": 36,
        "compute.contract_term": 12,
        **MISS,
    },
    "s07_sublet": {**HEAVY, **MISS, "compute.sublet": 0.8},
    "s07_long_lead": {**HEAVY, **MISS, "compute.contract_lead": 18},
    "s08_efficiency_private": leap(0.0),
    "s08_efficiency_public": leap(1.0),
    "s09_cheap_compute": {"compute.capacity_growth": 0.1495},
    "s09_dear_compute": {"compute.capacity_growth": 0.0805},
    "s10_open_weights_surge": {
        "research.spillover": 0.08,
        **fired("open_weights_catch_up", 36, "open_release", gain=0.7),
        **set_in("meta_closes", 48, {"providers.Meta.open_weights": False}),
    },
    "s11_no_export_control": dict.fromkeys(
        (
            "events.chip_export_rule.month",
            "events.chip_export_rule.export_control.region",
            "events.chip_export_rule.export_control.cap",
            "events.chip_export_rule.export_control.surcharge",
        ),
        GONE,
    ),
    "s11_export_ban": {"events.chip_export_rule.export_control.cap": 0.0},
    "s12_price_war": fired("price_war", 36, "price_war", provider="Google", factor=0.5, months=12),
    "s13_portability": {
        f"{name}.{cost}": value
        for name in ("developers", "consumers")
        for cost, value in (("switching_cost_base", 0.25), ("switching_cost_growth", 0.75))
    },
    "s13_no_merger_control": {"distress.blocking_probability": 0.0},
    "s13_no_credits": {"finance.credit_share": 0.0},
    "s13_no_circular_finance": {"finance.credit_share": 0.0, "investment.commitment": 0.0},
    "s14_ads": ADS,
    "s14_ads_and_ipo": {**ADS, **fired("ipo_window", 36, "ipo_window", open=True)},
}
# Outside their plausible range on purpose: the specification says x 1.3.
NOTED = {"s09_cheap_compute": ["compute.capacity_growth = 0.1495"]}


# --- What they say -------------------------------------------------------------------------------


def flat(config: Config) -> dict[str, Any]:
    """Every value by its path."""
    values, found = plain(config), {}
    for steps in leaves(values):
        value = values
        for step in steps:
            value = value[step]
        found[".".join(steps)] = value
    return found


def differences(config: Config) -> dict[str, Any]:
    """What a config says otherwise than the baseline, its name and description apart."""
    here, base = flat(config), flat(load(CONFIGS / "baseline.yaml"))
    return {
        path: here.get(path, GONE)
        for path in {**base, **here}
        if here.get(path, GONE) != base.get(path, GONE) and path not in ("name", "description")
    }


def looked_at(text: str) -> list[str]:
    """Columns that the file tells the reader to look at, as TABLE.COLUMN."""
    comments = " ".join(line[1:].strip() for line in text.splitlines() if line.startswith("#"))
    said = comments.partition("Look at: ")[2]
    return [f"{t}.{c}" for t, c in re.findall(r"\b([a-z_]+)\.([a-z_]+)\b", said)]


def unknown_columns(text: str) -> list[str]:
    known = {f"{table}.{column.name}" for table in TABLES for column in TABLES[table]}
    return [name for name in looked_at(text) if name not in known]


def test_every_scenario_stands_here() -> None:
    assert [path.stem for path in FILES] == sorted(CHANGES)
    numbers = {name[:3] for name in CHANGES}
    assert numbers == {f"s{number:02}" for number in range(15)}


@pytest.mark.parametrize("name", CHANGES)
def test_it_differs_from_the_baseline_in_what_it_says_and_nothing_else(name: str) -> None:
    config = load(FOLDER / f"{name}.yaml")
    assert differences(config) == CHANGES[name]
    assert config.name == name
    assert config.months == 120


def test_a_change_that_nobody_listed_is_found() -> None:
    config = load(FOLDER / "s05_capital_drought.yaml", ["planning.imitation=.1"])
    assert set(differences(config)) - set(CHANGES["s05_capital_drought"]) == {"planning.imitation"}
    without = load(FOLDER / "s05_capital_drought.yaml", ["events.ai_act=null"])
    assert differences(without)["events.ai_act.month"] == GONE


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_check_finds_nothing_that_was_not_meant(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(path)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if "note:" in line]
    wanted = NOTED.get(path.stem, [])
    assert len(told) == len(wanted)
    assert all(text in line for text, line in zip(wanted, told, strict=True))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_opens_with_its_question_and_names_columns_that_there_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    opening = text.split("\nschema_version")[0]
    assert "?" in opening or "other side of" in opening or "other half of" in opening
    assert "Look at: " in text
    assert unknown_columns(text) == []
    if path.stem != S0:
        assert looked_at(text)


def test_a_column_that_there_is_not_is_found() -> None:
    assert unknown_columns("# Look at: market.hhi_revenue, market.hhi,\n#   rounds.lead.") == [
        "market.hhi"
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_stands_in_the_index(path: Path) -> None:
    assert INDEX.count(f"[{path.stem}]({path.name})") == 1
