from hypothesis import given, settings

from videorecap.outputs.outline import outline, settled

from .trees import caption, gap, make_tree, trees


def items(nodes):
    for node in nodes:
        yield node.item
        yield from items(node.children)


def shape(nodes):
    return [(node.item.level, node.item.span.start, shape(node.children)) for node in nodes]


def identities(values):
    return sorted(map(id, values))


@settings(max_examples=40)
@given(trees())
def test_every_caption_and_gap_occurs_once(tree):
    kept = [item for level in tree.levels for item in settled(tree.at(level))]
    assert identities(items(outline(tree))) == identities([*kept, *tree.gaps])


@settings(max_examples=40)
@given(trees())
def test_what_lies_below_lies_inside_and_is_of_a_lower_level(tree):
    def check(nodes):
        for node in nodes:
            for child in node.children:
                assert child.item.span.middle in node.item.span
                assert tree.levels.index(child.item.level) < tree.levels.index(node.item.level)
            check(node.children)

    check(outline(tree))


def test_levels_nest():
    tree = make_tree()
    clips = [("clip", 0.0, []), ("clip", 4.0, []), ("clip", 8.0, [])]
    assert shape(outline(tree)) == [("summary", 0.0, [("segment", 0.0, clips)])]


def test_a_gap_above_still_holds_what_lies_below_and_loose_items_keep_their_time():
    tree = make_tree(
        captions=(caption("clip", 0, 4, "a"), caption("clip", 4, 8, "b"), caption("clip", 8, 12, "c")),
        gaps=(gap("segment", 4, 8),),
    )
    assert shape(outline(tree)) == [("clip", 0, []), ("segment", 4, [("clip", 4, [])]), ("clip", 8, [])]


def test_a_draft_gives_way_to_what_replaces_it():
    first = caption("summary", 0, 180, "so far", final=False)
    second = caption("summary", 0, 360, "further", final=False)
    last = caption("summary", 0, 400, "all")
    elsewhere = caption("summary", 500, 600, "draft of another window", final=False)
    assert settled((first, second, last, elsewhere)) == (last, elsewhere)
    assert settled((first, second)) == (second,)
