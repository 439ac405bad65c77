"""A run as an animation: every month is there, as long as it should, in the colours of the run."""

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser import cli
from PIL import Image

from experiments.cli import main
from experiments.watch import movie
from experiments.watch.animation import TALL, WIDE, Animation
from experiments.watch.film_network import disc
from experiments.watch.lettering import apart, channels
from experiments.watch.replay import scene_of_run
from experiments.watch.session import Session
from experiments.watch.tones import Tones

MONTHS = 24
SPEED = 24
STAND_IN = """#!{python}
import pathlib, sys
size = sys.argv[sys.argv.index("-s") + 1].split("x")
content = sys.stdin.buffer.read()
frames, rest = divmod(len(content), 3 * int(size[0]) * int(size[1]))
assert not rest
pathlib.Path(sys.argv[-1]).write_text(f"{{frames}} {{sum(content[:3])}}")
"""


@pytest.fixture(scope="module")
def animation(stored: Path) -> Animation:
    """Pictures of the small run."""
    session = Session(scene_of_run(stored), lambda: None)
    session.open()
    return Animation(session.side)


@pytest.fixture(scope="module")
def made(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image.Image]:
    """The animation that the command writes."""
    path = tmp_path_factory.mktemp("gif") / "run.gif"
    done = cli("export", str(stored), "--gif", str(path), "--speed", str(SPEED), "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"gif: {path} ({path.stat().st_size / 1e6:.1f} MB)\n"
    assert done.stderr == ""
    with Image.open(path) as opened:
        yield opened


def shown(made: Image.Image, month: int) -> np.ndarray:
    """Pixels of a month as a viewer puts them together."""
    made.seek(month)
    return np.asarray(made.convert("RGB")).astype(int)


def test_every_month_is_a_frame_and_the_ends_are_held(made: Image.Image) -> None:
    assert (made.n_frames, made.size, made.info["loop"]) == (MONTHS + 1, (WIDE // 2, TALL // 2), 0)
    held = []
    for month in range(made.n_frames):
        made.seek(month)
        held.append(made.info["duration"])
    assert held == [800, *[40] * (MONTHS - 1), 2500]


def test_frames_put_together_are_the_pictures(made: Image.Image, animation: Animation) -> None:
    """Each frame holds only what has changed; what was left out must be what stood there."""
    tones = movie.tones_of(animation, list(range(MONTHS + 1)))
    palette = np.array(tones.palette).reshape(-1, 3)
    for month in range(MONTHS + 1):
        numbers = tones.numbers(animation.picture(month).reduce(2))
        assert (shown(made, month) == palette[numbers]).all(), month


def test_a_change_that_is_forgotten_is_seen(animation: Animation) -> None:
    """The spoiled twin: compared with the first picture and not with the one before."""
    tones = movie.tones_of(animation, list(range(MONTHS + 1)))
    halves = [tones.numbers(animation.picture(month).reduce(2)) for month in (2, 14, 2)]
    right = [np.asarray(each) for each in movie.changes(iter(halves), tones)]
    assert (right[2] != 255).sum() == (halves[2] != halves[1]).sum() > 0
    spoiled = np.where(halves[2] == halves[0], 255, halves[2])
    assert (spoiled != right[2]).any()


def part_of(pixels: np.ndarray, colour: str) -> float:
    """Part of pixels that have a colour, within what neighbours in a picture blend."""
    return float((abs(pixels - np.array(channels(colour))).max(axis=-1) <= 4).mean())


def test_the_rivers_are_as_high_as_the_shares(made: Image.Image, animation: Animation) -> None:
    pixels = shown(made, MONTHS)
    for river in animation.rivers:
        left, top, right, bottom = (edge // 2 for edge in river.box)
        month = 16
        column = pixels[top:bottom, left + round((right - left) * month / (MONTHS - 1))]
        for code, share in enumerate(river.shares[month]):
            assert part_of(column, river.colours[code]) == pytest.approx(share, abs=0.035)
        assert river.shares[month].sum() == pytest.approx(1.0)


def test_what_has_not_happened_is_not_shown(made: Image.Image, animation: Animation) -> None:
    left, top, right, bottom = (edge // 2 for edge in animation.rivers[0].box)
    early = shown(made, 6)[top:bottom, left + (right - left) * 9 // 10 : right]
    assert max(part_of(early, colour) for colour in animation.rivers[0].colours) < 0.01


def test_every_agent_is_a_dot_of_its_provider(animation: Animation) -> None:
    network = animation.network
    pixels = np.asarray(animation.picture(0))
    places = network.points.round().astype(int)
    network.stamp(after := np.array(animation.ground), MONTHS)
    for node in range(0, len(places), 7):
        x, y = places[node]
        code = network.states[MONTHS][node]
        near = np.hypot(*(network.points - network.points[node]).T)
        if np.sort(near)[1] > 2 * network.room:  # nobody lies on it
            expected = "#dfe3e9" if code == 255 else network.colours[code]
            assert tuple(after[y, x]) == channels(expected)
    assert (pixels != after).any()


def test_the_colours_of_providers_are_exact() -> None:
    sample = Image.effect_noise((64, 64), 90).convert("RGB")
    fixed = ["#ffffff", "#058064", "#f9c836", "#ffffff"]
    tones = Tones(fixed, [sample])
    for colour in fixed:
        number = int(tones.numbers(Image.new("RGB", (1, 1), colour))[0, 0])
        assert tuple(tones.palette[3 * number : 3 * number + 3]) == channels(colour)
        assert number < 255


def test_names_are_moved_apart_and_stay_within() -> None:
    assert apart([10.0, 11.0, 50.0], 5.0, (0.0, 100.0)) == [10.0, 15.0, 50.0]
    assert apart([95.0, 99.0], 5.0, (0.0, 100.0)) == [95.0, 100.0]
    assert apart([], 5.0, (0.0, 100.0)) == []


def test_a_disc_is_round() -> None:
    steps = disc(2.0, 100)
    assert len(steps) == 13
    assert {-200, -2, 0, 2, 200} <= set(steps.tolist())


# --- Films ---------------------------------------------------------------------------------------


def stand_in(folder: Path, text: str) -> None:
    """An ffmpeg that only counts."""
    program = folder / "ffmpeg"
    program.write_text(text.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_film_has_thirty_pictures_a_second(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, STAND_IN)
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "run.mp4"
    assert main(["export", str(stored), "--mp4", str(path), "--speed", "15", "--quiet"]) == 0
    held = 0.8 + (MONTHS - 1) / 15 + 2.5
    assert path.read_text() == f"{round(30 * held)} {3 * 255}"


def test_without_ffmpeg_nothing_is_simulated(
    stored: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Session, "open", lambda _: pytest.fail("it was simulated"))
    assert main(["export", str(stored), "--mp4", str(tmp_path / "x.mp4")]) == 4
    assert "ffmpeg, which is not installed" in capsys.readouterr().err


def test_what_ffmpeg_refuses_is_said_and_nothing_is_left(
    stored: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    programs, out = tmp_path / "programs", tmp_path / "out"
    programs.mkdir()
    out.mkdir()
    stand_in(programs, "#!{python}\nimport sys\nsys.exit('unknown encoder libx264')\n")
    monkeypatch.setenv("PATH", str(programs))
    assert main(["export", str(stored), "--mp4", str(out / "x.mp4"), "--quiet"]) == 4
    assert "ffmpeg: unknown encoder libx264" in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_a_long_run_leaves_out_months_but_never_the_last() -> None:
    class Long:
        frames = 601

    months = movie.months_shown(Long())
    assert (months[-1], len(months)) == (600, 201)
    assert set(np.diff(months)) == {3}
