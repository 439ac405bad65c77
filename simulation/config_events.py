"""Events of a config: a month, and the one thing that happens in it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, create_model, model_validator

from agents.parameters import FrozenMap, Parameters, Whole, param, problem
from simulation.event import EXPERIMENT, LONGEST_RUN, Action, Lasting
from simulation.event_catalogue import KINDS

SLUG = r"^[a-z0-9_-]{1,64}$"
SET = "set"


def frozen(value: Any) -> Any:
    """Make lists and maps inside a value unchangeable."""
    if isinstance(value, Mapping):
        return FrozenMap({str(key): frozen(entry) for key, entry in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


class Timed(Parameters):
    """When it happens, and what parameters it sets, if that is what it does."""

    month: Whole = param(
        ...,
        unit="month",
        bounds=(0, LONGEST_RUN),
        source=EXPERIMENT,
        doc="month in which it fires, counted from 0",
    )
    set: Annotated[Mapping[str, Any], Field(min_length=1), AfterValidator(frozen)] | None = Field(
        None, description="new values by dotted path, as {developers.peer_weight: 3}"
    )

    @property
    def kinds(self) -> list[str]:
        """Names of what it does."""
        return [name for name in (SET, *KINDS) if getattr(self, name) is not None]

    @model_validator(mode="after")
    def one_action(self) -> "Timed":
        """Refuse an event that does nothing, and one that does two things."""
        kinds = self.kinds
        if not kinds:
            raise problem(f"nothing happens; give one of {', '.join((SET, *KINDS))}")
        if len(kinds) > 1:
            both = " and ".join(f"`{kind}`" for kind in kinds)
            raise problem(f"{both} in one event; make an event of each", kinds[-1])
        return self

    @property
    def kind(self) -> str:
        """Name of what it does."""
        return self.kinds[0]

    @property
    def action(self) -> Action | None:
        """What it does beside setting parameters by path; None if it does nothing else."""
        action: Action | None = getattr(self, self.kind) if self.kind != SET else None
        return action

    @property
    def changes(self) -> dict[str, Any]:
        """Parameters that it sets, by dotted path."""
        return dict(self.set or {}) if self.action is None else self.action.changes()

    @property
    def lasting(self) -> Lasting | None:
        """What it does for some months; None if nothing."""
        return self.action if isinstance(self.action, Lasting) else None


# One more setting for each kind that there is a file of.
ACTIONS: Any = {
    name: (kind | None, Field(None, description=(kind.__doc__ or "").splitlines()[0]))
    for name, kind in KINDS.items()
}
Event: Any = create_model("Event", __base__=Timed, __doc__=Timed.__doc__, **ACTIONS)
EventName = Annotated[str, StringConstraints(pattern=SLUG)]
Events = Annotated[Mapping[EventName, Event], AfterValidator(FrozenMap)]
