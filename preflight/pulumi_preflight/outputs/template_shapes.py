"""What functions answer of which nothing but the program itself tells: what the program reads.

A language host asks for the answer of a function, and goes on with nothing but a whole one. So an
answer of a package without a table is made up in the form in which the program reads it.
"""

from typing import Any

from pulumi_preflight.outputs.answers import ANSWERS, short
from pulumi_preflight.outputs.schemas import nearest
from pulumi_preflight.outputs.shapes import Ask
from pulumi_preflight.project.template import ITEM, Reads, Template, is_short_of
from pulumi_preflight.stack_context import package_of

_CLASS = "template:"


class TemplateShapes:
    """Answers for a program's process."""

    def __init__(self, template: Template, ask: Ask) -> None:
        """Takes what the program declares, and the way to its process."""
        self._template = template
        self._ask = ask
        self._classes: list[Reads] = []

    def ask(self, question: str, of: str) -> Any:  # noqa: ANN401 - JSON, as of a process
        """Answers a question: `Ask`."""
        if question == "function" and not _is_known(of):
            read = Reads()
            for call in self._template.calls:
                if is_short_of(call.token, of):
                    read.merge(call.read)
            return self._told(read)
        if question == "class" and of.startswith(_CLASS):
            return self._told(self._classes[int(of.removeprefix(_CLASS))])
        return self._ask(question, of)

    def _told(self, read: Reads) -> dict[str, Any]:
        rows = [[name, self._kind(each), False, False] for name, each in read.items()]
        return {"properties": rows}

    def _kind(self, read: Reads) -> list[Any]:
        if not read:
            return ["string"]
        if ITEM in read:
            return ["list", self._kind(read[ITEM])]
        self._classes.append(read)
        return ["object", f"{_CLASS}{len(self._classes) - 1}"]


def _is_known(function: str) -> bool:
    return short(function) in ANSWERS or nearest(package_of(function), "") is not None
