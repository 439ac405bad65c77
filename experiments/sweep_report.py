"""A sweep as one HTML file that opens without a network: answers first, then figures and tables.

Style, figures and the rule that no address is ever loaded are those of the report of a run.
"""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.analysis import Analysis, Finding
from experiments.plots import factor_names
from experiments.report import CSS, DECIDED, HEAD, POLICY, Picture, figure, written_in
from experiments.report_tables import facts, safe
from experiments.sensitivity.effects import Effects
from experiments.sensitivity.swings import Swings
from experiments.sweep_figures import in_order
from experiments.sweep_headlines import headlines
from experiments.sweep_words import answers
from experiments.sweep_words_drivers import part_used
from experiments.sweep_words_luck import parts_of

if TYPE_CHECKING:
    from experiments.discovery.cart import Tree

LARGEST = 3_000_000
ROOM_FOR_WORDS = 100_000  # of captions, and of what is not drawn
MOST_REASONS = 50
LINKS = (
    ("answers", "Answers"),
    ("figures", "Figures"),
    ("tables", "Tables"),
    ("failures", "Failures"),
    ("sweep", "Sweep"),
    ("repeat", "Repeat"),
)


def write_sweep_report(
    found: Analysis,
    figures: Mapping[str, bytes],
    missing: Mapping[str, str],
    manifest: Mapping[str, Any],
    text: str,
) -> str:
    """The report of a sweep as the text of one HTML file.

    Parameters
    ----------
    figures : name -> bytes of a PNG
    missing : name -> why there is no such figure
    manifest : how the sweep began
    text : the sweep file, resolved
    """
    sweep = found.study.sweep
    before = (
        HEAD.format(policy=POLICY, title=f"Shareshift: sweep {safe(sweep.name)}", css=CSS)
        + header(found)
        + section("answers", "Answers", answer_parts(found))
    )
    after = (
        section("tables", "Tables", tables(found))
        + section("failures", "Failures", failures(found))
        + section("sweep", "The sweep", sweep_part(found, text))
        + section("repeat", "How to repeat it", repeat(found, manifest))
        + f"</main>\n<footer><p>{DECIDED}</p></footer>\n</body>\n</html>\n"
    )
    shown, too_large = fitting(figures, LARGEST - len((before + after).encode()) - ROOM_FOR_WORDS)
    pictures = section("figures", "Figures", "".join(shown) + left_out(missing, too_large))
    return before + pictures + after


def section(place: str, title: str, content: str) -> str:
    """One part of the page."""
    return f'<section id="{place}"><h2>{title}</h2>\n{content}</section>\n'


def header(found: Analysis) -> str:
    """Title, the question of the sweep, how large and how finished it is, and links."""
    sweep, progress = found.study.sweep, found.progress
    total = progress.done + progress.failed + progress.left
    links = "".join(f'<a href="#{place}">{words}</a> ' for place, words in LINKS)
    count = len(sweep.factors)
    unfinished = ""
    if progress.left or not progress.ends:
        unfinished = (
            f'<p class="note">Unfinished: {progress.done + progress.failed:,} of {total:,} runs '
            f"have ended, and {progress.whole}. All numbers are of these.</p>\n"
        )
    return (
        f"<header><h1>{safe(sweep.name)}</h1>\n<p>{safe(sweep.description)}</p>\n"
        f"<p>A sweep of Shareshift: {count} factor{'s' * (count != 1)}, "
        f"{len(sweep.points()):,} points (design: {safe(sweep.design.kind)}), {total:,} runs, of "
        f"which {progress.done:,} are done and {progress.failed:,} failed.</p>\n"
        f"{unfinished}<nav>{links}</nav></header>\n<main>\n"
    )


def cards(found: Analysis) -> str:
    """The shortest answers in large letters."""
    return (
        '<div class="cards">'
        + "".join(
            f'<div class="card"><p>{safe(card.name)}</p><p class="big">{safe(card.large)}</p>'
            f"<p>{safe(card.unit)}</p></div>\n"
            for card in headlines(found)
        )
        + "</div>\n"
    )


def answer_parts(found: Analysis) -> str:
    """Questions and their answers."""
    return cards(found) + "".join(
        f"<h3>{safe(answer.question)}</h3>\n"
        + "".join(f"<p>{safe(sentence)}</p>\n" for sentence in answer.sentences)
        for answer in answers(found)
    )


def fitting(figures: Mapping[str, bytes], room: int) -> tuple[list[str], list[str]]:
    """Figures in their order as HTML, and names of those for which `room` bytes are too few."""
    shown, left = [], []
    for name in in_order(list(figures)):
        size = 4 * len(figures[name]) // 3
        if size > room:
            left.append(name)
            continue
        room -= size
        words = written_in(figures[name])
        picture = Picture(
            name, words.get("Title", name), words.get("Description", ""), figures[name]
        )
        shown.append(figure(picture))
    return shown, left


def left_out(missing: Mapping[str, str], too_large: Sequence[str]) -> str:
    """What is not drawn, and why; what stands only beside the report."""
    items = "".join(
        f"<li>{safe(name.replace('_', ' '))}: {safe(reason)}</li>\n"
        for name, reason in missing.items()
    )
    parts = f"<p>Not drawn:</p>\n<ul>\n{items}</ul>\n" if items else ""
    if too_large:
        files = ", ".join(f"figures/{safe(name)}.png" for name in too_large)
        parts += f"<p>Left out to keep this file small: {files}.</p>\n"
    return parts


