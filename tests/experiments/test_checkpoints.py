"""States are saved every so many months, and a run goes on from the newest whole one."""

import random
from pathlib import Path

import pytest
from checkpoint import damaged, result
from stopped_runs import change_manifest, manifest, resume, run, stop_after, stopping_after

from experiments import checkpoints
from experiments.checkpoints import saved
from experiments.store import RunDirectory, claim
from experiments.whole_files import StoreError
from simulation.checkpoint import restore
from simulation.config import load

SEED = 11


# --- Every so many months ------------------------------------------------------------------------


class Died(BaseException):
    """Stands for the death of the process."""


def die_after(months: int, *words: str) -> None:
    """Run the small config and die in the month after some, without a word."""
    with pytest.MonkeyPatch.context() as patch:
        after = checkpoints.Keeper.after_month

        def after_month(keeper: checkpoints.Keeper, market: object) -> None:
            after(keeper, market)  # type: ignore[arg-type]
            if market.month == months:  # type: ignore[attr-defined]
                raise Died

        patch.setattr(checkpoints.Keeper, "after_month", after_month)
        with pytest.raises(Died):
            run(*words)
    change_manifest(status="running")


@pytest.mark.parametrize(("every", "kept"), [(1, [8, 7]), (2, [8, 6]), (4, [8, 4]), (6, [6])])
def test_the_last_two_states_are_kept(
    folder: Path, whole: dict[str, bytes], every: int, kept: list[int]
) -> None:
    die_after(8, "--checkpoint-every", str(every))
    assert [month for month, _ in saved(Path("out"))] == kept
    assert resume() == 0
    assert result("out") == whole


def test_without_the_option_nothing_is_saved(folder: Path, whole: dict[str, bytes]) -> None:
    die_after(8)
    assert not (folder / "out" / "checkpoints").exists()
    assert resume() == 0
    assert result("out") == whole


def test_states_are_saved_on_after_a_resume(
    folder: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    die_after(3, "--checkpoint-every", "3")
    written: list[str] = []
    write = RunDirectory.write

    def noted(directory: RunDirectory, name: str, content: bytes) -> None:
        written.append(name)
        write(directory, name, content)

    monkeypatch.setattr(RunDirectory, "write", noted)
    assert resume() == 0
    assert [name for name in written if "checkpoints" in name] == ["checkpoints/month-006.state"]
    assert result("out") == whole


def test_a_finished_run_leaves_no_states_and_a_death_while_they_go_is_made_good(
    folder: Path, whole: dict[str, bytes]
) -> None:
    assert run("--checkpoint-every", "2") == 0
    assert result("out") == whole
    assert not (folder / "out" / "checkpoints").exists()
    (folder / "out" / "checkpoints").mkdir()
    (folder / "out" / "checkpoints" / "month-008.state").write_bytes(b"left")
    claim(Path("out"), again=True).release()
    assert not (folder / "out" / "checkpoints").exists()


def test_a_full_disk_leaves_the_state_before(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        write = RunDirectory.write

        def full(directory: RunDirectory, name: str, content: bytes) -> None:
            if name.endswith("month-004.state"):
                raise StoreError(f"out/{name}: no space left on device")
            write(directory, name, content)

        patch.setattr(RunDirectory, "write", full)
        assert run("--checkpoint-every", "1") == 4
    assert "month-004.state: no space left on device" in capsys.readouterr().err
    assert [month for month, _ in saved(Path("out"))] == [3, 2]
    assert resume() == 0
    assert result("out") == whole


def test_what_a_death_left_half_written_is_removed(folder: Path, whole: dict[str, bytes]) -> None:
    die_after(4, "--checkpoint-every", "2")
    partial = folder / "out" / "checkpoints" / ".month-006.state.partial"
    partial.write_bytes(b"half")
    claim(Path("out")).release()
    assert not partial.exists()
    assert [month for month, _ in saved(Path("out"))] == [4, 2]


def test_a_link_in_place_of_the_folder_is_not_followed(
    folder: Path, whole: dict[str, bytes]
) -> None:
    die_after(4, "--checkpoint-every", "2")
    (folder / "out" / "checkpoints").rename(folder / "elsewhere")
    (folder / "out" / "checkpoints").symlink_to(folder / "elsewhere")
    before = {file.name: file.read_bytes() for file in (folder / "elsewhere").iterdir()}
    assert resume() == 0
    assert result("out") == whole
    assert {file.name: file.read_bytes() for file in (folder / "elsewhere").iterdir()} == before


# --- Damage --------------------------------------------------------------------------------------


def test_a_damaged_state_is_passed_over(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    die_after(6, "--checkpoint-every", "2")
    newest, older = (file for _, file in saved(Path("out")))
    newest.write_bytes(damaged(newest.read_bytes(), random.Random(SEED)))
    assert resume() == 0
    passed, going = capsys.readouterr().err.splitlines()
    assert passed.startswith("out/checkpoints/month-006.state: is damaged")
    assert passed.endswith("; passed over")
    assert going == "out: going on after 4 of 9 months"
    assert result("out") == whole
    assert older.name == "month-004.state"


def test_where_every_state_is_damaged_the_run_starts_again(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    die_after(6, "--checkpoint-every", "2")
    for _, file in saved(Path("out")):
        file.write_bytes(b"")
    (folder / "out" / "checkpoints" / "month-009.state").mkdir()
    assert resume() == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and "month-009.state: is a directory; passed over" in lines[0]
    assert lines[-1] == "out: no whole checkpoint is there; starting from month 0"
    assert result("out") == whole


def test_damaged_states_do_not_crowd_out_new_ones(folder: Path, whole: dict[str, bytes]) -> None:
    die_after(8, "--checkpoint-every", "1")
    for _, file in saved(Path("out")):
        file.write_bytes(b"")
    with stopping_after(1):
        assert resume() == 130
    assert [month for month, _ in saved(Path("out"))] == [1]
    assert resume() == 0
    assert result("out") == whole


def test_a_state_of_another_version_is_passed_over(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """The manifest says this version, but whoever wrote the state was another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.checkpoint.model_version", lambda: "0123456789abcdef")
        assert stop_after(3) == 130
    capsys.readouterr()
    assert resume() == 0
    assert "was saved by model version 0123456789abcdef" in capsys.readouterr().err
    assert result("out") == whole


# --- Broken identities ---------------------------------------------------------------------------


def test_a_broken_identity_ends_with_1_and_leaves_the_state_in_which_it_broke(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    from simulation.phases import settle

    real = settle.check_people

    def check(market: object) -> None:
        if market.month == 5:  # type: ignore[attr-defined]
            market.totals["developers"].accounts[0] += 3  # type: ignore[attr-defined]
        real(market)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settle, "check_people", check)
        assert run("--checkpoint-every", "2") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "out/checkpoints/broken-005.state: the state in which it broke"
    assert "IdentityError: month 5: developers: agents in all accounts is off by -3" in lines[1]
    assert manifest()["status"] == "failed"
    content = (folder / "out" / "checkpoints" / "broken-005.state").read_bytes()
    market = restore(content, load("out/config.yaml"), str(manifest()["identity"]))
    assert market.month == 5 and market.config.developers.price_weight == 2
    assert int(market.totals["developers"].accounts.sum()) == 403
    assert [month for month, _ in saved(Path("out"))] == [4, 2]
    assert resume() == 0  # what broke it is gone
    assert result("out") == whole
