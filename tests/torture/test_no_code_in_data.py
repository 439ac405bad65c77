"""The search for code in data finds it under every name, and leaves what is harmless alone."""

import no_code_in_data
import pytest


@pytest.mark.parametrize(
    ("source", "danger"),
    [
        ("import pickle", "1: pickle"),
        ("def f():\n    from pickle import loads", "2: pickle"),
        ("import marshal as m", "1: marshal"),
        ("import shelve, os", "1: shelve"),
        ("from joblib.memory import Memory", "1: joblib.memory"),
        ("eval('1')", "1: eval"),
        ("run = exec", "1: exec"),
        ("import builtins as b\nb.eval('1')", "2: builtins.eval"),
        ("getattr(__builtins__, 'eval')('1')", "1: getattr of eval"),
        ("import importlib\nimportlib.import_module('pickle')", "2: importlib.import_module of pi"),
        ("__import__('os')", "1: __import__"),
        ("import yaml\nyaml.load('a', Loader=None)", "2: yaml.load"),
        ("import yaml as y\ny.unsafe_load('a')", "2: yaml.unsafe_load"),
        ("from yaml import full_load as read", "1: yaml.full_load"),
        ("import numpy as np\nnp.load('x.npz')", "2: numpy.load without allow_pickle=False"),
        ("import numpy as np\nnp.load('x', allow_pickle=True)", "2: numpy.load with allow_pickle"),
        ("from numpy import load\nload('x', allow_pickle=yes)", "2: numpy.load with allow_pickle"),
        ("import numpy as np\nnp.save('x', a)", "2: numpy.save without allow_pickle=False"),
        ("import pandas\npandas.read_pickle('x')", "2: pandas.read_pickle"),
        ("frame.to_pickle('x')", "1: frame.to_pickle"),
    ],
)
def test_code_in_data_is_found(source: str, danger: str) -> None:
    assert [found for found in no_code_in_data.dangers(source) if found.startswith(danger)]


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nnp.load('x.npz', allow_pickle=False)",
        "import json\njson.loads('{}')",
        "import yaml\nyaml.parse('a', Loader=yaml.CSafeLoader)",
        "import re\nre.compile('a')",
        "config.load('pickle')",
        "def evaluate(): pass\nevaluate()",
        "'eval(pickle)'",
    ],
)
def test_what_is_harmless_is_left_alone(source: str) -> None:
    assert no_code_in_data.dangers(source) == []


def test_every_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a ban on what nearly every file has, nearly every file is named."""
    monkeypatch.setattr(no_code_in_data, "MODULES", {"numpy", "pathlib", "typing"})
    found = {line.partition(":")[0] for line in no_code_in_data.run(1, 1)}
    assert {name.partition("/")[0] for name in found} == set(no_code_in_data.PACKAGES)
    assert len(found) > no_code_in_data.FULL / 2
