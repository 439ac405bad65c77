"""JSON Schema of a sweep file, for editors and readers."""

from typing import Any

from experiments.sweeps.form import SweepForm
from simulation.config_schema import Generator, settled

NEEDED = ("schema_version", "base", "factors", "design", "outcomes")
SHORT = {"replicates": {"type": "integer", "minimum": 1, "maximum": 100_000}}


def sweep_schema() -> dict[str, Any]:
    """Schema of a sweep file: descriptions with unit and bounds."""
    found = SweepForm.model_json_schema(schema_generator=Generator)
    for section in (found, *found["$defs"].values()):
        section.pop("required", None)
        section["properties"] = {
            key: settled(entry) for key, entry in section.get("properties", {}).items()
        }
    for name, short in SHORT.items():
        entry = found["properties"][name]
        entry["anyOf"] = [*entry.get("anyOf", []), short]
    found["required"] = list(NEEDED)
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "Shareshift sweep"
    return found
