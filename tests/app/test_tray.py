"""Latents that were kept with one model, on pages of another."""

import pytest

from ganlab.explore import kept_latents, points
from ganlab.explore.kept_latents import Kept
from ganlab.explore.points import Point
from ganlab.families import gan
from ganlab.ui import browser_memory, keeping, undo
from tests.app.pictures_on_page import component, stage
from tests.untrained import save_untrained


@pytest.fixture
def moved(checkpoints_folder, digits):
    """A latent with all its numbers written out, of a model whose `z` is smaller than that of `tiny`."""
    small = save_untrained(
        checkpoints_folder / "small.safetensors", "gan", gan.Config(width=4, latent_size=8), digits.spec
    )
    return points.from_vector(small.latent, small.latent.from_seeds([5])[0])


def test_the_tray_shows_what_the_open_model_can_draw(open_page, moved):
    app = open_page("sample", model="small")
    app.session_state["kept"] = [moved, Point(3)]
    app.run()
    assert component(app)["count"] == 2
    app.selectbox(key="model_choice").select("tiny").run()
    assert not app.exception
    assert component(app)["labels"] == ["Seed 3"]
    assert app.session_state["kept"] == [moved, Point(3)]  # for when the other model is open again
    assert app.button(key="forget_all")


def test_interpolate_begins_with_kept_latents_only_where_the_model_can_draw_them(open_page, moved):
    app = open_page("sample", model="tiny")
    app.session_state["kept"] = [moved, Point(3), Point(4)]
    app.switch_page("pages/interpolate.py").run()
    assert not app.exception
    assert not app.error
    assert app.text_input(key="keys").value == "3, 4"


def test_a_latent_that_is_forgotten_twice_leaves_the_others(monkeypatch):
    session = {"kept": [Point(1), Point(2)]}
    monkeypatch.setattr(keeping.st, "session_state", session)
    keeping.forget(Point(1))
    keeping.forget(Point(1))
    assert session["kept"] == [Point(2)]


def kept_in(app):
    return app.session_state["kept"]


def test_keeping_and_moving_can_be_undone_and_done_again(open_page, checkpoints_folder):
    app = open_page("sample", model="tiny", seed="10")
    app.session_state["live_place"] = Point(13)
    app.run()
    app.button(key="keep").click().run()
    app.number_input(key="seed").set_value(20).run()
    assert stage(app)["point"]["seed"] == 13, "the grid's seed leaves the stage where it is"
    app.session_state["sample_start"] = Point(20)
    app.run()
    assert app.query_params.get("live") is None
    app.button(key="keep").click().run()
    app.button(key="forget_all").click().run()
    assert kept_in(app) == []
    app.button(key="undo").click().run()
    assert kept_in(app) == [Point(13), Point(20)]
    app.button(key="undo").click().run()
    assert kept_in(app) == [Point(13)]
    app.button(key="undo").click().run()
    assert app.query_params["live"] == "13"
    assert stage(app)["point"]["seed"] == 13
    for _ in range(3):
        app.button(key="redo").click().run()
    assert kept_in(app) == []
    assert stage(app)["point"]["seed"] == 20
    app.button(key="redo").click().run()  # there is no more
    app.button(key="undo").click().run()
    app.button(key="keep").click().run()  # it is kept already: nothing changes
    assert app.session_state[undo.UNDONE]
    app.button(key="forget_all").click().run()
    assert not app.session_state[undo.UNDONE], "what was undone does not come back after another change"
    assert not app.exception


def test_kept_latents_are_named_ordered_exported_and_imported(open_page, checkpoints_folder, moved):
    app = open_page("sample", model="tiny")
    app.session_state["kept"] = [Point(3), Point(4)]
    app.session_state["kept_arrange"] = True
    app.run()
    app.text_input(key="kept_name_4").set_value("four").run()
    app.button(key="kept_Earlier_4").click().run()
    assert not app.exception
    assert kept_in(app) == [Point(4), Point(3)]
    assert component(app)["labels"] == ["four: Seed 4", "Seed 3"]
    assert "tray-latents=4+3&names=four%2C" in app.code[0].value
    text = kept_latents.to_json([Kept(Point(9), "nine"), Kept(moved), Kept(Point(3), "three")], "small")
    app.file_uploader(key="kept_import_0").set_value(("kept.json", text.encode(), "application/json")).run()
    assert not app.exception
    assert kept_in(app) == [Point(4), Point(3), Point(9), moved]
    assert component(app)["labels"] == ["four: Seed 4", "three: Seed 3", "nine: Seed 9"]
    told = [caption.value for caption in app.caption]
    assert any(
        "1 of them shows with a model of another latent space" in text and "kept with small" in text for text in told
    )
    assert "1 more that this model cannot draw: it needs another latent space." in told
    assert any(text.startswith("Imported 2 latents; 1 was there already.") for text in told)
    for content in (b"{", text.encode()[:80], b'{"ganlab": "kept latents", "latents": [{"latent": "x"}]}'):
        app.file_uploader(key=f"kept_import_{app.session_state['kept_import_count']}").set_value(
            ("bad.json", content, "x")
        ).run()
        assert "Nothing was imported from bad.json" in app.error[0].value
        assert len(kept_in(app)) == 4
    app.button(key="undo").click().run()
    assert kept_in(app) == [Point(4), Point(3)]
    assert component(app)["labels"] == ["four: Seed 4", "Seed 3"], "names that came with the file go with it"
    app.button(key="redo").click().run()
    assert component(app)["labels"] == ["four: Seed 4", "three: Seed 3", "nine: Seed 9"]


