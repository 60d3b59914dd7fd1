"""A visitor who goes from page to page finds the stage where the hand left it."""

import os
import shutil

import pytest

from ganlab import export
from ganlab.explore.points import Point
from ganlab.families import infogan
from ganlab.ui import cache
from tests.app.pictures_on_page import stage
from tests.tiny_vae import train_vae
from tests.untrained import save_untrained

MOVED = Point(13, fixed=(("z~1", "1.250"),))


@pytest.fixture(scope="module")
def vae_file(data_folder, tmp_path_factory):
    return train_vae(tmp_path_factory.mktemp("vae"))


def go(app, page, **address):
    """As a link does: the address of the page before is gone."""
    app.query_params.clear()
    for key, value in address.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception


def test_a_visit_to_compare_leaves_the_stage_of_sample_where_it_is(open_page, checkpoints_folder):
    app = open_page("sample", model="tiny", seed="10")
    app.session_state["live_place"] = MOVED  # as letting go of a slider leaves it
    app.run()
    go(app, "compare", curves="tiny", stage="true")
    assert stage(app)["point"]["seed"] == 13
    go(app, "sample", model="tiny", seed="10")
    assert stage(app)["point"] == {"seed": 13, "fixed": [["z~1", "1.250"]]}
    app.number_input(key="seed").set_value(20).run()
    assert stage(app)["point"]["seed"] == 13, "another grid leaves the stage as it is"


def test_codes_shows_what_was_on_the_stage_of_sample_though_it_holds_no_label(open_page, checkpoints_folder, digits):
    config = infogan.Config(width=4, latent_size=8)
    save_untrained(checkpoints_folder / "codes.safetensors", "infogan", config, digits.spec)
    app = open_page("sample", model="codes", seed="10", **{"fix-c1": "3"})
    app.session_state["live_place"] = Point(13, fixed=(("c1", "4"),))
    app.run()
    assert stage(app)["point"] == {"seed": 13, "fixed": [["c1", "4"]]}
    go(app, "codes", model="codes")
    assert stage(app)["point"] == {"seed": 13, "fixed": [["c1", "4"]]}


def test_reconstruct_has_a_walk_of_its_own(open_page, checkpoints_folder, vae_file):
    shutil.copy(vae_file, checkpoints_folder / "vae.safetensors")
    app = open_page("interpolate", model="vae", keys="4 9 6", time="2.3", way="slerp")
    assert stage(app)["point"]["time"] == 2.3
    go(app, "reconstruct", model="vae", view="between two")
    assert stage(app)["point"]["time"] == 0
    assert stage(app)["walk"]["method"] == "lerp"
    go(app, "interpolate", model="vae", keys="4 9 6")
    assert stage(app)["point"]["time"] == 2.3


def test_an_export_in_use_is_not_among_the_oldest_and_is_made_again_when_it_is_gone(checkpoints_folder):
    cache._exported.clear()
    path = checkpoints_folder / "tiny.safetensors"
    kept = cache.exported(path)
    os.utime(kept, (0, 0))
    assert cache.exported(path) == kept
    assert kept.stat().st_mtime > 1e9
    content = kept.read_bytes()
    kept.unlink()
    assert cache.exported(path) == kept == export.kept_path(export.digest(path))
    assert kept.read_bytes() == content