# --- Tables --------------------------------------------------------------------------------------


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells are text."""
    head = "".join(f"<th>{safe(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{safe(cell)}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    return (
        f'<div class="wide"><table><caption>{safe(caption)}</caption>\n<thead><tr>{head}</tr>'
        f"</thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def tables(found: Analysis) -> str:
    """Outcomes, shares of variance, and every effect of every factor."""
    made = [outcomes(found.findings), variances(found.findings)]
    for finding in found.findings:
        own = [effects(finding, one) for one in finding.effects.values()]
        inside = "".join([*own, main_effects(finding)])
        if inside:
            name = safe(finding.question.words)
            made.append(f"<details><summary>effects on {name}</summary>\n{inside}</details>\n")
    made += [leaves(region, tree) for region, tree in found.trees.items()]
    return "".join(made)


def outcomes(findings: Sequence[Finding]) -> str:
    """Numbers of each outcome over all runs."""
    rows = []
    for finding in findings:
        count, *rest = finding.numbers
        rows.append([finding.question.words, f"{count:,}", *map(plain, rest)])
    columns = ("outcome", "runs", "mean", "standard deviation", "lowest", "highest")
    return table("Outcomes over all done runs, in their own units", columns, rows)


def plain(value: float) -> str:
    """A number with four digits that count, or a dash."""
    return "–" if value != value else f"{value:.4g}".replace("-", "−")


def variances(findings: Sequence[Finding]) -> str:
    """Shares of the variance."""
    rows = [
        [finding.question.words, cause, factor_names.percent_interval(share, low, high)]
        for finding in findings
        if not isinstance(finding.shares, str)
        for cause, share, low, high in parts_of(finding.shares)
    ]
    caption = "What the variance of one run comes from, with 95 % intervals"
    return table(caption, ("outcome", "from", "share"), rows) if rows else ""


def effects(finding: Finding, found: Effects | str) -> str:
    """Every measure of every factor, the full names first."""
    if isinstance(found, str):
        return ""
    rows = [
        [
            name,
            *(
                factor_names.with_interval(*(float(side[i]) for side in measure))
                for measure in found.measures.values()
            ),
        ]
        for i, name in enumerate(found.factors)
    ]
    caption = f"{finding.question.words}: {part_used(found)}, with 95 % intervals"
    return table(caption, ("factor", *found.measures), rows)


def main_effects(finding: Finding) -> str:
    """Main effects with the values that are compared."""
    found = finding.swings
    if not isinstance(found, Swings):
        return ""
    rows = [
        [
            name,
            *found.ends[i],
            plain(float(found.at_low[i])),
            plain(float(found.at_high[i])),
            factor_names.with_interval(*(float(side[i]) for side in found.swing)),
        ]
        for i, name in enumerate(found.factors)
    ]
    columns = ("factor", "low", "high", "mean at low", "mean at high", "swing (95 %)")
    return table(f"{finding.question.words}: main effects", columns, rows)


def leaves(region: str, tree: "Tree | str") -> str:
    """Leaves of the tree of a region, the densest first."""
    if isinstance(tree, str):
        return ""
    rows = [
        [
            leaf.words.partition(": ")[0],
            factor_names.percent_interval(*leaf.density),
            factor_names.percent_interval(*leaf.coverage),
            f"{100 * leaf.mass:.0f} %",
        ]
        for leaf in tree.leaves
    ]
    caption = (
        f"Tree (CART) of where runs are {region}: {100 * tree.base:.0f} % of all are. Density: "
        "part of the runs there that are; coverage: part of all such runs that lie there"
    )
    return table(caption, ("where", "density", "coverage", "of all runs"), rows)


# --- The sweep itself ----------------------------------------------------------------------------


def failures(found: Analysis) -> str:
    """Failed runs by reason."""
    reasons = found.progress.failures
    if not reasons:
        return "<p>No run failed.</p>\n"
    rows = [[reason, f"{count:,}", str(first)] for reason, count, first in reasons[:MOST_REASONS]]
    more = len(reasons) - len(rows)
    note = f"<p>{more} more reasons.</p>\n" if more else ""
    count = f"{found.progress.failed:,} of {found.progress.failed + found.progress.done:,}"
    return table(f"{count} ended runs failed", ("reason", "runs", "first run"), rows) + note


def sweep_part(found: Analysis, text: str) -> str:
    """Factors with their ranges, outcomes, and the resolved sweep file."""
    rows = [[factor.name, factor.about()] for factor in found.study.sweep.factors]
    return (
        table("Factors", ("factor", "varies over"), rows)
        + f"<details><summary>the sweep file, resolved</summary><pre>{safe(text)}</pre></details>\n"
    )


def repeat(found: Analysis, manifest: Mapping[str, Any]) -> str:
    """Commands that give the same results, and what began it."""
    began = manifest.get("began", {})
    argv = began.get("argv", []) if isinstance(began, Mapping) else []
    typed = [f"shareshift {shlex.join(str(word) for word in argv)}"] if argv else []
    lines = [*typed, "shareshift sweep sweep.yaml --out again", "shareshift analyze again"]
    told = {
        "sweep": manifest.get("sweep", ""),
        "design seed": found.study.sweep.design.seed,
        "first seed of runs": found.study.sweep.base.seed,
        **{key: value for key, value in dict(began).items() if key != "argv"},
    }
    return (
        "<p>The sweep directory holds <code>sweep.yaml</code>, its base and inputs. In it, these "
        "commands give the same results, byte for byte, on the same version of the model.</p>\n"
        f"<pre>{safe(chr(10).join(lines))}</pre>\n{facts(told)}"
    )
