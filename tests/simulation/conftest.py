"""Fixtures for tests of configs: files in an empty current folder, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.parameters import FrozenMap
from simulation.config import Config, ConfigError, load


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write files into an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "exp.yaml") -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def messages() -> Callable[..., list[str]]:
    """Load what must be refused, and return the messages."""

    def messages(source: Any, *sets: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(source, sets)
        return caught.value.messages

    return messages


@pytest.fixture
def value_at() -> Callable[[Config, str], Any]:
    """Follow a dotted path into a config."""

    def value_at(config: Config, path: str) -> Any:
        value: Any = config
        for step in path.split("."):
            value = value[step] if isinstance(value, FrozenMap) else getattr(value, step)
        return value

    return value_at
