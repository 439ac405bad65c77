"""The modules of the page as one script, for a file that has to work without a server.

A browser loads no module from the disk, and a policy that names one script by its hash is the
strictest there is.  So each module becomes a function that returns what it exports, in the order
in which they need each other.  The page's modules use few forms of `import` and `export`; any
other one is refused here, when the file is written, and not in front of a reader.
"""

import re
from pathlib import PurePosixPath

IMPORT = re.compile(r'^import (?P<what>[^;]+?) from "(?P<path>\./[^"]+)";$', re.MULTILINE)
NAMED = re.compile(r"\{(?P<names>[^}]*)\}", re.DOTALL)
DECLARED = re.compile(
    r"^export (?P<rest>(?:async )?(?:const|class|function\*?) (?P<name>[\w$]+))", re.MULTILINE
)
LISTED = re.compile(r"^export \{(?P<names>[^}]*)\};?$", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*/\*.*?\*/", re.MULTILINE | re.DOTALL)  # which may hold old code
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b[^:]*$", re.MULTILINE)


class BundleError(ValueError):
    """A module has a form that the bundle does not know; a bug of ours, never of a user."""


def bundled(modules: dict[str, str], first: str) -> str:
    """One script that does what loading the module `first` does.

    Parameters
    ----------
    modules : text of each module by its path below the page
    """
    lines = ["const modules = {};"]
    for path in in_order(modules, first):
        name, text = repr_of(path), wrapped(path, modules[path])
        lines.append(f"modules[{name}] = (() => {{\n{text}\n}})();")
    return "\n".join(lines) + "\n"


def in_order(modules: dict[str, str], first: str) -> list[str]:
    """Paths of the modules that are needed, each one after those that it imports."""
    found: list[str] = []
    under_way: list[str] = []

    def visit(path: str) -> None:
        if path in found:
            return
        if path in under_way:
            raise BundleError(f"modules import each other: {' -> '.join([*under_way, path])}")
        if path not in modules:
            raise BundleError(f"no module {path}, which {under_way[-1]} imports")
        under_way.append(path)
        for match in IMPORT.finditer(modules[path]):
            visit(target(path, match["path"]))
        found.append(under_way.pop())

    visit(first)
    return found


def target(path: str, imported: str) -> str:
    """Path of what a module imports."""
    return str(PurePosixPath(path).parent / imported)


def wrapped(path: str, text: str) -> str:
    """Text of a module as the body of a function that returns what it exports."""
    exports: list[str] = []

    def imported(match: re.Match[str]) -> str:
        source = f"modules[{repr_of(target(path, match['path']))}]"
        return f"const {taken(path, match['what'])} = {source};"

    def declared(match: re.Match[str]) -> str:
        exports.append(match["name"])
        return match["rest"]

    def listed(match: re.Match[str]) -> str:
        for entry in filter(None, (part.strip() for part in match["names"].split(","))):
            own, _, other = entry.partition(" as ")
            exports.append(f"{other or own}: {own}" if other else own)
        return ""

    text = COMMENT.sub("", text)
    body = LISTED.sub(listed, DECLARED.sub(declared, IMPORT.sub(imported, text)))
    wrong = LEFT_OVER.search(body)
    if wrong:
        raise BundleError(f"{path}: a form that cannot be bundled: {wrong[0].strip()}")
    return f"{body}\nreturn {{ {', '.join(exports)} }};"


def taken(path: str, what: str) -> str:
    """The left side of an assignment that takes what an import names."""
    named = NAMED.fullmatch(what.strip())
    if named:
        return "{" + named["names"].replace(" as ", ": ") + "}"
    if not re.fullmatch(r"[\w$]+", what.strip()):
        raise BundleError(f"{path}: a form that cannot be bundled: import {what}")
    return "{ default: " + what.strip() + " }"


def repr_of(path: str) -> str:
    """A path as a word of the script."""
    return f'"{path}"'
