"""The report: one offline file with the numbers of the tables, in which names are only words."""

import base64
import html
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import report, report_tables
from experiments.report import write_report, written_in
from simulation.columns import SEGMENTS

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_records import synthetic_records

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
            wanted += [shares[0], shares[-1]]
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
    ):
        known = market[column][np.isfinite(market[column])] * scale
        assert numbers_of(row_of(text, words)) == [known[0], known[-1]]
    assert "–" in row_of(text, "Enterprises with a second source")


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
    records.config.dump = lambda: f"</pre>{HOSTILE[0]}"
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
