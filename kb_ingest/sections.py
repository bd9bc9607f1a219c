"""A document's blocks -> the tree of its headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb_ingest.documents.model import Block


@dataclass
class Section:
    """A heading, what stands directly below it, and the sections within it. `depth` is 0 for the document itself."""

    heading: Block | None
    depth: int
    body: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """All that stands below the heading, with the headings of inner sections that hold anything."""
        yield from self.body
        for child in self.children:
            within = list(child.blocks())
            if child.heading is not None and within:
                yield child.heading
            yield from within

    def inner(self) -> Iterator[Section]:
        """All sections within, however deep."""
        for child in self.children:
            yield child
            yield from child.inner()


def tree(blocks: Sequence[Block]) -> Section:
    """The document as a section without a heading. A jump from level 1 to 4 is one step down, not three."""
    root = Section(None, 0)
    open_sections: list[tuple[int, Section]] = [(0, root)]
    for block in blocks:
        if block.kind != "heading":
            open_sections[-1][1].body.append(block)
            continue
        while open_sections[-1][0] >= max(block.level, 1):
            open_sections.pop()
        parent = open_sections[-1][1]
        section = Section(block, parent.depth + 1)
        parent.children.append(section)
        open_sections.append((max(block.level, 1), section))
    return root
