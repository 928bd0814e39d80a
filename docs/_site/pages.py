"""Pages that read well on a code host, and what the site makes of them.

The pages are plain Markdown.  Six habits of theirs mean more on the site:

* Lists of links below a heading of ``index.md`` are the navigation.
* Items of a list in ``reference/`` that are nothing but a dotted name become the documentation of
  that name, taken from its docstring; names below it are those of its members that are shown.
* A line that is nothing but a link to a Markdown file outside of this folder becomes that file.
* A block ``python shop.py`` is a file, and shows its name.
* A ``<picture>`` with another image for dark pages becomes two images, shown by the theme.
* A public function that is named as code, as ``undo()``, leads to its documentation.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx import addnodes
from sphinx.util import import_object

import continuum

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HEADING = re.compile(r"^## (?P<text>.+)$", re.MULTILINE)
_ITEM = re.compile(r"^- \[(?P<title>[^\]]+)\]\((?P<page>[\w/-]+)\.md\)", re.MULTILINE)
_NAME = re.compile(r"^- `(?P<name>continuum(\.\w+)+)`\n(?P<members>(?:  - `\w+`\n)*)", re.MULTILINE)
_WHOLE_FILE = re.compile(r"^\[[^\]]+\]\((?P<path>(\.\./)+[\w/.-]+\.md)\)$", re.MULTILINE)
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<path>[\w/.-]+)(?P<anchor>#[\w-]+)?\)")
_CALL = re.compile(r"(?P<name>\w+)\(\)")
_PICTURE = re.compile(
    r'<picture>\n<source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>[^"]+)">\n'
    r'<img alt="(?P<text>[^"]*)" src="(?P<light>[^"]+)">\n</picture>'
)
_FILE_BLOCK = re.compile(
    r"^```(?P<language>\w+) (?P<file>[\w/-]+\.\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


def navigation(text: str) -> str:
    """Return the tables of contents that belong to the lists of links of a page."""
    trees = []
    for section in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        heading = _HEADING.match(section)
        pages = [f"{item['title']} <{item['page']}>" for item in _ITEM.finditer(section)]
        if heading and pages:
            options = [":hidden:", f":caption: {heading['text']}"]
            trees.append("\n".join(["```{toctree}", *options, "", *pages, "```"]))
    return "\n\n".join(trees)


def documented(found: re.Match[str]) -> str:
    """Return the directive that documents a name."""
    name = found["name"]
    item = import_object(name)
    kind, options = "autodata", [":no-value:"]
    if isinstance(item, type) and issubclass(item, Exception):
        kind, options = "autoexception", [":members:", ":show-inheritance:"]
    elif isinstance(item, type):
        members = re.findall(r"\w+", found["members"])
        kind, options = "autoclass", [f":members: {', '.join(members)}"]
    elif callable(item):
        kind, options = "autofunction", []
    elif type(item).__module__.startswith("continuum."):
        kind, options = "py:data", [f":type: {type(item).__name__}"]
    lines = ["```{eval-rst}", f".. {kind}:: {name}", *(f"   {option}" for option in options)]
    return "\n".join([*lines, "```", ""])


def file_block(found: re.Match[str]) -> str:
    """Return a block of code with the name of its file above it."""
    head = [f"```{{code-block}} {found['language']}", f":caption: {found['file']}", ""]
    return "\n".join([*head, found["text"].rstrip("\n"), "```"])


def picture(found: re.Match[str]) -> str:
    """Return an image for light pages and one for dark ones."""
    return "\n".join(
        f"```{{image}} {found[theme]}\n:class: only-{theme}\n:alt: {found['text']}\n```"
        for theme in ("light", "dark")
    )


def moved(text: str, origin: Path, page: Path) -> str:
    """Return the text of a file with its links as they have to be on a page of the site.

    What the site does not have is named without a link.
    """
    docs = Path(__file__).parents[1]

    def link(found: re.Match[str]) -> str:
        target = (origin.parent / found["path"]).resolve()
        if target.suffix == ".md" and target.is_relative_to(docs):
            path = os.path.relpath(target, page.parent)
            return f"[{found['text']}]({path}{found['anchor'] or ''})"
        return str(found["text"])

    return _LINK.sub(link, text)


def deeper(text: str, levels: int) -> str:
    """Return a text with its headings some levels lower."""
    inside = False
    lines = []
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            inside = not inside
        lines.append("#" * levels + line if line.startswith("#") and not inside else line)
    return "\n".join(lines)


def read(app: Sphinx, name: str, source: list[str]) -> None:
    """Turn the habits of a page into what Sphinx understands."""
    page = Path(app.env.doc2path(name))

    def whole_file(found: re.Match[str]) -> str:
        path = (page.parent / found["path"]).resolve()
        app.env.note_dependency(str(path))
        body = path.read_text(encoding="utf-8").partition("\n")[2]  # the page has a title
        above = re.findall(r"^(#+) ", found.string[: found.start()], re.MULTILINE)
        return moved(deeper(body, len(above[-1]) - 1 if above else 0), path, page)

    text = source[0]
    if name == "index":
        text += "\n" + navigation(text) + "\n"
    if name.startswith("reference/"):
        text = _NAME.sub(documented, text)
    text = _PICTURE.sub(picture, text)
    text = _FILE_BLOCK.sub(file_block, text)
    source[0] = _WHOLE_FILE.sub(whole_file, text)


def link_functions(app: Sphinx, doctree: nodes.document) -> None:
    """Let public functions that are named as code lead to their documentation."""
    for literal in list(doctree.findall(nodes.literal)):
        found = _CALL.fullmatch(literal.astext())
        if found is None or found["name"] not in continuum.__all__:
            continue
        if isinstance(literal.parent, (nodes.reference, nodes.title, addnodes.pending_xref)):
            continue
        reference = addnodes.pending_xref(
            "",
            refdomain="py",
            reftype="func",
            reftarget=f"continuum.{found['name']}",
            refexplicit=True,
            refwarn=True,
            refdoc=app.env.docname,
        )
        literal.replace_self(reference)
        reference += literal


def signature(
    app: Sphinx, what: str, name: str, obj: object, options: object, arguments: str, returned: str
) -> tuple[str, str] | None:
    """Return the signature of a function without a default that only its module knows."""
    if "=_UNSET" not in (arguments or ""):
        return None
    return arguments.replace("=_UNSET", "=..."), returned


def setup(app: Sphinx) -> dict[str, bool]:
    """Make this known to Sphinx."""
    app.add_lexer("output", TextLexer)
    app.connect("source-read", read)
    app.connect("doctree-read", link_functions)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
