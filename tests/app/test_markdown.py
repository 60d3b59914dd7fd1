import re

import pytest

from ganlab.ui.markdown import code, escaped


@pytest.mark.parametrize(
    "text",
    [
        "[x](http://e.x) ![](http://e.x/i.png)",
        "<img src=x> &amp; <http://e.x>",
        "**bold** _it_ ~~gone~~ `code` # no title",
        "back\\slash\\* at the end\\",
        ":red[word] $x^2$ | a | b |",
        "first line\n\n# second\n* third",
        "gray cube, 3.5-4",
        "ratio a:b, :smile:",
    ],
)
def test_what_others_wrote_stays_text(text):
    markdown_it = pytest.importorskip("markdown_it", reason="comes with rich")
    for written in (escaped(text), code(text)):
        [paragraph, inline, _] = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(
            f"before {written} after"
        )[:3]
        assert paragraph.type == "paragraph_open"
        assert {child.type for child in inline.children} <= {"text", "text_special", "code_inline"}
        shown = "".join(child.content for child in inline.children).replace("\u2060", "")
        assert shown == f"before {' '.join(text.split())} after"


def test_addresses_are_no_links_and_plain_labels_stay_as_they_are():
    assert "http://" not in escaped("http://e.x")
    assert "www.e" not in escaped("www.e.x")
    assert "ada@e" not in escaped("ada@e.x")
    assert escaped("a:b") == "a:\u2060b"
    assert escaped("gray cube: 3.5-4, x(2)!") == "gray cube: 3.5-4, x(2)!"


@pytest.mark.parametrize(
    "text", [":material/delete:", ":streamlit:", "size:m:red", ":100: :+1: :1st_place_medal:", ":smile:"]
)
def test_no_word_of_others_becomes_a_picture(text: str) -> None:
    """Streamlit looks for them in what is left of a text when its backslashes are gone."""
    left = escaped(text).replace("\\", "")
    assert not re.search(r":[a-z0-9_+-]+:|:material/\w+:", left)
    assert left.replace("\u2060", "") == text
