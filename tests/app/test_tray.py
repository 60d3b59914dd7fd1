"""Latents that were kept with one model, on pages of another."""

import pytest

from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.families import gan
from ganlab.ui import tray
from tests.app.pictures_on_page import component
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
    monkeypatch.setattr(tray.st, "session_state", session)
    tray.forget(Point(1))
    tray.forget(Point(1))
    assert session["kept"] == [Point(2)]
