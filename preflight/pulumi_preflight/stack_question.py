"""The question for the judgement of a whole stack, resource by resource, so that it stays small."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResource, AnalyzeStackRequest


@dataclass(frozen=True, slots=True)
class StackQuestion:
    """An `AnalyzeStackRequest` of many resources, which needs far more room as a message.

    Attributes:
        parts: URN to the bytes of a request about the resource alone; joined, they are one request.
    """

    parts: tuple[tuple[str, bytes], ...]

    @classmethod
    def of(cls, resources: Iterable[AnalyzerResource]) -> "StackQuestion":
        """The question about these resources."""
        return cls(tuple((each.urn, part_of(each)) for each in resources))

    @property
    def urns(self) -> set[str]:
        """The URNs of all resources."""
        return {urn for urn, _ in self.parts}

    def resources(self) -> Iterator[AnalyzerResource]:
        """The resources, each as a message of the caller's own."""
        for _, part in self.parts:
            yield resource_in(part)

    def message(self) -> AnalyzeStackRequest:
        """The whole request as a message."""
        return AnalyzeStackRequest.FromString(b"".join(part for _, part in self.parts))


def part_of(resource: AnalyzerResource) -> bytes:
    """A resource as a part of a question."""
    return AnalyzeStackRequest(resources=[resource]).SerializeToString()


def resource_in(part: bytes) -> AnalyzerResource:
    """The resource of a part."""
    return AnalyzeStackRequest.FromString(part).resources[0]
