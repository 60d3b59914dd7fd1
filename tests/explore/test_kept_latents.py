"""Kept latents as JSON and as links: what is written is read again, and what others wrote is answered in words."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest

from ganlab.explore import kept_latents, points
from ganlab.explore.kept_latents import MOST, Kept
from ganlab.explore.points import Point

MINE = [
    Kept(Point(7, 0.8, (("digit", "3"),)), "my seven, the 1st"),
    Kept(Point(3)),
    Kept(Point(5, fixed=(("attributes", "smile+hat"), ("z~1", "2.0"))), "Gr\u00f6\u00dfe & 100%"),
]


def test_json_and_links_give_back_latents_names_and_order() -> None:
    read = kept_latents.from_json(kept_latents.to_json(MINE, "faces"))
    assert (read.kept, read.model) == (MINE, "faces")
    query = dict(parse_qsl(urlencode(kept_latents.to_query(MINE)), keep_blank_values=True))
    assert kept_latents.from_query(query[kept_latents.LINK], query.get("names", "")) == MINE
    assert "names" not in kept_latents.to_query([Kept(Point(1))])


@pytest.mark.parametrize("mark", ["\x00", "\x1b[31m", "\u202e", "\ufeff", "\n"])
def test_a_name_is_kept_without_marks_that_nobody_sees(mark: str) -> None:
    """From a link or a field: what the browser then keeps would be refused when it comes back."""
    [mine] = kept_latents.from_query("3", urlencode({"": f"my{mark}seven"})[1:])
    assert mine.name.startswith("my")
    assert mine.name.endswith("seven")
    assert kept_latents.from_json(kept_latents.to_json([mine])).kept == [mine]


def test_a_file_that_an_editor_has_saved_anew() -> None:
    """Editors of Windows put a byte order mark before it; in another encoding it is refused with the remedy."""
    content = kept_latents.to_json(MINE)
    assert kept_latents.from_json(content.encode("utf-8-sig")).kept == MINE
    assert kept_latents.from_json(f"\ufeff{content}").kept == MINE
    with pytest.raises(ValueError, match=r"no file of kept latents \(it is no UTF-8 .*; save it as UTF-8\)"):
        kept_latents.from_json(content.encode("utf-16"))


def text(latents: object, **more: object) -> str:
    return json.dumps({"ganlab": "kept latents", "latents": latents} | more)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no file of kept latents"),
        ("{", "no file of kept latents"),
        ("[" * 100_000, "no file of kept latents"),
        ("[1, 2]", "no file of kept latents"),
        (b"\xff\xfe\x00", "no file of kept latents"),
        (json.dumps({"latents": []}), "no file of kept latents .*ganlab"),
        (text("none"), "no file of kept latents .*latents"),
        (text([{"latent": "3", "name": "x" * 200}]), "no file of kept latents .*name"),
        (text([{"latent": "3", "name": "a\u202eb"}]), "control marks"),
        (text([{"latent": "1"}] * (MOST + 1)), "no file of kept latents .*latents"),
        (text([{"latent": "3"}, {"latent": "<b>"}]), "its latent 2 cannot be read .*is not a seed"),
        (text([{"latent": "3 4"}]), "its latent 1 cannot be read"),
        (text([{"latent": "99999999999"}]), "its latent 1 cannot be read .*out of range"),
        (text([{"latent": "3;" + "z=1" * 5}]), None),
        (" " * (kept_latents.MOST_BYTES + 1), "at most 1,048,576"),
    ],
)
def test_what_is_no_such_file_is_said(content: str | bytes, message: str | None) -> None:
    if message is None:
        assert kept_latents.from_json(content).kept
        return
    with pytest.raises(ValueError, match=message):
        kept_latents.from_json(content)


def test_links_of_any_text_are_refused_in_words() -> None:
    for kept, names in (("<script>", ""), ("1 " * 200, ""), ("3;a=1;a=2", ""), ("1", "x" * 20_000)):
        with pytest.raises(ValueError, match=r"seed|latents|twice|too long"):
            kept_latents.from_query(kept, names)
    with pytest.raises(ValueError, match="too long for a link"):
        kept_latents.to_query([Kept(Point(i, fixed=(("z", "1.2345," * 63 + "1"),))) for i in range(20)])


def test_what_is_kept_can_be_read_again() -> None:
    """Else the browser's whole tray would be set aside by its next session."""
    letters = "\U0001d7d8" * 3_000  # of twelve letters each, as an address writes them
    with pytest.raises(ValueError, match="too long to be kept"):
        kept_latents.from_query("1;a=" + letters)
    with pytest.raises(ValueError, match="too long to be kept"):
        kept_latents.added([], [Kept(Point(1, fixed=(("a", letters),)))])
    long = [Kept(Point(seed, fixed=(("a", "1" * 19_000),))) for seed in range(60)]
    with pytest.raises(ValueError, match="too long to be kept"):
        kept_latents.added(long[:30], long[30:])
    some = kept_latents.added(long[:30], [Kept(Point(1, 0.001))])
    assert kept_latents.from_json(kept_latents.to_json(some)).kept == some


@pytest.mark.parametrize("model", ["m" * 300, "soft\u00adhyphen", "a\u200bb\tc"])
def test_what_is_written_of_any_model_can_be_read(model: str) -> None:
    assert kept_latents.from_json(kept_latents.to_json([Kept(Point(1))], model)).kept == [Kept(Point(1))]


def test_latents_are_added_once_and_not_beyond_the_most() -> None:
    both = kept_latents.added(
        [Kept(Point(1), "one"), Kept(Point(2))], [Kept(Point(2), "two"), Kept(Point(1)), Kept(Point(3))]
    )
    assert both == [Kept(Point(1), "one"), Kept(Point(2), "two"), Kept(Point(3))]
    many = [Kept(point) for point in points.row(0, MOST)]
    assert kept_latents.added(many, many) == many
    with pytest.raises(ValueError, match="at most 128 latents are kept, and there would be 129; forget some first"):
        kept_latents.added(many, [Kept(Point(1_000))])
