"""The report: one offline file with the numbers of the tables, in which names are only words."""

import base64
import csv
import html
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_records import synthetic_records

from experiments import report, report_tables
from experiments.headlines import Ends, headlines
from experiments.plots import series
from experiments.report import write_report, written_in
from experiments.summary import Shares, opening_month
from simulation.columns import SEGMENTS
from simulation.metrics.frequency import frequency_interval

OPENING = 12  # January 2024 in a run that starts in January 2023
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = (
    '<script>alert("x")</script>',
    "<img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "OPEN",
)
MANIFEST = {
    "identity": "ab" * 32,
    "seed": 1,
    "versions": {"python": "3.11.7", "numpy": "2.0"},
    "argv": ["run", "configs/my market.yaml", "--months", "36"],
}


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG; nobody here looks at its check sum."""
    return len(content).to_bytes(4, "big") + kind + content + bytes(4)


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"tEXt", b"Title\0A < B &")
    + chunk(b"iTXt", b"Description\0\0\0\0\0" + "café · →".encode())
)


class Page(HTMLParser):
    """Tags, attributes, and the exact numbers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.nested = True
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.nested = bool(self.open) and self.open.pop() == tag and self.nested


def numbers_of(row: str) -> list[float]:
    """The exact numbers of one row of a table."""
    return [float(value) for value in re.findall(r'<data value="([^"]+)">', row)]


def row_of(text: str, name: str) -> str:
    """The first row of a table whose name is `name`."""
    start = text.index(f'<tr><th scope="row">{html.escape(name)}</th>')
    return text[start : text.index("</tr>", start)]


def test_shares_of_the_report_are_those_of_the_tables() -> None:
    records = synthetic_records()
    text = write_report(records, {}, {})
    segments = records.tables["segments"]
    providers = records.tables["providers"]
    for name in records.providers:
        wanted = []
        for segment, column in zip(SEGMENTS, ("spend", "spend", "user"), strict=True):
            rows = (segments["segment"] == segment) & (segments["provider"] == name)
            shares = segments[f"{column}_share"][rows]
            wanted += [shares[OPENING], shares[-1]]
        wanted.append(providers["revenue_share"][providers["provider"] == name][-1])
        assert numbers_of(row_of(text, name)) == wanted


def test_indices_of_the_report_are_those_of_the_tables() -> None:
    records = synthetic_records()
    text, market = write_report(records, {}, {}), records.tables["market"]
    for words, column, scale in (
        ("Concentration (HHI) of coding", "hhi_coding", 10_000),
        ("Retention of developers", "retention_coding", 1),
        ("Renewal rate of enterprises", "renewal_rate", 1),
        ("Adopted: consumer", "adopted_consumer", 1),
        ("Providers at the frontier", "frontier_providers", 1),
        ("Openness", "openness", 1),
    ):
        known = market[column] * scale
        assert numbers_of(row_of(text, words)) == [known[OPENING], known[-1]]
    assert "–" in row_of(text, "Enterprises with a second source")


def test_regimes_of_the_report_are_those_of_the_tables() -> None:
    records = synthetic_records()
    labels = records.tables["market"]["regime"]
    labels[:] = "oligopoly"
    labels[OPENING], labels[-3:] = "open", "monopoly"
    row = row_of(write_report(records, {}, {}), "Regime")
    assert "<td>open</td><td>monopoly</td><td>since 2025-10</td>" in row


def basins() -> dict[str, Any]:
    """Ends of four made-up runs."""
    low, high = frequency_interval([3, 3, 0, 1], 4)
    return {
        "date": ["2025-12"] * 4,
        "regime": ["monopoly", "monopoly", "open", "oligopoly"],
        "leader": ["", "<b>", "", ""],
        "runs": [3, 3, 0, 1],
        "of": [4] * 4,
        "probability": [0.75, 0.75, 0.0, 0.25],
        "low": low,
        "high": high,
        "seeds": ["1 2 4", "1 2 4", "", "3"],
    }


def test_a_study_says_how_often_it_ends_how_and_a_run_does_not() -> None:
    text = write_report(synthetic_records(), {}, {"basins": basins()})
    low, high = frequency_interval(0, 4)
    assert numbers_of(row_of(text, "open")) == [0, 0, float(low), float(high)]
    row = row_of(text, "monopoly, led by <b>")
    assert numbers_of(row)[:2] == [3, 0.75] and "<td>1 2 4</td>" in row
    assert "How 4 runs end in 2025-12" in text
    assert "runs end in" not in write_report(synthetic_records(), {}, {})


def test_tables_begin_where_the_printed_one_does() -> None:
    """A number that the opening month lacks is a dash, not the first that there is later."""
    records = synthetic_records()
    records.tables["market"]["renewal_rate"][:20] = np.nan
    text = write_report(records, {}, {})
    printed = opening_month(Shares(series.dates(records), series.shares(records)))
    assert printed == OPENING
    assert text.count("<br>2024-01</th>") == 3
    assert '<th scope="col">2024-01</th><th scope="col">2025-12</th>' in text
    row = row_of(text, "Renewal rate of enterprises")
    assert "<td>–</td>" in row and len(numbers_of(row)) == 1


