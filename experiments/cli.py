"""The `shareshift` command: reads its arguments, calls one experiment, and says how it ended.

Nothing heavy is imported before a command is known, so that `--help` and a typing error answer at
once.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from experiments import streams

PROGRAM = "shareshift"
PREFIX = f"{PROGRAM}: "
DONE, BUG, USAGE, FAILED_RUNS, ENVIRONMENT = 0, 1, 2, 3, 4
MOST_SEEDS = 1000
# Module and function of each command; of `run`, those of its kinds.
EXPERIMENTS = {
    "check": ("check", "check"),
    "export": ("watch.export", "export"),
    "report": ("redraw", "redraw"),
    "resume": ("resume", "resume"),
    "run": ("run", "run_once"),
    "schema": ("schema", "print_schema"),
    "seeds": ("histories", "run_histories"),
    "source": ("fork", "fork"),
    "sweep": ("sweep", "sweep"),
    "analyze": ("analyze", "analyze"),
    "validate": ("validate", "validate"),
    "verify": ("verify", "main"),
    "watch": ("watch.command", "watch"),
}
UNCHANGEABLE = {
    "--resume": ("--out", "--force", "--seed", "--seeds", "--months", "--set"),
    "--from": ("--seed", "--seeds"),
}

EXIT_CODES = """\
exit codes:
  0    done
  1    a bug in shareshift; the message says where the traceback is
  2    bad usage or a config with errors; nothing was written
  3    a sweep is finished, and some of its runs failed
  4    the environment: disk full, no permission, directory in use or already finished
  5    a verification case failed, or a fact that can be scored was missed
  130  interrupted by Ctrl-C        143  ended by SIGTERM (a run is saved, and says how to go on)
"""

DESCRIPTION = """\
A laboratory for the market of AI foundation models: developers migrate, enterprises procure,
and the runs show how market share diverges and why.
"""

RUN_EXAMPLES = """\
examples:
  shareshift run configs/recorded.yaml
  shareshift run configs/recorded.yaml --set choice.product_step=0.1 --seeds 20 --out runs/walk
  shareshift run configs/recorded.yaml --checkpoint-every 12 --out runs/long
  shareshift run --resume runs/long
  shareshift run --from runs/long@24 --set developers.peer_weight=0 --out runs/no-peers
"""
CHECK_EXAMPLES = """\
examples:
  shareshift check configs/recorded.yaml my_config.yaml
  shareshift check configs/recorded.yaml --set developers.peer_weight=3 --origin
"""
SCHEMA_EXAMPLES = """\
examples:
  shareshift schema > configs/schema.json
  shareshift schema --sweep > configs/sweep_schema.json
"""
VERIFY_EXAMPLES = """\
examples:
  shareshift verify
  shareshift verify V5 v09_bass
"""
WATCH_EXAMPLES = """\
examples:
  shareshift watch configs/baseline.yaml
  shareshift watch configs/baseline.yaml --set developers.peer_weight=3 --port 8800
  shareshift watch runs/recorded-1a2b3c4d
  shareshift watch configs/baseline.yaml configs/scenarios/s05_capital_drought.yaml
"""
EXPORT_EXAMPLES = """\
examples:
  shareshift export runs/baseline-1a2b3c4d --html baseline.html
  shareshift export runs/baseline-1a2b3c4d --gif baseline.gif --speed 24
  shareshift export runs/baseline-1a2b3c4d --html baseline.html --mp4 baseline.mp4 --force
"""
VALIDATE_EXAMPLES = """\
examples:
  shareshift validate configs/baseline.yaml
  shareshift validate configs/histories/no_network.yaml --seeds 40 --out validation/no-network
  shareshift validate runs/herd-20
"""
ANALYZE_EXAMPLES = """\
examples:
  shareshift analyze runs/tiny
  shareshift analyze runs/tiny --no-figures
"""
SWEEP_EXAMPLES = """\
examples:
  shareshift sweep configs/sweeps/tiny.yaml
  shareshift sweep configs/sweeps/tiny.yaml --dry-run
  shareshift sweep configs/sweeps/tiny.yaml --out runs/tiny --workers 4
  shareshift sweep configs/sweeps/tiny.yaml --out runs/tiny --cluster tcp://10.0.0.1:8786
