"""JSON Schema of a config file, from the declarations: for editors, readers and other programs."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

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
    # A file that extends another may leave out the rest.
    found["required"] = ["schema_version"]
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "Shareshift experiment"
    for section in found["$defs"].values():
        for entry in section["properties"].values():
            settle(entry)
    for entry in found["properties"].values():
        settle(entry)
    return found


def settle(entry: dict[str, Any]) -> None:
    """Make one property say what a file may say, and what its numbers mean."""
    entry.pop("title", None)
    if "oneOf" in entry:  # networks: `degree` alone fits several families
        entry["anyOf"] = entry.pop("oneOf")
        entry.pop("discriminator", None)
    if isinstance(entry.get("additionalProperties"), dict):
        entry["additionalProperties"] = or_null(entry["additionalProperties"])
    for pattern, value in entry.get("patternProperties", {}).items():
        entry["patternProperties"] = {pattern: or_null(value)}
        entry["additionalProperties"] = False
    if "source" in entry:
        entry["description"] = described(entry)


def or_null(value: dict[str, Any]) -> dict[str, Any]:
    """Allow null for an entry of a map: it removes what an extended file has."""
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
