"""What is looked up at most once within a block, such as a request or a sweep."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Once[Question, Answer]:
    """Answers kept within a block; outside of one every question is asked anew.

    Nothing outlives the block, so no process has to be told of a change.
    """

    def __init__(self, name: str) -> None:
        self._known: ContextVar[dict[Question, Answer] | None] = ContextVar(
            name, default=None
        )

    @contextmanager
    def within(self) -> Iterator[None]:
        """Keep the answers from here to the end of the block."""
        token = self._known.set({})
        try:
            yield
        finally:
            self._known.reset(token)

    @property
    def is_kept(self) -> bool:
        return self._known.get() is not None

    def answer(self, question: Question, look_up: Callable[[], Answer]) -> Answer:
        """Return the kept answer, or look it up."""
        known = self._known.get()
        if known is None:
            return look_up()
        if question not in known:
            known[question] = look_up()
        return known[question]

    def forget(self) -> None:
        """Look everything up again: something was changed."""
        if (known := self._known.get()) is not None:
            known.clear()
