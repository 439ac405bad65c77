"""JSON Schema of a config file, from the declarations: for editors, readers and other programs."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from agents.parameters import sections
from simulation.config_text import plain


class Generator(GenerateJsonSchema):
    """Writes defaults as a config file would."""

    def encode_default(self, dft: Any) -> Any:
        """Return a default as plain values."""
        return plain(dft)


def schema_of(config: type[BaseModel]) -> dict[str, Any]:
    """Schema of a config file: descriptions with unit, bounds, range and source."""
    found = config.model_json_schema(schema_generator=Generator)
    found["properties"]["extends"] = {
        "type": "string",
        "description": "config file that this one changes; its path is relative to this file",
    }
    for name, field in config.model_fields.items():
        words = [word for form in sections(field.annotation) for word in form.words]
        if words:
            entry = found["properties"][name]
            reference = {"$ref": entry.pop("$ref")}
            entry["anyOf"] = [reference, {"enum": words}]
    # A file that extends another may leave out the rest, of sections too.
    found["required"] = ["schema_version"]
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "Shareshift experiment"
    for section in found["$defs"].values():
        section.pop("required", None)
        section["properties"] = {
            key: settled(entry) for key, entry in section["properties"].items()
        }
    found["properties"] = {key: settled(entry) for key, entry in found["properties"].items()}
    return found


def settled(entry: dict[str, Any]) -> dict[str, Any]:
    """Property that says what a file may say, and what its numbers mean."""
    entry.pop("title", None)
    if "oneOf" in entry:  # networks: `degree` alone fits several families
        names = list(entry.pop("discriminator")["mapping"])
        entry["anyOf"] = [*entry.pop("oneOf"), {"enum": names}]
    if isinstance(entry.get("additionalProperties"), dict):
        entry["additionalProperties"] = or_null(entry["additionalProperties"])
    for pattern, value in entry.get("patternProperties", {}).items():
        entry["patternProperties"] = {pattern: or_null(value)}
        entry["additionalProperties"] = False
    if "source" in entry:
        entry["description"] = described(entry)
    if "bounds" in entry:
        for form in entry.get("anyOf", ()):
            bound(form, *entry["bounds"])
    return or_null(entry)


def bound(form: dict[str, Any], low: float, high: float) -> None:
    """Hold the numbers of one form of a property to its bounds."""
    if form.get("type") in ("number", "integer"):
        form.pop("ge", None)
        form.pop("le", None)
        form |= {"minimum": low, "maximum": high}
    for inner in form.get("properties", {}).values():
        bound(inner, low, high)


def or_null(value: dict[str, Any]) -> dict[str, Any]:
    """Allow null for a property: it removes what an extended file has, or restores a default."""
    if "const" in value:  # null for a family or a version says nothing
        return value
    if "enum" in value:
        return {**value, "enum": [*value["enum"], None], "type": [value["type"], "null"]}
    if isinstance(value.get("type"), str):
        return {**value, "type": [value["type"], "null"]}
    if "anyOf" in value:
        absent = [] if {"type": "null"} in value["anyOf"] else [{"type": "null"}]
        return {**value, "anyOf": [*value["anyOf"], *absent]}
    return {"anyOf": [value, {"type": "null"}]}


def described(entry: dict[str, Any]) -> str:
    """Meaning, unit, range and source of a parameter in one line."""
    parts = [entry.get("description", "")]
    if entry.get("unit", "-") != "-":
        parts.append(f"unit: {entry['unit']}")
    if "bounds" in entry:
        parts.append("bounds: {:.12g} to {:.12g}".format(*entry["bounds"]))
    if "range" in entry:
        parts.append("plausible: {:.12g} to {:.12g}".format(*entry["range"]))
    return "; ".join([*parts, f"source: {entry['source']}"])
