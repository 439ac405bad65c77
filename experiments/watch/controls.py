"""What a user can change while the market runs: sliders, dated events, and both as YAML.

A change is an event of the config in the month in which it is made, so that the market that is
watched is always that of one config: what is saved gives the same run, to the last byte.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic.fields import FieldInfo

from agents.parameters import FrozenMap, about
from simulation.config import Config, value_at, with_changes
from simulation.event_catalogue import KINDS

if TYPE_CHECKING:
    from simulation.market import Market

# The main parameters, with the words of the page; all else comes from their declarations.
SLIDERS = {
    "developers.peer_weight": ("Developers", "Pull of peers"),
    "developers.capability_weight": ("Developers", "Weight of capability"),
    "developers.price_weight": ("Developers", "Weight of price"),
    "developers.safety_weight": ("Developers", "Weight of safety"),
    "developers.switching_cost_factor": ("Developers", "Cost of switching"),
    "developers.reconsideration_base": ("Developers", "Looking around"),
    "developers.trial_probability": ("Developers", "Trying as a second"),
    "enterprises.usage_pull": ("Enterprises", "Pull of own developers"),
    "enterprises.peer_weight": ("Enterprises", "Pull of peers"),
    "enterprises.incumbent_base": ("Enterprises", "Bonus of the incumbent"),
    "consumers.brand_weight": ("Consumers", "Weight of brand"),
    "consumers.peer_weight": ("Consumers", "Pull of peers"),
    "consumers.switching_cost_factor": ("Consumers", "Cost of switching"),
    "choice.nest_dissimilarity": ("Open weights", "How unlike they are"),
    "planning.spending_months": ("Providers", "Months that money has to last"),
    "research.own_progress": ("Providers", "Progress of algorithms"),
    "research.spillover": ("Providers", "Spillover to others"),
    "research.incident_hazard": ("Providers", "Hazard of incidents"),
    "entry.hazard": ("Newcomers", "Founders who try"),
}
PREFIX = "watch"


def sliders(config: Config) -> list[dict[str, Any]]:
    """Every slider that the config has, with its unit, range and value."""
    found = []
    for key, (group, title) in SLIDERS.items():
        field = field_of(config, key)
        said = about(field) if field else None
        if field is None or said is None or said.at_start or said.range is None:
            continue
        value = value_at(config, key)
        if isinstance(value, int | float):
            low, high = min(said.range[0], value), max(said.range[1], value)
            found.append(
                {
                    "key": key,
                    "group": group,
                    "title": title,
                    "unit": said.unit,
                    "doc": field.description,
                    "low": low,
                    "high": high,
                    "value": float(value),
                }
            )
    return found


def field_of(config: Config, key: str) -> FieldInfo | None:
    """Declaration of a parameter by its dotted path; None where the config has none there."""
    section, name = key.split(".")
    return type(getattr(config, section)).model_fields.get(name)


def kinds_of_events(config: Config) -> list[dict[str, Any]]:
    """Kinds of events that can happen to this market, with their settings."""
    found = []
    for name, kind in KINDS.items():
        if kind.decides and not config.supply.endogenous:
            continue
        title = (kind.__doc__ or name).splitlines()[0].rstrip(".")
        settings = [setting(key, field) for key, field in kind.model_fields.items()]
        found.append({"kind": name, "title": title, "settings": [s for s in settings if s]})
    return found


def setting(key: str, field: FieldInfo) -> dict[str, Any] | None:
    """One setting of an event as the page asks for it; None for one that may stay unsaid."""
    said = about(field)
    if not field.is_required() and field.default is None:
        return None
    told: dict[str, Any] = {"key": key, "doc": field.description, "unit": said.unit if said else ""}
    if key == "provider":
        told["form"] = "provider"
    elif field.annotation is bool:
        told["form"] = "flag"
    elif field.annotation in (int, float):
        told["form"] = "whole" if field.annotation is int else "number"
        if said and said.range:
            told |= {"low": said.range[0], "high": said.range[1]}
        elif said and said.bounds:
            told |= {"low": said.bounds[0], "high": said.bounds[1]}
    else:
        told["form"] = "choice" if get_args(field.annotation) else "word"
        told["choices"] = [word for word in get_args(field.annotation) if isinstance(word, str)]
    if not field.is_required():
        told["value"] = field.default
    return told


class Controls:
    """The config of the market that is watched, and what was changed in it.

    base : as it was read.  config : with what is changed from the start, and with the events of
    all changes on the way.  values : of the sliders that differ from the base.
    """

    def __init__(self, base: Config) -> None:
        """Begin with the base."""
        self.base = self.config = base
        self.values: dict[str, float] = {}

    def begin_anew(self) -> Config:
        """Config of a fresh start: sliders hold from the first month, dropped events are gone."""
        self.config = with_changes(self.base, self.values) if self.values else self.base
        return self.config

    def set(self, market: "Market", values: Mapping[str, float]) -> None:
        """Set parameters from the next month of `market` on.

        Raises
        ------
        ConfigError, KeyError
        """
        unknown = set(values) - set(SLIDERS)
        if unknown:
            raise KeyError(f"no slider {', '.join(sorted(unknown))}")
        name, held = self.last_of(market.month)
        self.add(market, name, {"set": {**held, **values}})
        for key, value in values.items():
            self.values[key] = value
            if value == value_at(self.base, key):
                del self.values[key]

    def last_of(self, month: int) -> tuple[str, dict[str, Any]]:
        """The event of this month's sliders and what it sets; a new name where there is none."""
        ours = [name for name in self.config.events if name not in self.base.events]
        last = self.config.events[ours[-1]] if ours else None
        if last is not None and last.month == month and last.set is not None:
            return ours[-1], dict(last.set)
        return self.free_name(), {}

    def free_name(self) -> str:
        """Name of the next event."""
        numbers = range(1, len(self.config.events) + 2)
        return next(n for n in (f"{PREFIX}-{i}" for i in numbers) if n not in self.config.events)

    def drop(self, market: "Market", kind: str, settings: Mapping[str, Any]) -> None:
        """Let an event of a kind happen in the next month of `market`.

        Raises
        ------
        ConfigError, KeyError
        """
        if kind not in KINDS:
            raise KeyError(f"no kind of event {kind!r}")
        self.add(market, self.free_name(), {kind: dict(settings)})

    def add(self, market: "Market", name: str, action: Mapping[str, Any]) -> None:
        """Give the config and the running market one more event."""
        entry = {"month": market.month, **action}
        # Laid over what stands there, a map would merge: what was set before is in `action`.
        self.config = with_changes(self.config, {f"events.{name}": entry})
        market.origin = self.config
        running = market.config.model_copy(update={"events": self.config.events})
        running.__dict__.pop("lasting", None)  # worked out from the events it had
        market.config = running

    def dropped(self) -> list[dict[str, Any]]:
        """Events that are not of the base, in order."""
        return [
            {"name": name, "month": event.month, "kind": event.kind}
            for name, event in self.config.events.items()
            if name not in self.base.events
        ]

    def yaml(self, extends: str) -> str:
        """Text of a config that extends the base and runs as the market that is watched."""
        content: dict[str, Any] = {"schema_version": 1, "extends": extends}
        for key in SLIDERS:
            if field_of(self.base, key) is None:
                continue
            value = value_at(self.config, key)
            if value != value_at(self.base, key):
                section, name = key.split(".")
                content.setdefault(section, {})[name] = value
        ours = {entry["name"] for entry in self.dropped()}
        if ours:
            content["events"] = {
                name: plain(event.model_dump(exclude_none=True))
                for name, event in self.config.events.items()
                if name in ours
            }
        return yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=100)


def plain(value: Any) -> Any:
    """Frozen maps and tuples as the plain ones that YAML knows."""
    if isinstance(value, dict | FrozenMap):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value
