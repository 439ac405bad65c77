"""Reading a supply: what stands in the arrays, and what is refused."""

import numpy as np
import pytest

from agents.draws import name_key
from simulation import csv_table
from simulation.columns import SEGMENTS
from simulation.csv_table import TableError
from simulation.supply import constant, recorded
from simulation.supply_file import COLUMNS

CODING, ENTERPRISE, CONSUMER = range(3)
OFFER = {
    "month": "2023-01",
    "provider": "Alpha",
    "segment": "coding",
    "capability": "1.0",
    "price": "10",
    "safety": "0.5",
    "brand": "1",
    "product_term": "0",
    "reliability": "1",
    "runway": "60",
    "open_weights": "false",
    "origin": "US",
    "released": "false",
    "source": "one",
    "confidence": "assumed",
    "rule": "same",
}


def offer(**changes):
    """A row that is right but for the changes."""
    return OFFER | changes


def write(path, *rows, header=COLUMNS, head=("# a comment",)):
    """A supply file of these rows; each row is a map or a raw line."""
    lines = [*head, ",".join(header)]
    lines += [
        row if isinstance(row, str) else ",".join(row[name] for name in header) for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    """A path for a supply file."""
    return tmp_path / "supply.csv"


def complaints(path, start="2023-01", months=1, **options):
    """Messages with which reading fails, without the path in front."""
    with pytest.raises(TableError) as caught:
        recorded(path, start, months, **options)
    return [message.replace(str(path), "") for message in caught.value.messages]


def test_values_stand_at_month_segment_and_code(file):
    write(
        file,
        offer(),
        offer(provider="Beta", capability="2.5", price="3.5", released="true"),
        offer(month="2023-02", segment="enterprise", provider="Beta", safety="0.25"),
    )
    read = recorded(file, "2023-01", 2)
    assert read.providers == ("Alpha", "Beta")
    assert read.codes == (0, 1)
    assert read.dates == ("2023-01", "2023-02")
    assert read.capability.shape == (2, 3, 16)
    assert read.capability[0, CODING, 1] == 2.5
    assert read.price[0, CODING, 1] == 3.5
    assert read.safety[1, ENTERPRISE, 1] == 0.25
    assert read.released[0, CODING, 1]
    assert read.available.sum() == 3
    assert np.isnan(read.capability[1, CODING]).all()
    assert read.origin[0, CODING, 0] == "US"
    assert read.origin[1, CODING, 0] == ""


def test_open_has_its_own_code_and_stands_last(file):
    write(file, offer(provider="OPEN", open_weights="true"), offer(provider="Beta"))
    read = recorded(file, "2023-01", 1)
    assert read.providers == ("Beta", "OPEN")
    assert read.codes == (0, 14)
    assert read.names[14] == "OPEN"
    assert read.names[15] == "none"
    assert read.keys[0] == name_key("Beta")
    assert read.keys[14] == name_key("OPEN")
    assert read.keys[1] == 0


def test_months_before_the_start_and_after_the_end_are_left_out(file):
    write(
        file, *(offer(month=f"2023-{month:02d}", capability=f"{month}") for month in range(1, 13))
    )
    read = recorded(file, "2023-04", 3)
    assert read.capability[:, CODING, 0].tolist() == [4.0, 5.0, 6.0]


def test_a_gap_is_an_exit_and_a_return(file):
    write(
        file,
        offer(),
        offer(provider="Beta"),
        offer(month="2023-02"),
        offer(month="2023-03"),
        offer(month="2023-03", provider="Beta"),
    )
    assert recorded(file, "2023-01", 3).available[:, CODING, 1].tolist() == [True, False, True]


def test_a_consumer_row_needs_no_price(file):
    write(file, offer(segment="consumer", price=""))
    read = recorded(file, "2023-01", 1)
    assert read.available[0, CONSUMER, 0]
    assert np.isnan(read.price[0, CONSUMER, 0])


def test_excluded_providers_are_gone(file):
    write(file, offer(), offer(provider="Beta"))
    assert recorded(file, "2023-01", 1, exclude=["Alpha"]).providers == ("Beta",)
    (message,) = complaints(file, exclude=["Alhpa"])
    assert "no provider 'Alhpa' to exclude (providers: Alpha, Beta)" in message


def both_opens(file, better="CN"):
    """OPEN from CN and from US in one enterprise month, and in coding."""
    rows = [
        offer(
            provider="OPEN",
            open_weights="true",
            origin=origin,
            segment=segment,
            capability="2" if origin == better else "1",
            price="9",
            rule=origin,
        )
        for segment in ("coding", "enterprise")
        for origin in ("CN", "US")
    ]
    return write(file, offer(), *rows)


def test_enterprises_take_the_best_open_weights_they_admit(file):
    both_opens(file)
    free = recorded(file, "2023-01", 1, [])
    barred = recorded(file, "2023-01", 1, ["CN"])
    assert free.capability[0, ENTERPRISE, 14] == 2.0
    assert free.origin[0, ENTERPRISE, 14] == "CN"
    assert barred.capability[0, ENTERPRISE, 14] == 1.0
    assert barred.origin[0, ENTERPRISE, 14] == "US"
    assert barred.capability[0, CODING, 14] == 2.0


def test_the_order_of_the_open_rows_does_not_matter(file):
    rows = both_opens(file).read_text().splitlines()
    first = recorded(file, "2023-01", 1)
    file.write_text("\n".join(rows[:2] + rows[:1:-1]))
    again = recorded(file, "2023-01", 1)
    assert np.array_equal(first.capability, again.capability, equal_nan=True)


def test_the_bar_holds_for_open_weights_only(file):
    write(
        file,
        offer(provider="Closed", segment="enterprise", origin="CN"),
        offer(provider="Ajar", segment="enterprise", origin="CN", open_weights="true"),
    )
    read = recorded(file, "2023-01", 1, ["CN"])
    assert read.available[0, ENTERPRISE].tolist()[:2] == [True, False]
    assert read.providers == ("Closed", "Ajar")


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"origin": "CN"}, 2),
        ({"capability": "1.2"}, 2),
        ({"open_weights": "false"}, 2),
        ({"released": "false"}, 1),
    ],
)
def test_open_is_not_counted_when_it_repeats_a_listed_release(file, changes, count):
    lab = offer(released="true", open_weights="true") | changes
    write(file, lab, offer(provider="OPEN", released="true", open_weights="true"))
    assert recorded(file, "2023-01", 1).counts_as_release[0].tolist() == [count, 0, 0]


