"""Comments and resources of programs in YAML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.waivers import yaml
from pulumi_preflight.waivers.source import UnreadableError

PROGRAM = """\
name: shop  # the project
resources:
  # w: above
  orders:  # w: key
    type: aws:sqs:Queue

    properties:
      # w: inside
      name: "a # no comment"
      text: 'it''s # no comment'
      url: a#no
      policy: |
        # no comment
   # w: less
      more: >-
          folded # no comment
          # no comment
      plain: two
        lines  # w: plain

      # w: last of the block
  # dead's
  dead: {type: aws:sqs:Queue, properties: {a: 1}}  # w: flow
outputs:
  # w: output
  arn: ${orders.arn}
"""


def comments_of(line: int) -> list[str]:
    source = yaml.read(PROGRAM.encode())
    span = source.lines_of(line)
    return [comment.text for comment in source.comments if comment.line in span]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            4,
            [
                "# w: above",
                "# w: key",
                "# w: inside",
                "# w: less",
                "# w: plain",
                "# w: last of the block",
            ],
            id="resource",
        ),
        pytest.param(23, ["# dead's", "# w: flow"], id="on-one-line"),
        pytest.param(26, ["# w: output"], id="last"),
        pytest.param(99, [], id="behind-the-end"),
    ],
)
def test_a_comment_is_in_its_resource_or_directly_above(line: int, expected: list[str]) -> None:
    assert comments_of(line) == expected


def test_a_comment_inside_a_text_is_none() -> None:
    comments = [comment.text for comment in yaml.read(PROGRAM.encode()).comments]
    assert not [each for each in comments if "no comment" in each or "#no" in each]


@pytest.mark.parametrize(
    "content", [b"a: `b", b"a: \xff", b"a: 'b"], ids=["backtick", "encoding", "quote"]
)
def test_what_is_not_yaml_is_told_in_one_line(content: bytes) -> None:
    with pytest.raises(UnreadableError) as raised:
        yaml.read(content)
    assert "\n" not in str(raised.value)


BLOCKS = st.sampled_from(
    [
        "  NAME:\n    type: a",
        "  NAME:\n    text: |\n      # no\n\n      # no",
        '  NAME: {type: "# no"}',
        "  # a comment",
        "",
    ]
)


@given(st.lists(BLOCKS, max_size=8))
def test_the_lines_of_a_resource_are_no_others(blocks: list[str]) -> None:
    named = [block.replace("NAME", f"r{number}") for number, block in enumerate(blocks)]
    text = "\n".join(["resources:", *named, "end: 1"])
    source = yaml.read(text.encode())
    lines = text.split("\n")
    assert not any("no" in comment.text.split() for comment in source.comments)
    keys = [number for number, line in enumerate(lines, 1) if line.startswith("  r")]
    covered = [line for key in keys for line in range(key, source.statement(key)[1] + 1)]
    assert len(covered) == len(set(covered))
    assert len(lines) not in covered