"""
REPORT_EXAMPLES = """\
example:
  shareshift report runs/recorded-1a2b3c4d
"""


class UsageError(Exception):
    """The arguments do not say something that can be done."""


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving, so that `main` alone decides how to end."""

    def error(self, message: str) -> NoReturn:
        """Raise the message with the command it belongs to."""
        raise UsageError(f"{message}\n(see {self.prog} --help)")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Leave after --help or --version; what was printed has to arrive first."""
        sys.stdout.flush()
        super().exit(status, message)


class Version(argparse.Action):
    """Prints the version; it is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> NoReturn:
        """Print it and leave."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(PROGRAM, version(PROGRAM))
        except PackageNotFoundError:
            print(PROGRAM, "(not installed)")
        parser.exit()


def whole(low: int, high: int) -> Callable[[str], int]:
    """Make a reader of whole numbers within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number in [{low}, {high}]")
        return int(text)

    return read


def parser() -> tuple[Parser, dict[str, Parser]]:
    """Build the parser of the command and, by name, those of its subcommands."""
    form = argparse.RawDescriptionHelpFormatter
    top = Parser(
        PROGRAM,
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=form,
        allow_abbrev=False,
    )
    top.add_argument("--version", action=Version, nargs=0, help="print the version and leave")
    top.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, summary: str, examples: str) -> Parser:
        made = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=f"{examples}\n{EXIT_CODES}",
            formatter_class=form,
            allow_abbrev=False,
        )
        made.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show the traceback of a failure",
        )
        return made

    run_arguments(command("run", "run the market of a config", RUN_EXAMPLES))
    check = command("check", "check configs and sweep files without running", CHECK_EXAMPLES)
    check.add_argument("configs", metavar="CONFIG", nargs="+")
    check.add_argument("--origin", action="store_true", help="say where each value comes from")
    add_set(check)
    schema = command("schema", "print the JSON Schema of a config, for editors", SCHEMA_EXAMPLES)
    schema.add_argument("--sweep", action="store_true", help="that of a sweep file")
    verify = command("verify", "compare limit cases of the model with theory", VERIFY_EXAMPLES)
    verify.add_argument("cases", metavar="CASE", nargs="*", help="V5 or v05_ordered [all cases]")
    verify.add_argument("--seed", type=whole(0, 2**63 - 1), metavar="N", help="replace the seeds")
    verify.add_argument("--quiet", action="store_true", help="print failures only")
    validate_arguments(
        command("validate", "compare an ensemble with stylised facts F1-F17", VALIDATE_EXAMPLES)
    )
    sweep_arguments(
        command("sweep", "run every point of a sweep, or go on with it", SWEEP_EXAMPLES)
    )
    analyze = command("analyze", "say what drives the outcomes of a sweep", ANALYZE_EXAMPLES)
    analyze.add_argument("directory", metavar="SWEEP_DIR", help="finished, unfinished or running")
    analyze.add_argument("--no-figures", action="store_true", help="leave out figures and report")
    watch_arguments(command("watch", "watch a market, or a finished run, move", WATCH_EXAMPLES))
    export_arguments(command("export", "write a finished run as a file to send", EXPORT_EXAMPLES))
    report = command("report", "draw figures and report of a finished run anew", REPORT_EXAMPLES)
    report.add_argument("directory", metavar="DIR")
    return top, commands.choices


