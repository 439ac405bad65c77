"""The markets that are measured."""

from pathlib import Path

from simulation.config import Config, load

ROOT = Path(__file__).resolve().parents[2]
RECORDED, BASELINE = (ROOT / "configs" / name for name in ("recorded.yaml", "baseline.yaml"))
MILLION = 1_000_000
PROVIDERS, OPEN_PROVIDERS = 8, 3
HAZARD = 0.15  # of workload W1


def developer_market(developers: int, *sets: str) -> Config:
    """Developers who all use one of eight providers, three of them in the nest.

    Ring with hubs of mean degree 10, 8 taste types, flows; with `awake` it is workload W1.
    """
    offers = {
        f"P{place}": {
            "capability": 1 + 0.05 * place,
            "price": 4 + place,
            "open_weights": place < OPEN_PROVIDERS,
        }
        for place in range(PROVIDERS)
    }
    start = {"adopted": 1, "shares": dict.fromkeys(offers, 1 / PROVIDERS), "tenure": 6}
    nobody = {"family": "none"}
    source = {
        "schema_version": 1,
        "supply": {"offers": offers},
        "developers": {"count": developers},
        "consumers": {"count": 1},
        "enterprises": {"count": 1, "innovation": 0, "imitation": 0},
        "initial": {"developers": start},
        "networks": {
            "developers": {"family": "ring_hubs", "degree": 10, "hub_links": 2},
            "consumers": nobody,
            "enterprises": nobody,
        },
    }
    return load(source, sets)


def awake(hazard: float = HAZARD) -> list[str]:
    """Settings under which this share of the developers looks around each month."""
    return [f"developers.reconsideration_probability={hazard}"]


def recorded_market(developers: int) -> Config:
    """The recorded market with as many consumers as developers, and a tenth of enterprises."""
    sizes = {
        "developers": developers,
        "consumers": developers,
        "enterprises": max(developers // 10, 1),
    }
    return load(RECORDED, [f"{name}.count={count}" for name, count in sizes.items()])
