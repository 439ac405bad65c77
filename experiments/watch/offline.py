"""A stored run as one HTML file that replays from the disk: no server, no request, no install."""

import base64
import hashlib
import re
from pathlib import Path

from experiments.watch.bundle import BundleError, bundled

PAGE = Path(__file__).parent / "page"
FIRST, CONNECTION, TWIN = "app.js", "connection.js", "offline.js"
POLICY = (
    "default-src 'none'; script-src '{script}'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
STYLE = re.compile(r'<link rel="stylesheet" href="(?P<path>[^"]+)">')
ICON = re.compile(r'(?P<before><link rel="icon" href=")(?P<path>[^"]+)(?P<after>"[^>]*>)')
SCRIPT = re.compile(r'<script type="module" src="[^"]+"></script>\n?')
OUTSIDE = re.compile(r'\b(?:src|href)="(?!data:|#)[^"]*"')
TITLE = re.compile(r"<title>[^<]*</title>")


def offline_page(archive: bytes, title: str) -> bytes:
    """The page with everything in it: style, script and a run."""
    modules = {
        str(file.relative_to(PAGE).as_posix()): file.read_text(encoding="utf-8")
        for file in sorted(PAGE.rglob("*.js"))
    }
    modules[CONNECTION] = modules.pop(TWIN)
    script = bundled(modules, FIRST)
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    text = SCRIPT.sub("", STYLE.sub(styled, ICON.sub(pictured, text)))
    text = TITLE.sub(lambda _: f"<title>{escaped(title)}</title>", text)
    refuse_outside(text, script)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    policy = policy.format(script=f"sha256-{hash_of(script)}")
    head, body = text.split("<title>", 1)
    data = f'<script type="application/gzip" id="run">{base64.b64encode(archive).decode()}</script>'
    body = body.replace("</body>", f'{data}\n<script type="module">{script}</script>\n</body>')
    return f"{head}{policy}<title>{body}".encode()


def styled(match: re.Match[str]) -> str:
    """A sheet of style in place of the link to it."""
    return f"<style>\n{(PAGE / match['path']).read_text(encoding='utf-8')}</style>"


def pictured(match: re.Match[str]) -> str:
    """The icon as data in place of its address."""
    content = base64.b64encode((PAGE / match["path"]).read_bytes()).decode()
    return f"{match['before']}data:image/svg+xml;base64,{content}{match['after']}"


def refuse_outside(text: str, script: str) -> None:
    """Refuse to write a file that would look for another one, or whose script would end early."""
    left = OUTSIDE.search(text)
    if left:
        raise BundleError(f"index.html: {left[0]} lies outside the file")
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise BundleError("a module holds what ends a script in HTML")


def hash_of(script: str) -> str:
    """What a policy calls a script that it allows."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def escaped(words: str) -> str:
    """Words as HTML has them."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