def run_arguments(run: Parser) -> None:
    """Add what `run` accepts."""
    run.add_argument("config", metavar="CONFIG", nargs="?", help="a YAML file")
    run.add_argument(
        "--resume", metavar="DIR", help="go on with an unfinished run, to the same bytes"
    )
    run.add_argument(
        "--from",
        metavar="DIR@MONTH",
        dest="source",
        help="run the config of DIR anew, with the changes of --set from MONTH (0 is the first) on",
    )
    run.add_argument("--out", metavar="DIR", help="run directory [runs/NAME-IDENTITY]")
    run.add_argument("--force", action="store_true", help="overwrite a finished run in DIR")
    seeds = run.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=whole(0, 2**63 - 1), metavar="N", help="replace the seed")
    seeds.add_argument(
        "--seeds",
        type=whole(2, MOST_SEEDS),
        metavar="N",
        help="run N histories, with the seeds from the config's seed on",
    )
    run.add_argument("--months", type=whole(1, 600), metavar="N", help="replace the months")
    run.add_argument(
        "--threads",
        type=whole(1, 256),
        default=1,
        metavar="N",
        help="threads to use [1]; they never change a result",
    )
    add_set(run)
    run.add_argument(
        "--checkpoint-every",
        type=whole(1, 600),
        metavar="M",
        help="save the state after every M months; without it, a signal saves it",
    )
    run.add_argument("--no-figures", action="store_true", help="leave out figures and report")
    run.add_argument("--quiet", action="store_true", help="show no progress")


def watch_arguments(watch: Parser) -> None:
    """Add what `watch` accepts."""
    watch.add_argument("source", metavar="CONFIG|RUN_DIR", help="a config, or a finished run")
    watch.add_argument(
        "against",
        nargs="?",
        metavar="CONFIG|RUN_DIR",
        help="another one, to see both side by side and their difference",
    )
    watch.add_argument(
        "--port", type=whole(0, 65535), default=0, metavar="P", help="port of the page [any free]"
    )
    watch.add_argument("--seed", type=whole(0, 2**63 - 1), metavar="N", help="replace the seed")
    watch.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    add_set(watch)


def export_arguments(export: Parser) -> None:
    """Add what `export` accepts."""
    export.add_argument("source", metavar="RUN_DIR", help="a finished run")
    export.add_argument("--html", metavar="FILE", help="one page that replays it offline")
    export.add_argument("--gif", metavar="FILE", help="an animation, 960 x 540 pixels")
    export.add_argument("--mp4", metavar="FILE", help="a film, 1920 x 1080 pixels; needs ffmpeg")
    export.add_argument(
        "--speed",
        type=whole(1, 30),
        default=12,
        metavar="N",
        help="months a second of an animation or a film [12]",
    )
    export.add_argument("--force", action="store_true", help="overwrite a file that is there")
    export.add_argument("--quiet", action="store_true", help="show no progress")


def validate_arguments(validate: Parser) -> None:
    """Add what `validate` accepts."""
    validate.add_argument("source", metavar="CONFIG|RUN_DIR", help="a config, or a finished run")
    validate.add_argument(
        "--seeds", type=whole(1, MOST_SEEDS), metavar="N", help="seeds of a config to run [40]"
    )
    validate.add_argument("--out", metavar="DIR", help="keep the readings of each seed and scores")
    validate.add_argument(
        "--workers", type=whole(1, 256), metavar="N", help="processes [one for each processor]"
    )
    validate.add_argument("--quiet", action="store_true", help="show no progress")


def sweep_arguments(sweep: Parser) -> None:
    """Add what `sweep` accepts."""
    sweep.add_argument("sweep", metavar="SWEEP", help="a sweep file, or a sweep directory")
    sweep.add_argument("--out", metavar="DIR", help="sweep directory [runs/NAME-HASH]")
    where = sweep.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=whole(0, 1024),
        metavar="N",
        help="processes [one for each processor]; 0 runs in this one",
    )
    where.add_argument(
        "--cluster", metavar="ADDRESS", help="a Dask scheduler that you have started"
    )
    sweep.add_argument(
        "--retry-failed", action="store_true", help="run again what failed in an earlier sitting"
    )
    sweep.add_argument(
        "--dry-run", action="store_true", help="say what would be run; nothing is written"
    )
    sweep.add_argument("--quiet", action="store_true", help="show no progress")


def add_set(command: Parser) -> None:
    """Add the option that changes a value of the config."""
    command.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        dest="sets",
        help="change a value, such as developers.peer_weight=0; may be repeated",
    )


