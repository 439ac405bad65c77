"""Every row of this folder, at its reduced count; `make torture` does the full one."""

import json
from pathlib import Path

import harness
import pytest

RUNS_INSIDE = "ROW = 99\nREDUCED = FULL = 3\n\n\ndef run(seed, count):\n    {}\n"


@pytest.mark.parametrize("name", harness.rows())
def test_nothing_goes_wrong(name: str) -> None:
    row = harness.module(name)
    assert row.REDUCED <= row.FULL
    assert row.run(harness.SEED, row.REDUCED) == []


@pytest.mark.parametrize(
    ("body", "code", "problem"),
    [
        ("return []", 0, None),
        ("return [f'case {count} of {seed}']", 1, "case 3 of 5"),
        ("raise SystemExit(0)", 1, "the row itself ended with 0"),
        ("import os; os.abort()", 1, "the row itself ended with -6"),
    ],
)
def test_the_report_says_what_a_row_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, code: int, problem: str | None
) -> None:
    for name in ("__main__.py", "harness.py"):
        (tmp_path / name).write_bytes((harness.HERE / name).read_bytes())
    (tmp_path / "planted.py").write_text(RUNS_INSIDE.format(body))
    monkeypatch.setattr(harness, "HERE", tmp_path)
    monkeypatch.setattr(harness, "ROOT", tmp_path)
    monkeypatch.setattr(harness, "REPORT", tmp_path / "cache" / "torture.json")
    assert harness.main(["99", "--seed", "5"]) == code
    (found,) = json.loads(harness.REPORT.read_text())
    assert (found["row"], found["module"], found["seed"]) == (99, "planted", 5)
    assert (found["problems"] == []) if problem is None else (problem in found["problems"][0])


def test_a_row_that_does_not_exist_is_not_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert harness.main(["no-such-row"]) == 2
    assert "no such row" in capsys.readouterr().out
