"""BENCHMARKS.md: the measured table between its markers, the machine above it."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from measuring import ROOT, Figure

DOCUMENT = ROOT / "BENCHMARKS.md"
BEGIN, END = "<!-- measured: make bench -->", "<!-- end of what make bench writes -->"
HEADINGS = ("", "best", "median", "spread", "at most", "")


def machine() -> list[str]:
    """The machine, the versions and the day, a line each; no name of the machine, no path."""
    packages = ("numpy", "numba", "llvmlite", "mesa")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{processor()}, {os.cpu_count()} cores{caches()}, {memory:.0f} GiB of memory",
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {versions}",
        f"{datetime.now(UTC):%Y-%m-%d}, load average at the start {load}",
    ]


def processor() -> str:
    """Model of the processor, as its maker calls it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    named = {name.strip(): value.strip() for name, value in facts.items()}
    if "model name" not in named:
        return platform.processor() or platform.machine()
    family = f" (family {named['cpu family']}, model {named['model']})" if "model" in named else ""
    return named["model name"] + family


def caches() -> str:
    """Sizes of the caches of the first core, where the system tells them."""
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    found = []
    for index in sorted(folder.glob("index*")):
        level, kind, size = (
            (index / name).read_text().strip() for name in ("level", "type", "size")
        )
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return f" ({', '.join(found)})" if found else ""


def markdown(described: Sequence[str], sections: Mapping[str, Sequence[Figure]]) -> str:
    """The machine and every section; `sections` are figures by title."""
    lines = [f"- {line}" for line in described]
    for title, figures in sections.items():
        lines += [
            "",
            f"**{title}**",
            "",
            row(HEADINGS),
            "| --- | ---: | ---: | ---: | ---: | --- |",
        ]
        lines += [row(figure) for figure in figures]
    return "\n".join(lines)


def row(cells: Sequence[str]) -> str:
    """One row of a table."""
    return f"| {' | '.join(cells)} |"


def put(text: str, written: str) -> str:
    """`text` with `written` between its markers."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"the document needs one line {BEGIN} and, after it, one line {END}")
    before, rest = text.split(BEGIN)
    if END not in rest:
        raise ValueError(f"{END} stands before {BEGIN}")
    return f"{before}{BEGIN}\n{written}\n{END}{rest.split(END)[1]}"
