"""The build that is being served, and the switch to the next one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from retrieval.asking.result import Result
from retrieval.asking.retriever import Retriever
from retrieval.building import store
from retrieval.building.store import Index
from retrieval.errors import BuildRefused, MissingBuild
from retrieval.indexing.encoder import Encoder


class Live:
    """Serves the build that CURRENT names; when that one is refused, the last good one.

    A question is answered by one build from beginning to end, whatever is switched meanwhile.
    """

    def __init__(self, root: Path, encoder: Encoder) -> None:
        self._root = root
        self._encoder = encoder
        self._serving: Retriever | None = None
        self._loaded: Index | None = None  # what it serves: a build that shares files with it is switched to at once
        self._refused: str | None = None  # the name in CURRENT that could not be served
        self.problem: str | None = None
        self._switching = threading.Lock()

    @property
    def retriever(self) -> Retriever:
        """The build being served, loaded on first use. Raises MissingBuild when there is none to serve."""
        serving = self._serving
        if serving is None:
            self.reload()
            serving = self._serving
        if serving is None:
            raise MissingBuild(self.problem or f"no build in {self._root}; make one with gongda kb build")
        return serving

    def ask(self, question: str, *, top: int = 10) -> Result:
        """`Retriever.ask` on the build being served."""
        return self.retriever.ask(question, top=top)

    def reload(self) -> bool:
        """Look at CURRENT and switch when it names another build; True when a new build is served.

        Cheap when nothing changed. A refused build is named in `problem` and not tried again until
        CURRENT names another one.
        """
        with self._switching:
            return self._reload()

    def _reload(self) -> bool:
        try:
            name = store.current(self._root)
        except MissingBuild as error:
            self.problem = str(error)
            return self._serve_last_good(without="") if self._serving is None else False
        if self._serving is not None and name in (self._serving.build_id, self._refused):
            if name == self._serving.build_id:
                self.problem = self._refused = None
            return False
        try:
            self._serving = self._open(name)
        except BuildRefused as error:
            self.problem, self._refused = str(error), name
            return self._serve_last_good(without=name) if self._serving is None else False
        self.problem = self._refused = None
        return True

    def _serve_last_good(self, without: str) -> bool:
        """After a start with a bad CURRENT: the newest build that can be served."""
        for retriever in self._good(without):
            self._serving = retriever
            return True
        return False

    def _good(self, without: str) -> Iterator[Retriever]:
        for name in store.finished(self._root):
            if name == without:
                continue
            try:
                yield self._open(name)
            except BuildRefused:
                continue

    def _open(self, name: str) -> Retriever:
        index = store.load(self._root / name, beside=self._loaded)
        made = Retriever(index, self._encoder)
        self._loaded = index
        return made