def read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; a name that nobody knows is answered with the nearest one.

    Raises
    ------
    UsageError
    """
    top, commands = parser()
    named = next((word for word in argv if not word.startswith("-")), None)
    if named is not None and named not in commands:
        top.error(f"unknown command {named!r}{did_you_mean(named, commands)}")
    arguments, unknown = top.parse_known_args(argv)
    if unknown:
        chosen = commands[arguments.command]
        known = [option for action in chosen._actions for option in action.option_strings]
        if unknown[0] in known:
            chosen.error(f"{unknown[0]} belongs after {arguments.command}")
        chosen.error(f"unknown argument {unknown[0]!r}{did_you_mean(unknown[0], known)}")
    if arguments.command == "run":
        wrong = wrong_together(arguments)
        if wrong:
            commands["run"].error(wrong)
    arguments.argv = list(argv)
    return arguments


def wrong_together(arguments: argparse.Namespace) -> str:
    """What is missing from the arguments of `run`, or does not go together; empty if nothing."""
    sources = {"CONFIG": "config", "--resume": "resume", "--from": "source"}
    given = [word for word, name in sources.items() if getattr(arguments, name) is not None]
    if not given:
        return "the following arguments are required: CONFIG (or --resume DIR, or --from DIR@MONTH)"
    if len(given) > 1:
        return f"{given[0]} not allowed with argument {given[1]}"
    for word in UNCHANGEABLE.get(given[0], ()):
        if getattr(arguments, "sets" if word == "--set" else word[2:]) not in (None, False, []):
            return f"{word} not allowed with argument {given[0]}, which keeps it as it was"
    return ""


def did_you_mean(word: str, known: Sequence[str] | dict[str, Parser]) -> str:
    """Name the nearest known word, in brackets; nothing if none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word.partition("=")[0], list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    argv : arguments without the program's name; those of the process if None
    """
    streams.settle()
    arguments = argparse.Namespace(debug=False)
    try:
        arguments = read_arguments(sys.argv[1:] if argv is None else argv)
        code = dispatch(arguments)
        sys.stdout.flush()
        return code
    except UsageError as failure:
        return end(str(failure), USAGE)
    except SystemExit as leaving:  # --help and --version
        return int(leaving.code or 0)
    except KeyboardInterrupt:
        return end("interrupted", 130)
    except Exception as failure:  # the last resort, so that nobody meets a raw traceback
        from experiments.failures import explain, flush_or_silence

        flush_or_silence()
        if isinstance(failure, BrokenPipeError):
            return DONE
        if arguments.debug:
            raise
        message, code = explain(failure)
        # A line about a config begins with its file and line, so that editors can jump there.
        return end(message, code, "" if code == USAGE else PREFIX)


def dispatch(arguments: argparse.Namespace) -> int:
    """Import the experiment that the command names, and run it."""
    # Figures go to files and look the same everywhere, whatever a notebook or a settings file of
    # Matplotlib's asks for.
    os.environ |= {"MPLBACKEND": "Agg", "MATPLOTLIBRC": os.devnull}
    try:
        os.getcwd()  # noqa: PTH109  # pathlib is not needed for anything else here
    except OSError:
        return end("the current folder no longer exists; change to another one", ENVIRONMENT)
    from importlib import import_module

    module, name = EXPERIMENTS[what(arguments)]
    experiment = getattr(import_module(f"experiments.{module}"), name)
    if arguments.command == "verify":
        return int(experiment(arguments.cases, arguments.seed, arguments.quiet))
    return int(experiment(arguments))


def what(arguments: argparse.Namespace) -> str:
    """Name of the experiment: the command, and of `run` the kind."""
    if arguments.command != "run":
        return str(arguments.command)
    kinds = ("resume", "source", "seeds")
    return next((kind for kind in kinds if getattr(arguments, kind) is not None), "run")


def end(message: str, code: int, prefix: str = PREFIX) -> int:
    """Say on stderr why the command ends, and return its exit code."""
    streams.tell(prefix + message)
    return code


if __name__ == "__main__":
    # `python -m` runs this file a second time, whose exceptions nobody else would know.
    from experiments.cli import main as main_of_the_module

    sys.exit(main_of_the_module())
