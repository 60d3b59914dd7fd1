"""A model of Hugging Face's hub, fetched by its name in the gallery."""

import pytest

from ganlab.ui import starting
from tests.hub_server import Repo


@pytest.fixture
def faces(hub, checkpoint_file):
    hub.repos["models/owner/faces"] = Repo({"tiny-faces.safetensors": checkpoint_file.read_bytes()})
    return hub


def ask(app, name):
    app.text_input(key="hub_address").set_value(name)
    return app.button(key="hub_take").click().run()


def test_a_model_of_the_hub_is_in_the_gallery(open_page, checkpoints_folder, faces):
    app = ask(open_page("gallery"), "owner/faces")
    assert not app.exception
    assert "tiny-faces-" in app.toast[0].value
    assert [path.name.startswith("tiny-faces-") for path in (checkpoints_folder / "uploads").glob("*.safetensors")] == [
        True
    ]
    app = ask(app, "owner/nobody")
    assert "there is no model owner/nobody on the hub, or it is private" in app.error[0].value
    faces.broken = True
    assert "as it was downloaded before" in ask(app, "hf://owner/faces").toast[0].value


@pytest.mark.parametrize(
    ("settings", "offered"),
    [
        ({}, True),
        ({"others": True}, False),
        ({"others": True, "GANLAB_HUB": "everybody"}, True),
        ({"GANLAB_HUB": "nobody"}, False),
        ({"GANLAB_ACCESS": "look", "GANLAB_HUB": "everybody"}, False),
    ],
)
def test_it_is_offered_where_the_owner_of_the_server_allows_it(
    open_page, checkpoints_folder, monkeypatch, settings, offered
):
    monkeypatch.setattr(starting, "open_to_others", lambda: settings.get("others", False))
    for name, value in settings.items():
        if name.startswith("GANLAB"):
            monkeypatch.setenv(name, value)
    app = open_page("gallery")
    assert not app.exception
    assert bool([field for field in app.text_input if field.key == "hub_address"]) == offered
