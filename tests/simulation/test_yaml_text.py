"""YAML text to plain values: the rules of YAML 1.2, places, and everything that is refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulation import yaml_text
from simulation.yaml_text import MOST_BYTES, MOST_DEPTH, TextError, parse, read_text, shown


def refusal(text: str) -> str:
    with pytest.raises(TextError) as caught:
        parse(text, "x.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("NO", "NO"),
        ("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"),
        ("null", None), ("~", None), ("", None), ("nULL", "nULL"),
        ("1e5", 1e5), ("1e-3", 1e-3), ("1E+2", 100.0), (".5", 0.5), ("5.", 5.0), ("-0.25", -0.25),
        ("+7", 7), ("0o17", 15), ("0x1F", 31), ("012", 12), ("-12", -12), ("1_000", "1_000"),
        ("12:30", "12:30"), ("2023-01", "2023-01"), ("2023-01-02", "2023-01-02"),
        ("1.2.3", "1.2.3"), ("1e", "1e"), ("0x", "0x"), ("0o8", "0o8"), ("e5", "e5"), ("=", "="),
        ("'5'", "5"), ('"true"', "true"), ("'null'", "null"), ('"a\\tb"', "a\tb"),
        ("é", "é"), ("1.5 $", "1.5 $"), ("<<", "<<"),
    ],
)  # fmt: skip
def test_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    got = parse(f"key: {text}\n", "x.yaml").plain["key"]
    assert got == value
    assert type(got) is type(value)


def test_keys_are_text() -> None:
    text = "12: a\nno: b\n0x1: c\n1.0: d\n~: e\n'': f\n"
    values = {"12": "a", "no": "b", "0x1": "c", "1.0": "d", "~": "e", "": "f"}
    assert parse(text, "x.yaml").plain == values


def test_values_know_their_place() -> None:
    root = parse("a: 1\nb:\n  - x\n  - {c: é, d: 2}\n", "dir/x.yaml")
    assert str(root.value["a"].place) == "dir/x.yaml:1:4"
    assert str(root.value["a"].key_place) == "dir/x.yaml:1:1"
    inner = root.value["b"].value[1].value["d"]
    assert (str(inner.key_place), str(inner.place)) == ("dir/x.yaml:4:12", "dir/x.yaml:4:15")
    assert inner.place.short == "dir/x.yaml:4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: .nan", "x.yaml:1:4: a: .nan is not a finite number; write a number, or quote it"),
        ("a: -.INF", "x.yaml:1:4: a: -.INF is not a finite number"),
        ("a: [1, 1e999]", "x.yaml:1:8: a.1: 1e999 is too large for a number"),
        ("a: " + "9" * 5000, "x.yaml:1:4: a: a number of 5000 characters"),
        ("a: 1\nb: 2\na: 3", "x.yaml:3:1: a: the key is given twice (first in line 1); keep one"),
        ("a: {b: 1, b: 1}", "x.yaml:1:11: a.b: the key is given twice"),
        ("a: &here 1", "x.yaml:1:4: a: anchor &here is not allowed"),
        ("a: &here 1\nb: *here", "x.yaml:2:4: b: alias *here is not allowed"),
        ("a: !!str 1", "x.yaml:1:4: a: tag tag:yaml.org,2002:str is not allowed"),
        ("a: !!python/object/apply:os.getcwd []", "x.yaml:1:4: a: tag tag:yaml.org,2002:python"),
        ("a: ! 1", "x.yaml:1:4: a: tag ! is not allowed"),
        ("%TAG ! tag:x,2000:\n---\na: 1", "x.yaml:1:1: a %TAG directive is not allowed"),
        ("a: 1\n---\nb: 1", "x.yaml:2:1: a second document begins here"),
        ("? [a, b]\n: 1", "x.yaml:1:3: a key must be one word or number"),
        ("{[a]: 1}", "x.yaml:1:2: a key must be one word or number"),
        ("? {a: 1}\n", "x.yaml:1:3: a key must be one word or number"),
        ("*a : 1", "alias *a is not allowed"),
        ("", "x.yaml:1:1: the file is empty"),
        ("# only words\n", "x.yaml:1:1: the file is empty"),
        ("a:\n\t- 1", "x.yaml:2:1: not valid YAML: found character that cannot start any token"),
        ("a: 1\n\tb: 2", "x.yaml:2:1: not valid YAML: found a tab character"),
        ("a:\n  - {b: 1}\n  - c: [2, {d: .nan}]", "x.yaml:3:16: a.1.c.1.d: .nan is not"),
        ("a: b: c", "x.yaml:1:5: not valid YAML: mapping values are not allowed"),
        ("a: [1", "not valid YAML"),
        ("a: 'open", "not valid YAML"),
        ('a: "\\ud800"', "not valid YAML"),
        ("%YAML 3.0\n--- 1", "not valid YAML"),
        ("a: 1\nb: \0", "x.yaml:2:4: character U+0000 is not allowed"),
        ("a: \x1b[31m", "x.yaml:1:4: character U+001B is not allowed"),
        ("a: \ud800", "x.yaml:1:4: character U+D800 is not allowed"),
    ],
)
def test_text_is_refused_with_its_place(text: str, message: str) -> None:
    assert message in refusal(text)


def test_tabs_and_colons_get_a_cure() -> None:
    assert "indent with spaces, not tabs" in refusal("a:\n\t- 1")
    assert "write `key: value`" in refusal("a: b: c")


def test_all_refusals_come_at_once() -> None:
    lines = refusal("a: .nan\nb: &x 1\nc: !!int 2\na: 3\n").splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "x.yaml:1:4", "x.yaml:2:4", "x.yaml:3:4", "x.yaml:4:1",
    ]  # fmt: skip


@pytest.mark.parametrize("level", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 50_000])
def test_deep_nesting_is_refused_without_recursion(level: str, depth: int) -> None:
    message = refusal(level * depth)
    assert "nested deeper than 32 levels" in message or "a key must be one word" in message


def test_the_deepest_legal_nesting_is_read() -> None:
    text = "[" * MOST_DEPTH + "]" * MOST_DEPTH
    assert parse(text, "x.yaml").plain is not None


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "MOST_NODES", 100)
    assert parse("[" + "1," * 99 + "]", "x.yaml").plain == [1] * 99
    assert "more than 100 values" in refusal("[" + "1," * 100 + "]")


def test_an_alias_bomb_is_refused_at_its_first_alias() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert "anchor &a0 is not allowed" in refusal("\n".join(lines))


def test_without_the_depth_limit_the_test_would_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "MOST_DEPTH", 10**9)
    node = parse("[" * 200 + "]" * 200, "x.yaml")
    assert isinstance(node.value, list)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xef\xbb\xbfa: 1\n", "x.yaml:1:1: the file is UTF-8 with a byte order mark"),
        (b"\xff\xfea\x00", "x.yaml:1:1: the file is UTF-16"),
        (b"a: 1\nb: \xe9\n", "x.yaml:2:4: byte 0xe9 is not UTF-8"),
        (b"#" * (MOST_BYTES + 1), "x.yaml: larger than 1,000,000 bytes"),
    ],
)
def test_bytes_are_refused(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    with pytest.raises(TextError) as caught:
        read_text(path, "x.yaml")
    assert message in str(caught.value)


def test_the_largest_legal_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * MOST_BYTES)
    assert len(read_text(path, "x.yaml")) == MOST_BYTES


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.yaml", "no such file"), (".", "not a file"), ("a\0b", ""), ("x" * 5000, "")],
)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        read_text(tmp_path / name, "x.yaml")
    assert message in str(caught.value)


def test_windows_newlines_are_read() -> None:
    root = parse("a: 1\r\nb: 2\r\n", "x.yaml")
    assert root.plain == {"a": 1, "b": 2}
    assert str(root.value["b"].place) == "x.yaml:2:4"


def test_messages_show_odd_values_on_one_short_line() -> None:
    assert shown("a\nb\x1b\u202e") == "a\\nb\\x1b\\u202e"
    assert len(shown("x" * 1000)) == 40
    assert shown(1.5) == "1.5"


def test_the_pure_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, no, 1e5]\nb: {c: '5', d: 12:30}\n"
    native = parse(text, "x.yaml")
    monkeypatch.setattr(yaml_text, "LOADER", yaml.SafeLoader)
    assert parse(text, "x.yaml") == native
