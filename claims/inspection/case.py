"""One inspection under way: what it may still unpack and how deep it is."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from claims.inspection import limits
from claims.inspection.finding import Code, Refusal


@dataclass(slots=True)
class Budget:
    """What a file may still unpack, counted over everything it encloses."""

    inflated_bytes: int = limits.INFLATED_BYTES
    parts: int = limits.PARTS

    def inflate(self, size: int) -> None:
        """Count unpacked bytes; refuses the file when they are used up."""
        self.inflated_bytes -= size
        if self.inflated_bytes < 0:
            raise Refusal(Code.ARCHIVE_BOMB, "unpacks to too much")

    def take_part(self) -> None:
        """Count a part; refuses the file when there are too many."""
        self.parts -= 1
        if self.parts < 0:
            raise Refusal(Code.TOO_MANY_PARTS, f"more than {limits.PARTS} parts")


@dataclass(frozen=True, slots=True)
class Case:
    """Handed from a file to what it encloses.

    `examine` is the whole pipeline for one enclosed file by name and content.
    """

    examine: "Callable[[bytes, str, Case], str]"
    depth: int = 0
    budget: Budget = field(default_factory=Budget)

    def deeper(self) -> "Case":
        """The case of something enclosed; refuses what is nested too deep."""
        if self.depth >= limits.DEPTH:
            raise Refusal(Code.TOO_MANY_PARTS, f"nested deeper than {limits.DEPTH}")
        return replace(self, depth=self.depth + 1)

    def inspect_enclosed(self, data: bytes, name: str) -> str:
        """Run an enclosed file through the pipeline; returns its content type."""
        self.budget.take_part()
        try:
            return self.examine(data, name, self.deeper())
        except Refusal as refusal:
            raise Refusal(refusal.code, f"in {name!r}: {refusal.detail}") from refusal
