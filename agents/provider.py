"""Model providers: few and strategic, one Mesa agent each."""

import mesa


class Provider(mesa.Agent):
    """One provider of models; OPEN stands for the best released open weights, whoever's they are.

    name : as in the config or supply file.  code : its code in the columns of populations.
    status : pre_entry, healthy or exited.
    """

    def __init__(self, market: mesa.Model, name: str, code: int) -> None:
        """Enter the market's register; it sells from its first offer on."""
        super().__init__(market)
        self.name, self.code = name, code
        self.status = "pre_entry"

    def review(self, on_offer: bool) -> None:
        """Change status by whether any segment has an offer this month."""
        if on_offer:
            self.status = "healthy"
        elif self.status == "healthy":
            self.status = "exited"
