"""A run as one HTML file that opens without a network: numbers, figures, config, and how to repeat.

Figures come as PNG bytes that carry their own title and description, so that a report can be
written from stored figures as well, without Matplotlib.
"""

import base64
import shlex
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from experiments import report_tables as tables
from experiments.headlines import end_of, headlines
from experiments.plots import series
from experiments.report_capital import capital_tables
from experiments.report_money import money_tables

LARGEST_REPORT = 5_000_000
ROOM_FOR_TEXT = 300_000
ORDER = (
    "divergence",
    "basins",
    "share_river",
    "regime",
    "concentration",
    "timeline",
    "valuations",
    "cap_tables",
    "co_investment",
    "commitments",
    "solvency",
    "distress",
    "compute",
    "race",
    "prices",
    "flows",
    "substitution",
    "retention",
    "network",
    "channels",
    "supply",
)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
DISCLAIMER = (
    "Named firms are stylised paths, built from published prices, capability scores and "
    "safety grades; brand and runway are assumed, and 111 of the 590 rows of the record that "
    "ships are labelled assumed. Nothing here is a forecast, and nothing here is advice."
)
DECIDED = (
    "Named firms are stylised paths: they start from published facts and assumed settings, and "
    "from then on decide by rules of this model. Their models, prices, contracts and failures are "
    "outcomes of one run and no record; only dated events, and rounds that a file names, are put "
    "in. Nothing here is a forecast, and nothing here is advice."
)
PRODUCT_TERMS = (
    "This run uses product terms that are not zero: part of the outcome is put in, not explained."
)
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
CONFIG = "<details><summary>every parameter, as YAML</summary><pre>{config}</pre></details>\n"
HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
"""
CSS = """
:root { --ink: #1d2330; --muted: #59616f; --rule: #d6dbe3; --paper: #ffffff; --card: #f4f6f9;
  --accent: #058064; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --muted: #a3acba; --rule: #3a4251;
  --paper: #161a22; --card: #202631; --accent: #4cc4a3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 3rem 0 0.75rem; }
p { max-width: 46rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
nav { margin: 1rem 0; color: var(--muted); }
nav a { margin-right: 1rem; white-space: nowrap; display: inline-block; }
a { color: var(--accent); }
.note { border-left: 4px solid var(--accent); background: var(--card); padding: 0.75rem 1rem; }
.cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.75rem;
  margin: 1.5rem 0; }
.card { background: var(--card); border-radius: 8px; padding: 0.9rem 1rem; }
.card p { margin: 0; color: var(--muted); font-size: 0.9rem; }
.card .big { color: var(--ink); font-size: 1.5rem; font-weight: 700; line-height: 1.35; }
.wide { overflow-x: auto; margin: 1rem 0 1.75rem; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: 0.5rem; }
th, td { padding: 0.35rem 0.85rem; text-align: right; border-bottom: 1px solid var(--rule);
  white-space: nowrap; }
thead th { vertical-align: bottom; }
th small { display: inline-block; max-width: 6.5rem; white-space: normal; font-weight: 400;
  line-height: 1.3; color: var(--muted); }
tr > :first-child { text-align: left; padding-left: 0; }
td .names { display: inline-block; min-width: 14rem; max-width: 26rem; white-space: normal;
  text-align: left; }
figure { margin: 2rem 0 2.5rem; }
figure img { width: 100%; height: auto; background: #ffffff; border-radius: 8px; display: block; }
figcaption { color: var(--muted); margin-top: 0.6rem; max-width: 60rem; }
figcaption strong { color: var(--ink); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.25rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--card); padding: 1rem; border-radius: 8px; overflow-x: auto;
  font-size: 0.85rem; line-height: 1.45; }
summary { cursor: pointer; }
footer { margin-top: 3rem; color: var(--muted); border-top: 1px solid var(--rule); }
@media (max-width: 40rem) { h1 { font-size: 1.5rem; } dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 0.4rem; } .cards { grid-template-columns: 1fr 1fr; }
  .card .big { font-size: 1.15rem; } }
