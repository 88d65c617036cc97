"""What is wrong with markup: elements that are left open, ids that are not unique, blocks in paragraphs."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "col"}
BLOCKS = {"p", "div", "ul", "ol", "dl", "table", "details", "figure", "section", "h1", "h2", "h3", "h4"}
ENDS = {"td", "th", "p", "li", "dt", "dd", "caption", "summary", "text", "h2", "h3", "h4", "small"}


class Page(HTMLParser):
    """A page as read.

    Attributes:
        text: what a reader reads.
        open: elements that are open; none at the end of a page.
        elements: how many there are.
        ids: of elements.
        links: addresses of links and other references.
        sources: addresses that a browser would fetch.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.elements = 0
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._read(tag, attrs)
        if tag in BLOCKS:
            assert "p" not in self.open, f"<{tag}> in a paragraph"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.open, f"<{tag}/> is not closed in HTML"
        self._read(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += "\n" if tag in ENDS else ""

    def handle_data(self, data: str) -> None:
        self.text += data if not {"style", "script", "title", "desc"} & set(self.open) else ""

    def _read(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        for name, value in attrs:
            assert not name.startswith("on"), f"<{tag}> has a handler"
            if name == "id":
                assert value not in self.ids, value
                assert value is not None
                self.ids.add(value)
            elif name in ("href", "aria-labelledby"):
                self.links += (
                    [f"#{one}" for one in (value or "").split()] if name != "href" else [value or ""]
                )
            elif name in ("src", "srcset", "data", "action", "poster"):
                self.sources.append(value or "")