def test_largest_divergence_of_segments_is_said() -> None:
    text = write_report(synthetic_records(), {}, {})
    assert "<td>0 to 0.53</td>" in row_of(text, "Divergence between segments")
    two = write_report(synthetic_records(names=("Solo", "OPEN")), {}, {})
    assert "<td>0 to 1.00</td>" in row_of(two, "Divergence between segments")


def test_concentration_is_given_without_the_square_of_open() -> None:
    records = synthetic_records()
    text = write_report(records, {}, {})
    last = series.shares(records)[-1]
    less = 1e4 * ((last[0] ** 2).sum() - last[0, records.providers.index("OPEN")] ** 2)
    assert f"Without its square in Dec 2025: coding {less:,.0f}, enterprise " in text
    alone = write_report(synthetic_records(names=("Solo", "Duo")), {}, {})
    assert "Without its square" not in alone


def cards_of(text: str) -> list[str]:
    """Words of each headline."""
    found = re.findall(r'<div class="card">(.*?)</div>', text, re.S)
    return [re.sub(r"<[^>]+>", " ", card) for card in found]


def ends(*coding: tuple[float, ...]) -> Ends:
    """Ends of runs with these shares of four providers in all segments."""
    shares = np.repeat(np.array(coding)[:, None], len(SEGMENTS), axis=1)
    numbers = {name: np.arange(len(coding), dtype=float) for name in series.HEADLINES}
    return Ends(shares, numbers)


def test_headlines_of_a_study_are_medians_and_not_the_first_seed() -> None:
    found = ends((0.9, 0.1, 0, 0), (0.3, 0.6, 0.1, 0), (0.2, 0.8, 0, 0))
    cards = cards_of(headlines(("A", "B", "C", "OPEN"), found))
    assert "B" in cards[0] and "60.0 %" in cards[0] and "90.0 %" not in cards[0]
    assert "median of 3 runs; leads in 67 % of runs" in cards[0]
    assert "$1m" in cards[3] and "median of 3 runs" in cards[3]
    text = write_report(synthetic_records(), {}, {"manifest": {"seeds": [1, 3]}, "ends": found})
    assert "leads in 67 % of runs" in text and "the first numbers are medians" in text


@pytest.mark.parametrize(("second", "said"), [(0.395, True), (0.37, False)])
def test_a_lead_of_less_than_two_points_is_a_near_tie(second: float, said: bool) -> None:
    found = ends((0.41, second, 0.1, 0.59 - 0.1 - second))
    card = cards_of(headlines(("A", "B", "C", "OPEN"), found))[0]
    assert ("near tie with B" in card) == said
    assert "runs" not in card


def test_the_disclaimer_counts_the_assumed_rows_of_the_record() -> None:
    path = ROOT / "configs" / "data" / "supply_recorded.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    rows = list(csv.DictReader(lines))
    assumed = sum(row["confidence"] == "assumed" for row in rows)
    assert f"{assumed} of the {len(rows)} rows" in report.DISCLAIMER


def test_flows_of_the_report_are_those_of_the_tables() -> None:
    records = synthetic_records()
    text, flows = write_report(records, {}, {}), records.tables["flows"]
    rows = (flows["from"] == "OpenAI") & (flows["to"] == "OPEN") & (flows["segment"] == "coding")
    agents = flows["agents"][rows].sum()
    wanted = [agents, flows["utility"][rows].sum() / agents]
    assert numbers_of(row_of(text, "OpenAI → OPEN"))[:2] == pytest.approx(wanted)


def test_printed_numbers_are_the_exact_ones_rounded() -> None:
    assert report_tables.number(0.4312, "percent") == '<data value="0.4312">43.1 %</data>'
    assert report_tables.number(-1.25, "util") == '<data value="-1.25">−1.25</data>'
    assert report_tables.number(float("nan"), "percent") == "–"


def injected(text: str) -> bool:
    """Whether a page holds a script, an event handler, or a picture that is not in it."""
    tags = Page(text).tags
    return any(
        tag == "script"
        or any(name.startswith("on") for name in attributes)
        or (tag == "img" and not str(attributes.get("src")).startswith("data:"))
        for tag, attributes in tags
    )


def hostile_report() -> str:
    """A report in which everything that comes from a file tries to be HTML."""
    records = synthetic_records(names=HOSTILE)
    records.config.name = records.config.description = HOSTILE[0]
    records.config.dump = lambda inputs: f"</pre>{HOSTILE[0]}"
    extra = {"manifest": {HOSTILE[0]: HOSTILE[1], "argv": [HOSTILE[0]]}, "summary": HOSTILE[1]}
    return write_report(records, {HOSTILE[2]: PNG}, extra)


def test_hostile_names_stay_words() -> None:
    text = hostile_report()
    assert not injected(text)
    assert html.escape(HOSTILE[0]) in text and HOSTILE[0] not in text