@media print { nav { display: none; } body { max-width: none; font-size: 10pt; }
  figure, .card, tr { break-inside: avoid; } h2 { break-after: avoid; }
  pre { white-space: pre-wrap; } }
"""


class Picture(NamedTuple):
    """A figure of the report: its file name without ending, its words and its bytes."""

    name: str
    title: str
    caption: str
    png: bytes


def write_report(
    records: series.RunLike, figures: Mapping[str, bytes], extra: Mapping[str, Any]
) -> str:
    """The report of a run as the text of one HTML file.

    Parameters
    ----------
    records : the run
    figures : name -> bytes of a PNG
    extra : `manifest`, a map of facts on the run; optionally `summary`, plain text shown as it
        is, `ends` and `basins`, where the runs of a study ended, for the headlines and a table,
        and `commands`, the lines that repeat the run.  Other entries are not shown.
    """
    pictures, left_out = chosen(figures)
    drawn = [figure(picture) for picture in pictures]
    manifest = dict(extra.get("manifest", {}))
    name, config = records.config.name, tables.safe(config_text(records))
    changed = tables.change_table(tables.changes(records.config))
    facts = tables.facts({"name": name, "seed": records.config.seed} | manifest)
    return "".join(
        (
            HEAD.format(policy=POLICY, title=f"Shareshift: {tables.safe(name)}", css=CSS),
            header(records, manifest),
            section("numbers", "Numbers", numbers(records, drawn[:1], extra) + plain_text(extra)),
            section("figures", "Figures", "".join(drawn[1:]) + missing(left_out)),
            section("changes", "Changed against the defaults", changed),
            section("config", "Resolved config", CONFIG.format(config=config)),
            section("provenance", "Where this comes from", facts),
            section("repeat", "How to repeat it", repeat(manifest, extra)),
            f"<footer><p>{disclaimer(records)}</p></footer>\n</body>\n</html>\n",
        )
    )


def numbers(records: series.RunLike, first: Sequence[str], extra: Mapping[str, Any]) -> str:
    """The numbers, with the first figure after the headlines."""
    ends = extra.get("ends") or end_of(records)
    basins = extra.get("basins")
    told = series.without_empty_places(records)
    parts = (
        tables.basin_table(basins) if basins else "",
        tables.share_table(told),
        tables.index_table(told),
        money_tables(told),
        capital_tables(told),
        tables.flow_table(told),
    )
    return "".join((headlines(records.providers, ends), *first, *parts))


def header(records: series.RunLike, manifest: Mapping[str, Any]) -> str:
    """Title, what the run is about, the note on named firms, and links into the page."""
    config, days = records.config, series.dates(records)
    walked = f" {PRODUCT_TERMS}" if series.uses_product_terms(records) else ""
    links = "".join(
        f'<a href="#{place}">{words}</a> '
        for place, words in (
            ("numbers", "Numbers"),
            ("figures", "Figures"),
            ("changes", "Changes"),
            ("config", "Config"),
            ("provenance", "Provenance"),
            ("repeat", "Repeat"),
        )
    )
    span = f"{series.spoken_date(days[0])} to {series.spoken_date(days[-1])}"
    return (
        f"<header><h1>{tables.safe(config.name)}</h1>\n"
        f"<p>{tables.safe(config.description)}</p>\n"
        f"<p>A run of Shareshift over {len(days)} months, {span}, "
        f"{len(series.without_empty_places(records).providers)} providers, "
        f"{tables.safe(seeds_of(records, manifest))}.</p>\n"
        f'<p class="note">{disclaimer(records)}{walked}</p>\n<nav>{links}</nav></header>\n<main>\n'
    )


def disclaimer(records: series.RunLike) -> str:
    """What named firms are: paths from a record, or from a start and rules."""
    return DECIDED if series.decided(records) else DISCLAIMER


def seeds_of(records: series.RunLike, manifest: Mapping[str, Any]) -> str:
    """The seed, or the seeds of a study and which of them the numbers are from."""
    ends = manifest.get("seeds")
    if not ends:
        return f"seed {records.config.seed}"
    return (
        f"seeds {ends[0]} to {ends[-1]}; the first numbers are medians over them and the first "
        "table counts how they end, the other tables and all figures but those of divergence and "
        f"basins are those of seed {records.config.seed}"
    )


def section(place: str, title: str, content: str) -> str:
    """One part of the page; the last one closes the main part."""
    end = "</main>\n" if place == "repeat" else ""
    return f'<section id="{place}"><h2>{title}</h2>\n{content}</section>\n{end}'


def plain_text(extra: Mapping[str, Any]) -> str:
    """The table that the run printed, if it was handed over."""
    summary = extra.get("summary", "")
    return f"<pre>{tables.safe(summary)}</pre>\n" if summary else ""


def chosen(figures: Mapping[str, bytes]) -> tuple[list[Picture], list[str]]:
    """The figures in the order of the report, and the names of those that do not fit."""
    rank = {name: place for place, name in enumerate(ORDER)}
    room = LARGEST_REPORT - ROOM_FOR_TEXT
    shown, left_out = [], []
    for name in sorted(figures, key=lambda name: (rank.get(name, len(rank)), name)):
        size = 4 * len(figures[name]) // 3
        if size > room:
            left_out.append(name)
            continue
        room -= size
        words = written_in(figures[name])
        shown.append(
            Picture(name, words.get("Title", name), words.get("Description", ""), figures[name])
        )
    return shown, left_out


def figure(picture: Picture) -> str:
    """One figure with its caption; the picture is in the file itself."""
    data = base64.b64encode(picture.png).decode()
    alternative = tables.safe(f"{picture.title}. {picture.caption}")
    return (
        f'<figure id="figure-{tables.safe(picture.name)}"><img alt="{alternative}" '
        f'loading="lazy" src="data:image/png;base64,{data}">\n<figcaption><strong>'
        f"{tables.safe(picture.title)}.</strong> {tables.safe(picture.caption)}"
        "</figcaption></figure>\n"
    )


def missing(names: Sequence[str]) -> str:
    """Which figures stand only beside the report."""
    if not names:
        return ""
    files = ", ".join(f"figures/{tables.safe(name)}.png" for name in names)
    return f"<p>Left out to keep this file small: {files}.</p>\n"


def config_text(records: series.RunLike) -> str:
    """The resolved config as YAML, naming its input files as a run directory holds them."""
    copies = records.config.copies()
    return str(records.config.dump({path: f"inputs/{name}" for path, name in copies.items()}))


def repeat(manifest: Mapping[str, Any], extra: Mapping[str, Any]) -> str:
    """Commands that give the same tables again."""
    typed, ends = manifest.get("argv", []), manifest.get("seeds")
    first = [f"shareshift {shlex.join(str(word) for word in typed)}"] if typed else []
    count = f" --seeds {ends[-1] - ends[0] + 1}" if ends else ""
    lines = list(extra.get("commands", [*first, f"shareshift run config.yaml{count} --out again"]))
    return (
        "<p>The run directory holds <code>config.yaml</code> and its inputs. In it, the last "
        "of these commands gives the same bytes in every table.</p>\n"
        f"<pre>{tables.safe(chr(10).join(lines))}</pre>\n"
    )


def written_in(png: bytes) -> dict[str, str]:
    """Words that a PNG carries, by keyword (chunks tEXt and iTXt); empty if it is no PNG."""
    words: dict[str, str] = {}
    at = len(PNG_SIGNATURE)
    while png.startswith(PNG_SIGNATURE) and at + 12 <= len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        chunk = png[at + 8 : at + 8 + size]
        at += size + 12
        if kind not in (b"tEXt", b"iTXt"):
            continue
        key, _, rest = chunk.partition(b"\0")
        if kind == b"tEXt":
            words[key.decode("latin-1")] = rest.decode("latin-1")
        elif len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            text = zlib.decompress(text) if rest[0] else text
            words[key.decode("latin-1")] = text.decode("utf-8", "replace")
    return words
