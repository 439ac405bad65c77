"""An animation as a file: a GIF by Pillow, a film in MP4 by ffmpeg where that is installed."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from experiments.plots import palette
from experiments.watch.animation import ACCENT, TALL, WIDE, Animation
from experiments.watch.tones import UNCHANGED, Numbers, Tones
from experiments.whole_files import StoreError, environment

HALF = 2
TICK = 10  # ms: what a GIF counts time in
MOST_FRAMES = 240  # of a longer run, every second month is shown, or third
FIRST_HELD, LAST_HELD = 0.8, 2.5  # seconds
SAMPLES = 4  # pictures from which the colours are taken
ENCODER = "ffmpeg"
RATE = 30  # pictures a second of a film
Look = Callable[[], None]


def months_shown(animation: Animation) -> list[int]:
    """Months that are shown, the last one always among them."""
    last = animation.frames - 1
    every = -(-animation.frames // MOST_FRAMES)
    return list(range(last % every, last + 1, every))


def seconds(count: int, speed: int) -> list[float]:
    """How long each of `count` pictures is shown."""
    held = [1.0 / speed] * count
    held[0], held[-1] = max(held[0], FIRST_HELD), max(held[-1], LAST_HELD)
    return held


# --- GIF -----------------------------------------------------------------------------------------


def gif(animation: Animation, speed: int, look: Look) -> bytes:
    """An animation that runs for ever; `look` is called before each picture.

    All pictures share their colours, and each holds only what differs from the one before.
    """
    months = months_shown(animation)
    tones = tones_of(animation, months)

    def halves() -> Iterator[Numbers]:
        for month in months:
            look()
            yield tones.numbers(animation.picture(month).reduce(HALF))

    shown = changes(halves(), tones)
    content = BytesIO()
    next(shown).save(
        content,
        "GIF",
        save_all=True,
        append_images=shown,
        duration=[round(held * 1000 / TICK) * TICK for held in seconds(len(months), speed)],
        loop=0,
        optimize=False,
        transparency=UNCHANGED,
        disposal=1,  # what is transparent shows the picture before
    )
    return content.getvalue()


def changes(pictures: Iterator[Numbers], tones: Tones) -> Iterator[Image.Image]:
    """The first picture, and of each later one only what differs from the one before."""
    before = None
    for now in pictures:
        differs = now if before is None else np.where(now == before, np.uint8(UNCHANGED), now)
        picture = Image.fromarray(differs)
        picture.putpalette(tones.palette)  # which makes numbers colours again
        before = now
        yield picture


def tones_of(animation: Animation, months: list[int]) -> Tones:
    """The colours of providers and words as they are, and others from the whole run."""
    words = [palette.PAPER, palette.INK, palette.MUTED, palette.GRID, palette.NOT_YET, ACCENT]
    step = max(1, (len(months) - 1) // (SAMPLES - 1))
    samples = [animation.picture(month).reduce(HALF) for month in months[::-step][:SAMPLES]]
    return Tones([*words, *animation.providers[1]], samples)


# --- MP4 -----------------------------------------------------------------------------------------


def encoder() -> str:
    """Path of ffmpeg.

    Raises
    ------
    StoreError
    """
    found = shutil.which(ENCODER)
    if found is None:
        raise StoreError(f"--mp4 needs {ENCODER}, which is not installed; --gif needs nothing more")
    return found


def mp4(animation: Animation, speed: int, look: Look) -> bytes:
    """A film in full HD; `look` is called before each picture.

    Raises
    ------
    StoreError
        ffmpeg is missing, or refuses.
    """
    with tempfile.TemporaryDirectory(prefix="shareshift-") as folder:
        path = Path(folder) / "film.mp4"
        command = [encoder(), "-loglevel", "error", "-nostdin", "-y"]
        command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDE}x{TALL}"]
        command += ["-r", str(RATE), "-i", "pipe:0", "-an", "-c:v", "libx264", "-crf", "20"]
        command += ["-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path)]
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said) as process,  # noqa: S603
        ):
            try:
                feed(process, animation, speed, look)
            except BaseException:
                process.kill()
                raise
            code = process.wait()
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines()
        if code or not path.is_file():
            raise StoreError(f"{ENCODER}: {words[-1] if words else f'ended with {code}'}")
        with environment(path):
            return path.read_bytes()


def feed(process: "subprocess.Popen[bytes]", animation: Animation, speed: int, look: Look) -> None:
    """Hand every picture to ffmpeg, as often as it is shown; one that has ended says why itself."""
    assert process.stdin is not None  # noqa: S101  # it was asked for
    months = months_shown(animation)
    with contextlib.suppress(BrokenPipeError):
        due = 0.0
        sent = 0
        for month, held in zip(months, seconds(len(months), speed), strict=True):
            look()
            due += held
            content = animation.picture(month).tobytes()
            while sent < round(due * RATE):
                process.stdin.write(content)
                sent += 1
        process.stdin.close()
