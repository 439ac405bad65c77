"""Export control: providers of one country get less compute and pay more for it (E4)."""

from typing import Any

from agents.parameters import Origin, Share, param
from simulation.event import EXPERIMENT, Rule


class ExportControl(Rule):
    """Limits the compute of the providers of a country, from this month on."""

    region: Origin = param(
        ..., unit="", source=EXPERIMENT, doc="country code of the providers under control",
    )  # fmt: skip
    cap: Share = param(
        ..., unit="share", bounds=(0, 1), source=EXPERIMENT,
        doc="part of all capacity that each of them may use",
    )  # fmt: skip
    surcharge: float = param(
        0, unit="share", bounds=(0, 10), range=(0, 1), symbol="tau", source="assumed",
        doc="what they pay on top of the rent",
    )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """Region, cap and surcharge of the compute market."""
        return {
            "compute.export_region": self.region,
            "compute.export_cap": self.cap,
            "compute.export_surcharge": self.surcharge,
        }
