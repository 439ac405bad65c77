"""What may stand at a dotted path of a config: sections, keyed collections and single values."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin

from pydantic.fields import FieldInfo

from agents.parameters import About, Parameters, about, sections

MANY = 2


class Shape(NamedTuple):
    """What may stand at one path.

    `forms` are the sections it may be (more than one for a network, by family); `keyed` says that
    it is a collection whose keys are free; a shape with neither is a single value.
    """

    forms: tuple[type[Parameters], ...] = ()
    keyed: bool = False
    field: FieldInfo | None = None

    @property
    def about(self) -> About | None:
        """What `param` said of the field."""
        return about(self.field) if self.field is not None else None

    @property
    def whole(self) -> bool:
        """Whether a map here is one value that is replaced, never merged."""
        said = self.about
        return bool(said and said.whole)

    @property
    def closed(self) -> bool:
        """Whether only certain keys may stand here."""
        return bool(self.forms) and not self.keyed

    def names(self) -> list[str]:
        """Keys that may stand here; none for a keyed collection or a single value."""
        if self.keyed:
            return []
        return list(dict.fromkeys(name for form in self.forms for name in form.model_fields))

    def step(self, key: str) -> "Shape | None":
        """Shape below `key`; None where nothing may stand."""
        if self.keyed:
            return Shape(self.forms, field=self.field)
        for form in self.forms:
            found = shape_of(form, key)
            if found is not None:
                return found
        return None

    def changes_family(self, base: Mapping[str, Any], over: Mapping[str, Any]) -> bool:
        """Whether a later map names another family than an earlier one, or than the default."""
        if len(self.forms) < MANY or self.keyed or self.field is None or "family" not in over:
            return False
        before = base.get("family", getattr(self.field.default, "family", None))
        return bool(over["family"] != before)

    def families(self) -> list[str]:
        """Names of the forms that may stand here; none where there is no choice."""
        return [
            str(form.model_fields["family"].default)
            for form in self.forms
            if "family" in form.model_fields
        ]

    def meant_by(self, word: str) -> dict[str, Any] | None:
        """Entries of the section that a word stands for; None where it stands for none.

        Any word where forms have names: the name, right or wrong, is that of a form.  Else a word
        of the section's own, which sets the flag of that name and takes back all the rest.
        """
        if not self.closed:
            return None
        if self.families():
            return {"family": word}
        if word in self.forms[0].words:
            return {name: name == word or None for name in self.names()}
        return None

    def narrowed(self, family: Any) -> "Shape":
        """Keep the form of this family, where it names one."""
        forms = tuple(
            form
            for form in self.forms
            if "family" in form.model_fields and form.model_fields["family"].default == family
        )
        return self._replace(forms=forms) if forms else self


@cache
def shape_of(form: type[Parameters], key: str) -> Shape | None:
    """Shape of a key of a section; None where it has no such key."""
    if key not in form.model_fields:
        return None
    field = form.model_fields[key]
    return Shape(tuple(sections(field.annotation)), is_map(field.annotation), field)


def is_map(annotation: Any) -> bool:
    """Whether an annotation is a map with free keys."""
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return True
    return any(is_map(part) for part in get_args(annotation))


def shape_at(root: Shape, path: Sequence[str]) -> Shape | None:
    """Shape at a path below `root`; None where nothing may stand."""
    shape: Shape | None = root
    for key in path:
        shape = shape.step(key) if shape else None
    return shape


def split_path(root: Shape, dotted: str, value: Any) -> list[str]:
    """Steps of a dotted path; names of entries may themselves hold dots.

    `value` is the plain config so far: below a keyed collection the longest name that it has is
    taken, else the text up to the next dot; below a map of single values, all the rest.
    """
    steps: list[str] = []
    shape: Shape | None = root
    rest = dotted.split(".")
    while rest:
        known = value if isinstance(value, Mapping) else {}
        size = 1
        if shape and shape.keyed:
            names = [n for n in range(len(rest), 0, -1) if ".".join(rest[:n]) in known]
            size = names[0] if names else 1 if shape.forms else len(rest)
        key = ".".join(rest[:size])
        steps.append(key)
        rest = rest[size:]
        value = known.get(key)
        shape = shape.step(key) if shape else None
    return steps