def test_injection_is_found_where_nothing_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_tables, "safe", str)
    assert injected(hostile_report())


def test_page_is_whole_and_asks_for_nothing_outside() -> None:
    text = write_report(synthetic_records(), {"share_river": PNG}, {"manifest": MANIFEST})
    page = Page(text)
    assert page.nested and page.open == []
    assert "://" not in text and "@import" not in text and "url(" not in text
    addresses = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href")
    ]
    assert all(str(value).startswith(("#", "data:image/png;base64,")) for value in addresses)
    targets = {attributes.get("id") for _, attributes in page.tags}
    assert {value[1:] for value in addresses if value and value.startswith("#")} <= targets
    policy = next(a for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert str(policy["content"]).startswith("default-src 'none'")


def test_figure_stands_in_the_file_with_its_own_words() -> None:
    text = write_report(synthetic_records(), {"share_river": PNG}, {})
    assert base64.b64encode(PNG).decode() in text
    assert '<img alt="A &lt; B &amp;. café · →"' in text
    assert "<figcaption><strong>A &lt; B &amp;.</strong> café · →</figcaption>" in text


def test_words_of_a_png_are_read_and_anything_else_is_no_png() -> None:
    assert written_in(PNG) == {"Title": "A < B &", "Description": "café · →"}
    assert written_in(b"GIF89a") == {} and written_in(b"") == {}
    assert written_in(PNG[:12]) == {}


def test_figures_come_in_order_and_new_ones_last() -> None:
    figures = {"zebra": PNG, "supply": PNG, "share_river": PNG}
    shown, left_out = report.chosen(figures)
    assert [picture.name for picture in shown] == ["share_river", "supply", "zebra"]
    assert left_out == []


def test_report_stays_small_and_says_what_it_left_out() -> None:
    figures = {"share_river": PNG + b"\0" * 3_000_000, "supply": PNG + b"\0" * 3_000_000}
    text = write_report(synthetic_records(), figures, {})
    assert len(text.encode()) < report.LARGEST_REPORT
    assert "figures/supply.png" in text and "figures/share_river.png" not in text


@pytest.mark.parametrize(
    "case",
    [{"months": 1}, {"adopt": False}, {"names": ("Solo",)}, {"names": HOSTILE}, {"months": 120}],
)
def test_report_of_an_odd_run_is_whole(case: dict[str, Any]) -> None:
    page = Page(write_report(synthetic_records(**case), {}, {"manifest": MANIFEST}))
    assert page.nested and page.open == [] and sum(tag == "section" for tag, _ in page.tags) == 6


def test_a_provider_without_users_is_named_and_not_listed() -> None:
    records = synthetic_records()
    rows = records.tables["segments"]["provider"] == "Meta"
    records.tables["segments"]["accounts"][rows] = 0
    text = write_report(records, {}, {})
    assert "Without a user: Meta." in text
    assert '<th scope="row">Meta</th>' not in text


def test_note_on_named_firms_and_on_product_terms() -> None:
    plain = write_report(synthetic_records(), {}, {})
    assert report.DISCLAIMER in plain and report.PRODUCT_TERMS not in plain
    assert report.PRODUCT_TERMS in write_report(synthetic_records(product_step=0.1), {}, {})


def test_commands_and_seeds_of_a_run_and_of_a_study() -> None:
    records = synthetic_records()
    single = html.unescape(write_report(records, {}, {"manifest": MANIFEST}))
    assert "shareshift run 'configs/my market.yaml' --months 36\n" in single
    assert "shareshift run config.yaml --out again" in single
    study = write_report(records, {}, {"manifest": MANIFEST | {"seeds": [1, 8]}})
    assert "seeds 1 to 8" in study and "shareshift run config.yaml --seeds 8 --out again" in study


def test_changes_are_the_parameters_that_differ_from_their_defaults() -> None:
    from simulation.config import load

    base = {"schema_version": 1, "supply": {"offers": {"A": {}, "B": {"capability": 1.0}}}}
    assert report_tables.changes(load(base)) == []
    changed = load(
        base,
        [
            "developers.peer_weight=3",
            "networks.developers={family: none}",
            "enterprises.criteria.safety=5",
            "months=12",
        ],
    )
    found = {change.path: change for change in report_tables.changes(changed)}
    assert set(found) == {
        "months",
        "developers.peer_weight",
        "networks.developers",
        "enterprises.criteria.safety",
    }
    assert (found["developers.peer_weight"].default, found["developers.peer_weight"].value) == (
        "1.5",
        "3",
    )
    assert found["months"].unit == "month"


def test_config_in_the_report_names_no_folder() -> None:
    from simulation.config import load

    records = synthetic_records()
    records.config = load(ROOT / "configs" / "recorded.yaml")
    text = write_report(records, {}, {})
    assert "inputs/supply_recorded.csv" in text and str(ROOT) not in text


def test_report_of_stored_figures_needs_no_drawing_and_no_engine() -> None:
    code = (
        "import sys, experiments.report; "
        "print(*{'matplotlib', 'mesa', 'numba', 'networkx'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""
