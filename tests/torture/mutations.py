"""Damage to a text: single bytes, and lines and words as a person or a program gets them wrong."""

import random
import re
from collections.abc import Callable

SNIPPETS = (
    b"{", b"}", b"[", b"]", b": ", b"- ", b"? ", b"|", b">", b"&a ", b"*a", b"!!x ",
    b"!!python/object/apply:os.system [id]", b"<<: *a", b".nan", b"-.inf", b"1e999", b"9" * 80,
    b"0x7fffffffffffffffff", b"1_000", b"null", b"~", b"true", b"no", b"---\n", b"...\n",
    b"%TAG ! x\n", b"%YAML 9.9\n", b"\t", b"\r", b"\r\n", b"\n\n", b'"\\0"', b'"\\ud800"', b"'",
    b'"', b"#", b"\xff", b"\x00", b"\x1b[31m", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xc2\x85",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xf0\x9f\x92\xa3", b"\xed\xa0\x80", b"extends: /etc/passwd\n",
    b"extends: recorded.yaml\n", b"recorded: [", b"family: complete\n",
    b"developers: {count: 1e30}\n", b"events: {e: {month: 0, set: {developers.count: 1}}}\n",
    b"freeze: {supply.price: -1}\n", b",", b",,,,", b"\"\"\"", b"=1+1",
)  # fmt: skip
VALUES = (
    b"nan", b".nan", b"inf", b"-1", b"0", b"1", b"0.5", b"1e308", b"-1e308", b"1e-320", b"1e99",
    b"9007199254740993", b"18446744073709551616", b"-0", b"1_000", b"0x10", b"0o17", b"012",
    b"1e", b"text", b"''", b'"a\\nb"', b"true", b"False", b"null", b"~", b"", b"[]", b"{}",
    b"[1, 2]", b"{a: 1}", b"[[[[[]]]]]", b"2023-01", b"2023-13", b"12:30:00", b"A" * 300,
    "Ω£".encode(), b"../../secret", b"/etc/passwd", b"data/none.csv", b"ring", b"complete",
    b"none", b"log", b"OPEN",
)  # fmt: skip
VALUE = re.compile(rb"(?<=[:\-\[{,] )[^\s:{}\[\],#][^:{}\[\],#\n]*")
NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?")
KEY = re.compile(rb"[A-Za-z_][A-Za-z0-9_.]*(?=:)")

Mutation = Callable[[random.Random, bytes], bytes]


def mutated(chance: random.Random, raw: bytes, mutations: tuple[Mutation, ...]) -> bytes:
    """Copy of `raw` with one to four of the mutations done to it."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        raw = chance.choice(mutations)(chance, raw)
    return raw


def spot(chance: random.Random, raw: bytes) -> tuple[int, int]:
    """Begin and end of a short stretch."""
    begin = chance.randrange(len(raw) + 1)
    return begin, min(begin + chance.choice((1, 1, 2, 5, 20)), len(raw))


def flip_bit(chance: random.Random, raw: bytes) -> bytes:
    """Flip one bit, as a bad disk does."""
    begin, end = spot(chance, raw)
    return (
        raw[:begin]
        + bytes(b ^ 1 << chance.randrange(8) for b in raw[begin:end][:1])
        + (raw[begin + 1 :] if end > begin else b"")
    )


def random_bytes(chance: random.Random, raw: bytes) -> bytes:
    """Put random bytes over a stretch."""
    begin, end = spot(chance, raw)
    return raw[:begin] + chance.randbytes(chance.randrange(4)) + raw[end:]


def cut(chance: random.Random, raw: bytes) -> bytes:
    """Lose a stretch."""
    begin, end = spot(chance, raw)
    return raw[:begin] + raw[end:]


def truncated(chance: random.Random, raw: bytes) -> bytes:
    """Lose the end."""
    return raw[: chance.randrange(len(raw) + 1)]


def repeated(chance: random.Random, raw: bytes) -> bytes:
    """Say a stretch many times."""
    begin, end = spot(chance, raw)
    return raw[:begin] + raw[begin:end] * chance.choice((2, 3, 50)) + raw[end:]


def snippet(chance: random.Random, raw: bytes) -> bytes:
    """Insert something that means much to a parser."""
    begin = chance.randrange(len(raw) + 1)
    return raw[:begin] + chance.choice(SNIPPETS) + raw[begin:]


def replaced(pattern: re.Pattern[bytes], choices: tuple[bytes, ...]) -> Mutation:
    """Make a mutation that puts one of the choices in place of a match."""

    def mutate(chance: random.Random, raw: bytes) -> bytes:
        hits = list(pattern.finditer(raw))
        if not hits:
            return raw
        hit = chance.choice(hits)
        return raw[: hit.start()] + chance.choice(choices) + raw[hit.end() :]

    return mutate


def misspelt(chance: random.Random, raw: bytes) -> bytes:
    """Get a letter of a key wrong."""
    hits = list(KEY.finditer(raw))
    if not hits:
        return raw
    hit = chance.choice(hits)
    place = chance.randrange(hit.start(), hit.end())
    return raw[:place] + chance.choice((b"", b"x", b"_", b"S", b".")) + raw[place + 1 :]


def lines(chance: random.Random, raw: bytes) -> bytes:
    """Lose, repeat, move, indent, join or wrap a line."""
    rows = raw.split(b"\n")
    at = chance.randrange(len(rows))
    row = rows.pop(at)
    new = chance.choice(
        ([], [row, row], [b"  " + row], [b"\t" + row], [row.lstrip()], [b"- " + row], [b"# " + row],
         [row.replace(b": ", b":")], [row.replace(b" ", b"")], [row + b"\r"], [b"{" + row + b"}"])
    )  # fmt: skip
    elsewhere = chance.choice((at, at, chance.randrange(len(rows) + 1)))
    return b"\n".join(rows[:elsewhere] + list(new) + rows[elsewhere:])


def moved_key(chance: random.Random, raw: bytes) -> bytes:
    """Put one key of the text in place of another."""
    keys = tuple(KEY.findall(raw)) or (b"x",)
    return replaced(KEY, keys)(chance, raw)


BYTES: tuple[Mutation, ...] = (flip_bit, random_bytes, cut, truncated, repeated, snippet)
WORDS: tuple[Mutation, ...] = (
    replaced(VALUE, VALUES), replaced(VALUE, VALUES), replaced(NUMBER, VALUES),
    misspelt, moved_key, lines, lines, snippet,
)  # fmt: skip