def test_a_refused_lab_does_not_hide_the_release_of_open(file):
    shared = {"segment": "enterprise", "released": "true", "open_weights": "true"}
    write(file, offer(origin="CN", **shared), offer(provider="OPEN", **shared))
    assert recorded(file, "2023-01", 1, ["CN"]).counts_as_release[0, ENTERPRISE] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"month": "2023-13"}, ":3: month '2023-13' is not a month YYYY-MM"),
        ({"month": "23-01"}, ":3: month '23-01' is not a month YYYY-MM"),
        ({"provider": ""}, ":3: provider '' is not a name"),
        ({"provider": "none"}, ":3: provider 'none' is not a name"),
        ({"provider": "None"}, ":3: provider 'None' is not a name"),
        ({"provider": "<b>"}, ":3: provider '<b>' is not a name"),
        ({"provider": "A+B"}, ":3: provider 'A+B' is not a name"),  # no config could name it
        ({"provider": "A" * 41}, f":3: provider '{'A' * 40}' is not a name"),
        (
            {"segment": "codeing"},
            ":3: segment 'codeing' is not one of coding, enterprise, consumer",
        ),
        ({"capability": "nan"}, ":3: capability 'nan' is not a finite number (OOM)"),
        ({"capability": "1e999"}, ":3: capability '1e999' is not a finite number (OOM)"),
        ({"capability": "1_0"}, ":3: capability '1_0' is not a finite number (OOM)"),
        ({"capability": ""}, ":3: capability is missing (OOM)"),
        ({"price": ""}, ":3: price is missing ($/Mtok)"),
        ({"price": "0"}, ":3: price 0 $/Mtok is not in [1e-06, 1e+06]"),
        ({"price": "1e-300"}, ":3: price 1e-300 $/Mtok is not in [1e-06, 1e+06]"),
        ({"price": "-1"}, ":3: price -1 $/Mtok is not in [1e-06, 1e+06]"),
        ({"price": "9" * 5000}, f":3: price '{'9' * 40}' is not a finite number"),
        ({"price": "\u0663"}, ":3: price '\u0663' is not a finite number"),
        ({"month": "\u0662\u0660\u0662\u0663-01"}, ":3: month "),
        ({"source": "a\0b"}, ":3: a zero byte"),
        ({"safety": "1.2"}, ":3: safety 1.2 0-1 is not in [0, 1]"),
        ({"reliability": "inf"}, ":3: reliability 'inf' is not a finite number (share)"),
        ({"released": "yes"}, ":3: released 'yes' is not true or false"),
        ({"open_weights": "True"}, ":3: open_weights 'True' is not true or false"),
        ({"origin": "USA"}, ":3: origin 'USA' is not a two-letter country code"),
    ],
)
def test_a_bad_value_is_named_with_its_line(file, changes, message):
    write(file, offer(**changes))
    (found,) = complaints(file)
    assert found.startswith(message)


def test_a_price_is_needed_outside_consumer(file):
    write(file, offer(), offer(segment="enterprise", price=""))
    assert complaints(file) == [":4: price is missing ($/Mtok)"]


def test_a_second_row_of_one_offer_is_refused(file):
    write(
        file,
        offer(),
        offer(origin="FR"),
        offer(provider="OPEN"),
        offer(provider="OPEN", origin="CN"),
        offer(provider="OPEN"),
    )
    assert complaints(file) == [
        ":4: second row for Alpha, coding, 2023-01 (first on line 3)",
        ":7: second row for OPEN, coding, 2023-01 (first on line 5)",
    ]