def test_a_latent_moves_past_those_that_the_model_does_not_show(open_page, checkpoints_folder, moved):
    app = open_page("sample", model="tiny")
    app.session_state["kept"] = [Point(3), moved, Point(4), Point(5)]
    app.session_state["kept_arrange"] = True
    app.run()
    app.button(key="kept_Earlier_4").click().run()
    assert component(app)["labels"] == ["Seed 4", "Seed 3", "Seed 5"]
    app.button(key="kept_Later_3").click().run()
    assert component(app)["labels"] == ["Seed 4", "Seed 5", "Seed 3"]
    assert moved in kept_in(app)


def test_undo_leaves_what_other_tabs_have_kept(monkeypatch):
    def other_tab(*kept):
        session["kept_in_browser"] = {"found": {"text": kept_latents.to_json([Kept(*one) for one in kept])}}
        browser_memory.hear("kept", keeping._hear)

    session = {}
    monkeypatch.setattr(keeping.st, "session_state", session)
    other_tab((Point(1), "one"))
    keeping.keep(Point(2))
    keeping.rename(Point(2), "two")
    other_tab((Point(2), "two"), (Point(3), "three"))  # it has forgotten the first
    undo._undo()
    undo._undo()
    assert keeping.named() == [Kept(Point(3), "three")]
    undo._redo()
    undo._redo()
    assert keeping.named() == [Kept(Point(2), "two"), Kept(Point(3), "three")]


@pytest.mark.parametrize("link", ["tray-latents", "kept"])  # the second as older versions wrote it
def test_a_link_brings_its_latents_beside_those_that_are_kept(open_page, checkpoints_folder, link):
    app = open_page("sample", model="tiny", names="seven,", **{link: "7@0.8 9"})
    assert not app.exception
    assert kept_in(app) == [Point(7, 0.8), Point(9)]
    assert component(app)["labels"][0].startswith("seven: Seed 7")
    assert not {"kept", "tray-latents"} & {*app.query_params}
    bad = open_page("sample", model="tiny", **{link: "<script>"})
    assert "is not a seed" in bad.warning[0].value
    assert not bad.exception


def test_there_is_an_end_to_keeping_that_drops_nothing(open_page, checkpoints_folder):
    app = open_page("sample", model="tiny", seed="1000")
    app.session_state["kept"] = mine = points.row(0, kept_latents.MOST)
    app.run()
    app.button(key="keep").click().run()
    assert kept_in(app) == mine
    assert "At most 128 latents are kept" in app.toast[0].value


def test_what_a_browser_has_stays_when_a_link_brings_too_much(monkeypatch):
    mine = [Kept(point) for point in points.row(0, kept_latents.MOST - 1)]
    session = {"kept": points.row(1000, 10), "kept_in_browser": {"found": {"text": kept_latents.to_json(mine)}}}
    monkeypatch.setattr(keeping.st, "session_state", session)
    browser_memory.hear("kept", keeping._hear)
    assert session["kept"] == [one.point for one in mine]
    assert "is not kept beside what this browser has" in str(session)


def test_what_a_browser_has_and_nobody_can_read_is_told(monkeypatch):
    session = {"kept": [Point(1)], "kept_in_browser": {"found": {"text": "{"}}}
    monkeypatch.setattr(keeping.st, "session_state", session)
    browser_memory.hear("kept", keeping._hear)
    assert session["kept"] == [Point(1)]
    assert session["kept_unread"]


def test_an_entry_of_two_latents_is_told_in_words():
    content = b'{"ganlab": "kept latents", "model": "", "latents": [{"latent": "1 2"}]}'
    with pytest.raises(ValueError, match=r"latent 1 cannot be read \(it holds 2"):
        kept_latents.from_json(content)
