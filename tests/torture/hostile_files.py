"""Sixty fixed files that no config should be: refused, or read where they are legal, at once."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import harness
from forked import Commands
from malformed_configs import problems_of

ROW = 15
MOST_SECONDS = 1  # of the processor, judged in `make torture` only
MOST_ABOVE = 100_000_000  # bytes above what a small legal config takes
READ, REFUSED = 0, 2
HEAD = b"schema_version: 1\nsupply: {offers: {A: {}, B: {}}}\n"  # legal by itself

CONTENTS: dict[str, tuple[int, bytes]] = {
    # What YAML offers and a config may not use.
    "billion laughs": (REFUSED, b"a: &a [x,x]\n" + b"".join(
        b"%c: &%c [*%c,*%c]\n" % (n, n, n - 1, n - 1) for n in range(98, 120)) + HEAD),
    "quadratic blow-up": (REFUSED, HEAD + b"description: &d " + b"x" * 50_000 + b"\nc: [" +
        b"*d," * 20_000 + b"]\n"),
    "an anchor alone": (REFUSED, HEAD + b"description: &d text\n"),
    "an alias of itself": (REFUSED, b"a: &a [*a]\n" + HEAD),
    "a merge key": (REFUSED, HEAD + b"developers:\n  <<: {count: 5}\n"),
    "a merge key of an alias": (REFUSED, HEAD + b"choice: &c {}\nfreeze: {<<: *c}\n"),
    "python/object/apply": (REFUSED, HEAD + b"description: !!python/object/apply:os.system [id]\n"),
    "python/name": (REFUSED, HEAD + b"description: !!python/name:os.system\n"),
    "python/module": (REFUSED, HEAD + b"description: !!python/module:os\n"),
    "python/object/new": (REFUSED, HEAD + b"seed: !!python/object/new:int [5]\n"),
    "a tag of its own": (REFUSED, HEAD + b"seed: !mine 5\n"),
    "a tag with an address": (REFUSED, HEAD + b"seed: !<tag:yaml.org,2002:int> 5\n"),
    "binary": (REFUSED, HEAD + b"description: !!binary aGVsbG8=\n"),
    "a set": (REFUSED, HEAD + b"description: !!set {a, b}\n"),
    "a tag directive": (REFUSED, b"%TAG ! tag:x,2000:\n---\n" + HEAD),
    "a YAML directive": (REFUSED, b"%YAML 3.0\n---\n" + HEAD),
    "an unknown directive": (REFUSED, b"%X y\n---\n" + HEAD),
    "YAML 1.2 said": (READ, b"%YAML 1.2\n---\n" + HEAD),
    "two documents": (REFUSED, HEAD + b"---\n" + HEAD),
    "a document that ends": (READ, b"---\n" + HEAD + b"...\n"),
    "many empty documents": (REFUSED, b"---\n" * 200_000),
    "a map as a key": (REFUSED, HEAD + b"? {a: 1}\n: 2\n"),
    "a list as a key": (REFUSED, HEAD + b"? [a]\n: 2\n"),
    "the same key twice": (REFUSED, HEAD + b"seed: 1\nseed: 1\n"),
    "the same key in two spellings": (REFUSED, HEAD + b"seed: 1\n\"seed\": 2\n"),
    # Size and depth.
    "lists in lists": (REFUSED, b"[" * 300_000),
    "closed lists in lists": (REFUSED, b"[" * 100_000 + b"]" * 100_000),
    "maps in maps": (REFUSED, b"{a: " * 200_000),
    "sequences in sequences": (REFUSED, b"- " * 400_000),
    "deeper by indentation": (REFUSED, b"".join(b" " * n + b"a:\n" for n in range(1000))),
    "questions": (REFUSED, b"? " * 400_000),
    "one long line": (REFUSED, HEAD + b"x" * 900_000),
    "one long comment": (READ, HEAD + b"#" * 900_000),
    "one long text": (READ, HEAD + b"description: " + b"x" * 900_000 + b"\n"),
    "one long quoted text": (READ, HEAD + b"description: '" + b"x " * 400_000 + b"'\n"),
    "one long key": (REFUSED, HEAD + b"x" * 100_000 + b": 1\n"),
    "a key that never ends": (REFUSED, HEAD + b"? " + b"x" * 900_000),
    "long block text": (READ, HEAD + b"description: |\n" + b"  line\n" * 100_000),
    "a million keys": (REFUSED, b"".join(b"k%d: 1\n" % n for n in range(1_000_000))),
    "as many keys as fit": (REFUSED, HEAD + b"".join(b"%x:\n" % n for n in range(140_000))),
    "as many values as fit": (REFUSED, HEAD + b"seed: [" + b"1," * 490_000 + b"]\n"),
    "as many offers as fit": (REFUSED, HEAD[:-2] + b", " + b", ".join(
        b"N%x: {}" % n for n in range(70_000)) + b"}}\n"),
    "as many notes as fit": (REFUSED, HEAD + b"a: .nan\n" * 100_000),
    "a number of many digits": (REFUSED, HEAD + b"seed: " + b"9" * 900_000 + b"\n"),
    "an octal of many digits": (REFUSED, HEAD + b"seed: 0o" + b"7" * 900_000 + b"\n"),
    "newlines": (REFUSED, b"\n" * 900_000),
    # Bytes that are not clean UTF-8, and line ends.
    "nothing": (REFUSED, b""),
    "spaces": (REFUSED, b" \n \n"),
    "only comments": (REFUSED, b"# a\n# b\n"),
    "UTF-16": (REFUSED, HEAD.decode().encode("utf-16")),
    "UTF-16 without a mark": (REFUSED, HEAD.decode().encode("utf-16-le")),
    "UTF-32": (REFUSED, HEAD.decode().encode("utf-32")),
    "a byte order mark": (REFUSED, b"\xef\xbb\xbf" + HEAD),
    "Latin-1": (REFUSED, HEAD + b"description: caf\xe9\n"),
    "overlong UTF-8": (REFUSED, HEAD + b"description: \xc0\xaf\n"),
    "a surrogate": (REFUSED, HEAD + b"description: \xed\xa0\x80\n"),
    "a zero byte": (REFUSED, HEAD + b"description: a\0b\n"),
    "zero bytes": (REFUSED, b"\0" * 900_000),
    "an escape sequence": (REFUSED, HEAD + b"description: \x1b]0;title\x07\n"),
    "an escaped escape sequence as a key": (REFUSED, HEAD + b'"\\e[2J": 1\n'),
    "text written backwards": (REFUSED, HEAD + "\u202eseed: 1\n".encode()),
    "a letter like another": (REFUSED, HEAD + "s\u0435ed: 1\n".encode()),
    "Windows line ends": (READ, HEAD.replace(b"\n", b"\r\n")),
    "old line ends": (READ, HEAD.replace(b"\n", b"\r")),
    "a tab": (REFUSED, HEAD + b"developers:\n\tcount: 5\n"),
    "random bytes": (REFUSED, bytes(n * 7919 % 256 for n in range(100_000))),
    "an image": (REFUSED, b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    "JSON": (READ, b'{"schema_version": 1, "supply": {"offers": {"A": {}, "B": {}}}}'),
    # Numbers that other readers take for numbers.
    "nan": (REFUSED, HEAD + b"choice: {product_step: nan}\n"),
    ".NaN": (REFUSED, HEAD + b"choice: {product_step: .NaN}\n"),
    "infinity": (REFUSED, HEAD + b"choice: {upgrade_rate: Infinity}\n"),
    "an octal of old": (READ, HEAD + b"seed: 0123\n"),
    "a hexadecimal": (READ, HEAD + b"seed: 0x1F\n"),
    "underscores": (REFUSED, HEAD + b"seed: 1_000\n"),
    "base sixty": (REFUSED, HEAD + b"seed: 1:30\n"),
    "a timestamp": (REFUSED, HEAD + b"seed: 2023-01-01T00:00:00Z\n"),
    "a date as a month": (REFUSED, HEAD + b"start: 2023-01-01\n"),
    "yes for true": (REFUSED, HEAD + b"supply: {offers: {A: {open_weights: yes}}}\n"),
    "Arabic digits": (REFUSED, HEAD + "seed: \u0661\u0662\n".encode()),
}  # fmt: skip


def sparse(path: Path) -> None:
    """Make a file of a gigabyte that takes no room."""
    path.touch()
    os.truncate(path, 1_000_000_000)


PLACES: dict[str, tuple[int, Callable[[Path], object]]] = {
    "a gigabyte": (REFUSED, sparse),
    "a pipe that nobody writes": (REFUSED, os.mkfifo),
    "a folder": (REFUSED, os.mkdir),
    "zeros without end": (REFUSED, lambda path: path.symlink_to("/dev/zero")),
    "noise without end": (REFUSED, lambda path: path.symlink_to("/dev/urandom")),
    "the null device": (REFUSED, lambda path: path.symlink_to(os.devnull)),
    "standard input": (REFUSED, lambda path: path.symlink_to("/dev/stdin")),
    "a link to itself": (REFUSED, lambda path: path.symlink_to(path.name)),
    "a link to nothing": (REFUSED, lambda path: path.symlink_to("none.yaml")),
    "memory of its own": (REFUSED, lambda path: path.symlink_to("/proc/self/mem")),
    "nothing there": (REFUSED, lambda path: None),
}
REDUCED = FULL = len(CONTENTS) + len(PLACES)


def run(seed: int, count: int, plant: str = "") -> list[str]:
    """Check each file; the seed changes nothing."""
    cases = [(name, code, writer(raw)) for name, (code, raw) in CONTENTS.items()]
    cases += [(name, code, make) for name, (code, make) in PLACES.items()]
    with tempfile.TemporaryDirectory() as name, Commands(plant=plant) as check:
        folder = Path(name)
        (folder / "small.yaml").write_bytes(HEAD)
        usual = check("check", "small.yaml", folder=folder)
        problems = [f"a small config: {problem}" for problem in problems_of(usual, (READ,))]
        for number, (case, code, make) in enumerate(cases[:count]):
            path = folder / f"file{number}.yaml"
            make(path)
            ended = check("check", path.name, folder=folder)
            found = problems_of(ended, (code,))
            if ended.peak - usual.peak > MOST_ABOVE:
                found.append(f"{(ended.peak - usual.peak) / 1e6:.0f} MB more than a small config")
            if harness.TIMED and ended.seconds > MOST_SECONDS:
                found.append(f"{ended.seconds:.1f} s of the processor")
            if code == REFUSED and case in CONTENTS and f"{path.name}:" not in ended.err:
                found.append(f"does not name the file: {ended.err[:200]!r}")
            problems += [f"{case}: {problem}" for problem in found]
        return problems


def writer(raw: bytes) -> Callable[[Path], object]:
    """Make a function that writes bytes into a file."""
    return lambda path: path.write_bytes(raw)
