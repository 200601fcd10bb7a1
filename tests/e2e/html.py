"""HTML as a tree, and forms as a browser without JavaScript understands them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNSEEN = {"script", "style", "template", "title", "svg"}
Pairs = list[tuple[str, str]]


@dataclass(eq=False)
class Node:
    """An element; `parts` are its elements and texts in their order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: "Node | None" = None
    parts: list["Node | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def all(self, *tags: str) -> Iterator["Node"]:
        """Yield the elements below with one of these tags, in the order of the page."""
        for part in self.parts:
            if isinstance(part, Node):
                if part.tag in tags:
                    yield part
                yield from part.all(*tags)

    def first(self, *tags: str) -> "Node | None":
        return next(self.all(*tags), None)

    def above(self, tag: str) -> "Node":
        """Return the nearest element around this one that has the tag."""
        node = self.parent
        while node.tag != tag:
            node = node.parent
        return node

    @property
    def top(self) -> "Node":
        """The whole page; its `url` is where it came from."""
        return self.parent.top if self.parent else self

    @property
    def raw(self) -> str:
        return "".join(part if isinstance(part, str) else part.raw for part in self.parts)

    @property
    def text(self) -> str:
        """What it says, to people who see or hear it."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
            elif part.tag not in UNSEEN:
                yield from part._texts()

    def button(self, words: str) -> "Node":
        """Return the one button whose words, seen or read aloud, hold these."""
        buttons = self.all("button")
        found = [node for node in buttons if words in (node["aria-label"] or node.text)]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} buttons “{words}” in: {self.text}")
        return found[0]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.here = Node("")

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in pairs}, self.here)
        self.here.parts.append(node)
        if tag not in VOID:
            self.here = node

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.here.tag != tag:
            raise AssertionError(f"</{tag}> ends <{self.here.tag}>, line {self.getpos()[0]}")
        self.here = self.here.parent

    def handle_data(self, text: str) -> None:
        self.here.parts.append(text)


def parse(text: str, url: str) -> Node:
    """Return the tree of a page; markup that is not closed properly is an error."""
    builder = _Builder()
    builder.here.attributes["url"] = url
    builder.feed(text)
    builder.close()
    return builder.here


def fields(form: Node) -> Pairs:
    """Return what a form sends before anybody typed into it."""
    pairs: Pairs = []
    for control in form.all("input", "textarea", "select"):
        name = control["name"]
        if name and "disabled" not in control:
            pairs += [(name, value) for value in _values(control)]
    return pairs


def names(form: Node) -> set[str]:
    """Return the names of a form's controls."""
    return {control["name"] for control in form.all("input", "textarea", "select")}


def body(form: Node, button: Node | None, typed: dict[str, object]) -> str:
    """Return what is sent when a button is pressed; a list chooses several, None clears a box."""
    if unknown := typed.keys() - names(form):
        raise AssertionError(f"there is no {unknown} among {names(form)}")
    pairs = [pair for pair in fields(form) if pair[0] not in typed]
    for name, value in typed.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, str(one)) for one in values if one is not None]
    if button and button["name"]:
        pairs.append((button["name"], button["value"]))
    return urlencode(pairs)


def _values(control: Node) -> list[str]:
    if control.tag == "textarea":
        # The first line break after the tag is not part of the text.
        return [control.raw.removeprefix("\n")]
    if control.tag == "select":
        return _chosen(control)
    if control["type"] in ("checkbox", "radio"):
        return [control.attributes.get("value", "on")] if "checked" in control else []
    return [] if control["type"] in ("submit", "button") else [control["value"]]


def _chosen(select: Node) -> list[str]:
    options = list(select.all("option"))
    chosen = [option for option in options if "selected" in option]
    if not chosen and "multiple" not in select:
        chosen = options[:1]
    return [option.attributes.get("value", option.text) for option in chosen]
