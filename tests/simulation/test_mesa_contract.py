"""A market is a Mesa model: what Mesa's own visualisation does with one works, without a server.

`Controller` below does to a model what `mesa.visualization.SolaraViz` of Mesa 3.3 does: it looks at
the parameters of `__init__`, makes models from them, steps while `running`, shows `steps`, plots
columns of the data collector, and begins anew with the same parameters.
"""

import inspect
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from agents.codes import CODING
from agents.equations.shares import shares_of
from agents.investor import Investor
from agents.provider import Provider
from agents.regulator import Regulator
from agents.supplier import Supplier
from simulation.config import Config, load
from simulation.market import Market
from simulation.metrics.concentration import hhi

ROOT = Path(__file__).resolve().parents[2]
MONTHS = 6
SMALL = ("developers.count=200", "consumers.count=200", "enterprises.count=120")


class Plotted(Market):
    """A market with one number to plot; the reports that every market has are maps."""

    def __init__(self, config: Config, threads: int = 1) -> None:
        super().__init__(config, threads)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "concentration": lambda m: float(hhi(shares_of(m.bills.spend[CODING])))
            }
        )


class Controller:
    """Play, step and reset, as Mesa's page has them."""

    def __init__(self, made: type[mesa.Model], parameters: dict[str, Any]) -> None:
        """Refuse what Mesa refuses: missing or strange parameters, and `*args`."""
        known = inspect.signature(made.__init__).parameters
        kinds = {each.kind for each in known.values()}
        assert inspect.Parameter.VAR_POSITIONAL not in kinds
        needed = {name for name, each in known.items() if each.default is inspect.Parameter.empty}
        assert needed - {"self"} <= set(parameters) <= set(known)
        self.parameters, self.running = parameters, True
        self.model = made(**parameters)

    def step(self, render_interval: int = 1) -> None:
        """The button Step, and one turn of Play: the model says whether it goes on."""
        for _ in range(render_interval):
            self.model.step()
            self.running = self.model.running

    def play(self) -> int:
        """Step until the model ends; the number of steps."""
        steps = 0
        while self.running:
            self.step()
            steps += 1
        return steps

    def reset(self) -> None:
        """A new model of the same class with the same parameters."""
        self.running = True
        self.model = self.model.__class__(**self.parameters)

    def plot(self, measure: str) -> Any:
        """Values of the line that Mesa's plot of a measure draws."""
        axes = Figure().subplots()
        (line,) = axes.plot(self.model.datacollector.get_model_vars_dataframe().loc[:, measure])
        return line.get_ydata()


@pytest.fixture(scope="module")
def config() -> Config:
    """The baseline market, small and short."""
    return load(ROOT / "configs" / "baseline.yaml", [f"months={MONTHS}", *SMALL])


@pytest.fixture
def controller(config: Config) -> Controller:
    """A market under Mesa's buttons."""
    return Controller(Plotted, {"config": config})


def test_it_plays_to_its_end_and_stops(controller: Controller) -> None:
    assert controller.play() == MONTHS
    assert (controller.model.steps, controller.model.running) == (MONTHS, False)


def test_steps_are_counted_once_each(controller: Controller) -> None:
    controller.step(render_interval=3)
    assert (controller.model.steps, controller.running) == (3, True)
    controller.step()
    assert controller.model.steps == controller.model.month == 4


def test_run_model_ends(config: Config) -> None:
    model = Market(config)
    model.run_model()
    assert model.steps == MONTHS


def test_a_plot_has_a_point_for_each_step_and_the_market_s_numbers(controller: Controller) -> None:
    for steps in (1, 2, 3):
        controller.step()
        drawn = controller.plot("concentration")
        assert len(drawn) == steps
        now = float(hhi(shares_of(controller.model.bills.spend[CODING])))
        assert drawn[-1] == now > 0.0


def test_reset_gives_the_same_history(controller: Controller) -> None:
    controller.play()
    before, former = controller.plot("concentration"), controller.model
    controller.reset()
    assert controller.model is not former
    assert (controller.model.steps, controller.model.running) == (0, True)
    assert controller.play() == MONTHS
    assert np.array_equal(before, controller.plot("concentration"))


def test_the_collector_has_the_reports_of_every_month(config: Config) -> None:
    model = Market(config)
    model.step()
    model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 2
    assert frame["spend_coding"][1] == dict(
        zip(
            model.supply.providers,
            shares_of(model.bills.spend[CODING])[list(model.supply.codes)].tolist(),
            strict=True,
        )
    )
    assert sum(frame["spend_coding"][1].values()) == pytest.approx(1.0)


def test_agents_are_registered_by_type(config: Config) -> None:
    model = Market(config)
    counts = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
    assert set(model.agent_types) == {Provider, Supplier, Investor, Regulator}
    assert counts[Provider] == len(model.supply.providers) == len(model.providers)
    assert counts[Supplier] == len(config.suppliers) + 1
    assert counts[Regulator] == 1
    assert len(model.agents) == sum(counts.values())
    assert {agent.model for agent in model.agents} == {model}
    for agents in model.agents_by_type.values():
        assert agents.get("unique_id") == list(range(1, len(agents) + 1))
    assert model.agents_by_type[Provider].get("name") == list(model.supply.providers)


def test_its_generators_are_seeded_and_its_own(config: Config) -> None:
    one, other = Market(config), Market(config)
    assert one.random is not other.random
    assert one.random.random() == other.random.random()
    assert one.rng.random() == other.rng.random()
    one.random.random()
    one.rng.random(100)  # what a visitor draws does not move the market
    one.step()
    other.step()
    assert np.array_equal(one.developers.crowd.choice, other.developers.crowd.choice)
    assert np.array_equal(one.bills.spend, other.bills.spend)
