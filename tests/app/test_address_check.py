"""What the address says and no control can be is told in a sentence, for every kind of control."""

import shutil

import pytest

PARTS = [
    ("train", "where", "mars", "`where=mars` in the address cannot be used"),
    ("train", "device", "cpuu", "Did you mean `cpu`? Choose from `auto`"),
    ("train", "view", "Your own picture", "Did you mean `Your own pictures`?"),
    (
        "train",
        "on_collapse",
        "maybe",
        "`on_collapse=maybe` in the address cannot be used: it should be `true` or `false`.",
    ),
    ("train", "digits-quick.precision", "float23", "Did you mean `float32`?"),
    ("train", "sweep_0", "Stepz", "Did you mean `Steps`?"),
    ("interpolate", "view", "latent", "Did you mean `latents`?"),
    ("interpolate", "way", "x" * 5_000, "`way=xxx"),
    ("interpolate", "steps", "900", "`steps=900` in the address cannot be used; `8` is shown instead."),
    ("interpolate", "time", "noon", "`time=noon` in the address cannot be used: it should be a number"),
    ("sample", "count", "17", "`count=17` in the address cannot be used; `16` is shown instead."),
    ("sample", "truncation", "-3", "`truncation=-3` in the address cannot be used"),
    ("sample", "live", "tiger", "`live=tiger` in the address cannot be used"),
    ("compare", "axis", "Stpe", "Did you mean `Step`?"),
    ("compare", "log", "z", "`log=z` in the address cannot be used. Choose from `x`, `y`"),
    ("compare", "smoothing", "1e9", "`smoothing=1e9` in the address cannot be used"),
]


def told(app) -> str:
    return " ".join(one.value for one in app.warning if "in the address" in one.value)


@pytest.mark.parametrize(("page", "name", "value", "words"), PARTS, ids=[f"{p[0]} {p[1]}" for p in PARTS])
def test_a_value_that_no_control_can_be_is_told(open_page, checkpoints_folder, run_folder, page, name, value, words):
    more = {"recipe": "digits-quick"} if page == "train" else {"curves": "tiny"} if page == "compare" else {}
    app = open_page(page, **(more | {name: value}))
    assert not app.exception
    assert words in told(app)
    assert len(told(app)) < 3_000


def test_a_parameter_that_is_there_twice_is_told_with_the_one_that_counts(open_page, checkpoints_folder):
    app = open_page("interpolate", way=["lerp", "slerp"])
    counts = app.session_state["way"]
    assert f"`way` stands in the address 2 times; one of them counts: `{counts}`" in told(app)


def test_more_models_than_stand_beside_one_are_told(open_page, checkpoints_folder):
    names = [f"copy-{number}" for number in range(8)]
    for name in names:
        shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / f"{name}.safetensors")
    app = open_page("sample", model="tiny", **{"other-models": names})
    assert not app.exception
    assert "`other-models` has 8 values in the address; the first 7 are used." in told(app)
    assert app.session_state["other-models"] == names[:7]


def test_values_that_can_be_are_told_nothing_of(open_page, checkpoints_folder, run_folder):
    for page, address in [
        ("train", {"device": "cpu", "on_collapse": "TRUE", "recipe": "digits-quick", "digits-quick.precision": "auto"}),
        ("interpolate", {"way": "slerp", "steps": "8", "view": "latents", "time": "0.5"}),
        ("sample", {"count": "16", "truncation": "0.5", "live": "3", "seed": "7"}),
        ("compare", {"curves": "tiny", "axis": "Step", "log": ["x", "y"], "smoothing": "2.5", "stage": "false"}),
    ]:
        app = open_page(page, **address)
        assert not app.exception
        assert told(app) == "", page


def test_the_sentence_goes_with_another_choice_or_when_it_is_closed(open_page, checkpoints_folder):
    app = open_page("interpolate", way="lepr", steps="900")
    assert "Did you mean `lerp`?" in told(app)
    app.button(key="close_address_told").click().run()
    assert not told(app)


IDLE = [
    ("sample", {"modle": "tiny"}, "`modle` in the address sets nothing that is shown here. Did you mean `model`?"),
    ("interpolate", {"kesy": "1, 2", "stpes": "3"}, "`kesy`, `stpes` in the address set nothing that is shown here."),
    ("compare", {"curve": "tiny", "log": "x"}, "Did you mean `curves`?"),
    ("learn", {"leson": "gan"}, "Did you mean `lesson`?"),
    ("playground", {"datset": "ring"}, "Did you mean `dataset`?"),
    ("show", {"view": "2"}, "`view` in the address sets nothing that is shown here."),
    ("sample", {"hold-style": "true"}, "`hold-style` in the address sets nothing"),  # of a control of other models
    ("train", {"sweep_0_values": "1, 2"}, "`sweep_0_values` in the address sets nothing"),
    ("interpolate", {"view": "latents", "latents": "4"}, "`latents` in the address sets nothing"),
]


@pytest.mark.parametrize(("page", "asked", "words"), IDLE, ids=[f"{page} {','.join(asked)}" for page, asked, _ in IDLE])
def test_a_parameter_of_no_control_is_told_once(open_page, checkpoints_folder, run_folder, page, asked, words):
    app = open_page(page, **asked)
    assert not app.exception
    assert words in told(app)
    app.button(key="close_address_told").click().run()
    assert not told(app)
    assert not told(app.run())


def test_names_of_parameters_are_bounded_and_escaped(open_page, checkpoints_folder):
    app = open_page("sample", **{f"![x](//example.com/{i})" + "y" * 5_000: "1" for i in range(50)})
    assert "and 38 more parts in the address set nothing" in told(app)
    assert len(told(app)) < 3_000


def test_nothing_is_told_of_what_others_write_into_an_address(open_page, checkpoints_folder):
    address = {"embed": "true", "embed_options": "show_toolbar", "utm_source": "mail", "fbclid": "x", "code": "1"}
    assert not told(open_page("sample", **address))


def test_it_is_told_where_the_page_has_ended_early(open_page, run_folder, tmp_path, monkeypatch):
    app = open_page("compare", curves="gone")
    assert not app.exception
    assert [one.value for one in app.info] == ["Choose one or more runs or checkpoints above."]
    assert "There is no run or checkpoint `gone` here" in " ".join(one.value for one in app.warning)

    monkeypatch.setenv("GANLAB_CHECKPOINTS", str(tmp_path / "none"))
    app = open_page("sample", cuont="16")
    assert not app.exception
    assert "`cuont` in the address sets nothing that is shown here." in told(app)