def test_all_defects_are_told_at_once_up_to_twenty(file):
    write(file, *(offer(price="free", safety="high") for _ in range(15)))
    found = complaints(file)
    assert len(found) == 21
    assert found[-1] == "... and 10 more"
    assert found[0].startswith(":3: price 'free'")
    assert found[1].startswith(":3: safety 'high'")


def test_comments_and_empty_lines_count_as_lines(file):
    write(file, "", "# between", offer(capability="x"))
    assert complaints(file)[0].startswith(":5: capability 'x'")


def test_only_newlines_end_a_line(file):
    write(file, "# a\u2028b\x0bc\x85d", offer(source="x\u2028y\x0cz"), offer(capability="x"))
    assert complaints(file) == [":5: capability 'x' is not a finite number (OOM)"]


def test_missing_unknown_and_double_columns(file):
    header = ("priice", *[name for name in COLUMNS if name != "price"], "month")
    write(file, header=header)
    assert complaints(file) == [
        ":2: missing column 'price'",
        ":2: unknown column 'priice'",
        ":2: column 'month' stands twice",
    ]


def test_a_row_of_another_length(file):
    write(file, "2023-01,Alpha")
    assert complaints(file) == [f":3: 2 fields, but the header names {len(COLUMNS)}"]


def test_an_open_quote(file):
    write(file, ",".join(OFFER.values()), '2023-02,"Alpha')
    assert complaints(file)[0].startswith(":4: not readable as CSV")


@pytest.mark.parametrize(
    ("start", "months", "message"),
    [
        ("2023-01", 5, ": supply ends 2023-04 but the run needs 2023-05"),
        ("2022-11", 4, ": supply starts 2023-01 but the run needs 2022-11"),
        ("2023-01", 4, ": no row for 2023-03, which the run needs"),
        ("2025-01", 1, ": supply ends 2023-04 but the run needs 2025-01"),
    ],
)
def test_a_month_that_is_not_covered(file, start, months, message):
    write(file, *(offer(month=f"2023-{month:02d}") for month in (1, 2, 4)))
    assert complaints(file, start, months) == [message]


def test_too_many_providers(file):
    write(file, *(offer(provider=f"P{number}") for number in range(15)))
    (message,) = complaints(file)
    assert "15 named providers; at most 14" in message
    assert len(recorded(file, "2023-01", 1, exclude=["P3"]).providers) == 14


def test_files_that_are_no_supply(file, monkeypatch):
    assert complaints(file) == [": no such file or directory"]
    file.write_bytes(b"\xff\xfe\x00month")
    assert complaints(file) == [":1: byte 0xff is not UTF-8; save the file as UTF-8"]
    file.write_bytes("# é\n# ".encode() + b"\xe9\n")
    assert complaints(file) == [":2: byte 0xe9 is not UTF-8; save the file as UTF-8"]
    file.write_text("# only a comment\n")
    assert complaints(file) == [": empty, no header line"]
    write(file)
    assert complaints(file) == [": no row of data"]
    monkeypatch.setattr(csv_table, "LARGEST_TABLE", 10)
    assert "is more than 10, not read" in complaints(file)[0]


def test_a_byte_order_mark_and_windows_lines_are_read(file):
    write(file, offer())
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert recorded(file, "2023-01", 1).capability[0, CODING, 0] == 1.0


STEADY = {
    "capability": 1.0,
    "price": 5.0,
    "safety": 0.5,
    "brand": 1.0,
    "product_term": 0.0,
    "reliability": 1.0,
    "runway": 60.0,
    "open_weights": False,
    "origin": "US",
    "segments": list(SEGMENTS),
}


def test_constant_offers_stay_and_release_nothing():
    read = constant({"OPEN": STEADY | {"open_weights": True}, "Alpha": STEADY}, 3)
    assert read.providers == ("Alpha", "OPEN")
    assert read.available[:, :, [0, 14]].all()
    assert read.available.sum() == 3 * 3 * 2
    assert not read.released.any()
    assert not read.counts_as_release.any()
    assert read.open_weights[0, 0].tolist().index(True) == 14
    assert (read.price[:, :2, 0] == 5.0).all()
    assert np.isnan(read.price[:, CONSUMER]).all()


def test_a_constant_offer_may_differ_by_segment():
    parts = dict(zip(SEGMENTS, (1.0, 2.0, 3.0), strict=True))
    one = STEADY | {"capability": parts, "segments": ["coding", "enterprise"]}
    read = constant({"Alpha": one}, 1)
    assert read.capability[0, :2, 0].tolist() == [1.0, 2.0]
    assert not read.available[0, CONSUMER].any()


def test_constant_offers_may_be_objects():
    one = type("Offer", (), STEADY)()
    assert constant({"Alpha": one}, 1).price[0, CODING, 0] == 5.0


def test_too_many_constant_offers():
    with pytest.raises(TableError, match="15 named providers"):
        constant({f"P{number}": STEADY for number in range(15)}, 1)
