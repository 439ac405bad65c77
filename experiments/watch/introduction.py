"""The first message of a session: all that a page needs to know once."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.graph import COMPLETE
from experiments.plots import palette
from experiments.watch import controls, money, protocol
from experiments.watch.runs import runs_near
from experiments.watch.series import series_of
from simulation.columns import SEGMENTS, TERMS
from simulation.entrants import PLACE

if TYPE_CHECKING:
    from experiments.watch.session import Session
    from experiments.watch.side import Side
    from simulation.market import Market


def introduction(session: "Session", side: "Side") -> str:
    """The `init` message of a side."""
    market, scene, drawn = side.market, side.scene, side.drawn
    config = market.origin
    return protocol.text(
        "init",
        protocol=protocol.VERSION,
        side=side.number,
        epoch=side.epoch,
        live=scene.live,
        run={
            "name": scene.name,
            "description": config.description,
            "seed": config.seed,
            "identity": scene.identity[:8],
            "months": config.months,
            "start": config.start,
        },
        providers=providers(market),
        segments=SEGMENTS,
        terms=dict(TERMS),
        series=[
            {"key": s.key, "title": s.title, "unit": s.unit, "by_provider": s.by_provider}
            for s in series_of(market)
        ],
        money=money.introduced(market),
        sliders=controls.sliders(side.controls.base) if scene.live else [],
        kinds=controls.kinds_of_events(config) if scene.live else [],
        scenarios=list(scene.scenarios) if scene.live else [],
        runs=list(runs_near(scene)),
        drawn={
            "count": drawn.nodes,
            "of": drawn.of,
            "developers": len(drawn.developers),
            "enterprises": len(drawn.enterprises),
            "sampled": drawn.sampled,
            "everybody": market.graphs["developers"].kind == COMPLETE,
            "between": drawn.between,
            "employed": drawn.employed,
            "edges": len(drawn.edges),
        },
        speed=session.speed,
    )


def providers(market: "Market") -> list[dict[str, Any]]:
    """Providers in the order of rows; places that are kept for entrants say so."""
    names = market.supply.providers
    colours = palette.provider_colours(names)
    return [
        {"name": name, "colour": colours[name], "entrant": name.startswith(f"{PLACE} ")}
        for name in names
    ]


def places_of(market: "Market") -> NDArray[np.uint8]:
    """Place of each code among the providers, (codes,); `protocol.NOBODY` for none."""
    place = np.full(CODES, protocol.NOBODY, np.uint8)
    place[list(market.supply.codes)] = np.arange(len(market.supply.codes))
    return place
