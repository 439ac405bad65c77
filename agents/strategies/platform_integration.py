"""Platform integration: an audience of its own feeds the model, and firms are an afterthought."""

from typing import Literal

from agents.parameters import param
from agents.strategy import Parts, Situation, Strategy

YEAR = 12


class PlatformIntegration(Strategy):
    """Sells to the audience of its platform; use there draws post-training after it."""

    family: Literal["platform_integration"] = param(
        "platform_integration", unit="", source="path of the source articles",
        doc="captive consumers, data loop, no sales effort for firms",
    )  # fmt: skip
    data_loop: float = param(
        0.5, unit="per year", bounds=(0, 12), range=(0, 1), source="assumed",
        doc="speed at which post-training follows where its tokens are used",
    )  # fmt: skip

    def focus(self, situation: Situation) -> Parts:
        """The data loop: focus moves toward the mix of its own tokens."""
        speed = self.data_loop / YEAR
        (coding, enterprise, consumer), used = situation.focus, situation.token_mix
        return (
            coding + speed * (used[0] - coding),
            enterprise + speed * (used[1] - enterprise),
            consumer + speed * (used[2] - consumer),
        )

    def sales_mix(self, situation: Situation) -> Parts:
        """All effort for the audience that the platform has; brand with others decays (E15)."""
        return (0.0, 0.0, 1.0)
