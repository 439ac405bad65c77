"""A config with other values at some paths, for changes that were checked when it was loaded.

`simulation.config.with_changes` checks a whole config anew, which takes longer than months of a
market; an event's changes were tried when its config was read, so that only the section that
holds the value is validated here.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agents.parameters import FrozenMap, Parameters
from simulation.config import with_changes
from simulation.config_shape import Shape, split_path

if TYPE_CHECKING:
    from simulation.config import Config


def changed(config: "Config", changes: Mapping[str, Any]) -> "Config":
    """Copy of `config` with `changes` by dotted path; None restores a default."""
    root, copy = Shape((type(config),)), config
    try:
        for path, value in changes.items():
            known = {name: getattr(copy, name) for name in type(config).model_fields}
            copy = put(copy, split_path(root, path, known), value)
    except ValidationError:  # a word that stands for a section: only the layers spell it out
        return with_changes(config, changes)
    copy._tree = None  # it says what was read, and no longer what holds
    return copy


def put(holder: Any, steps: Sequence[str], value: Any) -> Any:
    """Copy of a section or map with `value` below it."""
    step, *below = steps
    if isinstance(holder, FrozenMap):
        return FrozenMap({**holder, step: put(holder[step], below, value) if below else value})
    if below:
        return holder.model_copy(update={step: put(getattr(holder, step), below, value)})
    return with_value(holder, step, value)


def with_value(section: Parameters, name: str, value: Any) -> Parameters:
    """Copy of a section with one value of its own, validated with all the others."""
    kept = {field: getattr(section, field) for field in type(section).model_fields if field != name}
    return type(section).model_validate(kept if value is None else {**kept, name: value})
