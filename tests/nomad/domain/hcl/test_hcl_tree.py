"""The tree keeps exact spans and comments, so that a file can be edited in place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.nomad.domain.hcl.nodes import Block, Body
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import Tree, parse_tree
from nomad.domain.hcl.recorded_parses import corpus
from shared_data import needs_shared

TEXT = """\
# Runs the shop.
# Ask the shop team.
job "shop" { # trailing
  priority = 50 // why

  /* about
     the group */
  group "web" {
    count = var.count
  }
}
"""


def tree() -> Tree:
    return parse_tree(TEXT, "shop.nomad.hcl")


def job() -> Block:
    return next(tree().body.blocks)


def test_a_block_spans_its_header_and_braces() -> None:
    assert tree().source.cut(job().span) == TEXT.partition("team.\n")[2].rstrip("\n")
    assert tree().source.cut(job().header) == 'job "shop"'
    assert tree().source.cut(job().labels[0].span) == '"shop"'


def test_an_attribute_and_its_value_have_spans_of_their_own() -> None:
    priority = job().body.attribute("priority")
    assert priority is not None
    cut = tree().source.cut
    assert (cut(priority.span), cut(priority.name_span), cut(priority.value.span)) == (
        "priority = 50",
        "priority",
        "50",
    )


def test_comments_are_found_above_and_inside() -> None:
    assert [comment.text for comment in tree().comments_above(job().span)] == [
        "# Runs the shop.",
        "# Ask the shop team.",
    ]
    inside = [comment.text for comment in tree().comments_in(job().span)]
    assert inside == ["# trailing", "// why", "/* about\n     the group */"]


def test_a_trailing_comment_is_not_above_the_next_line() -> None:
    group = next(job().body.blocks)
    assert [comment.text for comment in tree().comments_above(group.span)] == ["/* about\n     the group */"]


def test_a_value_can_be_replaced_by_its_span_and_the_rest_stays() -> None:
    priority = job().body.attribute("priority")
    assert priority is not None
    span = priority.value.span
    edited = TEXT[: span.start] + "80" + TEXT[span.end :]
    assert edited == TEXT.replace("50", "80")


def test_places_count_from_one_and_marks_take_no_column() -> None:
    source = parse_tree('a = "e\u0301x"\nb = 1\n', "x").source
    assert str(source.place(Span(5, 7))) == "1,6-7"
    assert str(source.place(Span(10, 11))) == "2,1-2"


def spans(body: Body) -> list[Span]:
    own = [item.span for item in body.items]
    return own + [span for block in body.blocks for span in spans(block.body)]


@needs_shared
@pytest.mark.parametrize("recorded", [one for one in corpus() if one.job], ids=lambda recorded: recorded.name)
def test_every_span_cuts_what_parses_alone(recorded: object) -> None:
    text = recorded.text  # type: ignore[attr-defined]  # a RecordedParse
    for span in spans(parse_tree(text, "x").body):
        alone = text[span.start : span.end] + "\n"
        assert len(parse_tree(alone, "x").body.items) == 1


EXPRESSIONS = (
    "1", "1.5e3", '"a${b}"', "x.y[0].z", "f(1,\n2)", "[1,\n2,]", "{a=1,b=2}", "{a=1\nb=2\n}", "(1\n+2)", "a ? b : c", "!a", "x[*].y", "x.*.y",
    "[for a in b : a]", "{for a, b in c : a => b... if d}", "<<EOT\nx ${y}\nEOT", "<<-EOT\n  x\n  EOT", '"%{if a}b%{else}c%{endif}"', "a /* c */ + b",
    "[1 # c\n,2]", '{"a" = 1}', "{(a) = 1}", "{a : 1}", "f(x...)", 'x["a"]', "x[y]", '"${ {a=1}.a }"', "{}", "null", "a-b", "+", "]", "?",
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(EXPRESSIONS), min_size=1, max_size=3).map(" ".join))
def test_what_hashicorps_parser_takes_ours_takes(expression: str) -> None:
    text = f"a = {expression}\n"
    if not syntax_diagnostics(text, "x"):
        parse_tree(text, "x")


def test_what_is_no_hcl_has_a_span() -> None:
    with pytest.raises(HclSyntaxError) as caught:
        parse_tree("a = = 1\n", "x")
    assert caught.value.span == Span(4, 5)
