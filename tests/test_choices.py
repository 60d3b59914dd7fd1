"""A name that somebody mistyped leads to the one that was meant, on the command line as in every refusal."""

import difflib

import pytest

from ganlab.choices import MOST_NAMED, instead, nearest
from ganlab.cli import main
from ganlab.data import catalogue
from ganlab.devices import choose_device
from ganlab.explore import paths
from ganlab.recipes import RECIPES
from ganlab.studies import study
from ganlab.ui.markdown import choose_from

KNOWN = ["mnist-dcgan-28", "mnist-vae-28", "faces-gan-64"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mnist-dcgan28", "mnist-dcgan-28"),
        ("MNIST-VAE-28", "mnist-vae-28"),
        ("faces_gan_64", "faces-gan-64"),
        ("q", ""),
    ],
)
def test_the_nearest_name_is_found(name: str, meant: str) -> None:
    assert nearest(name, KNOWN) == meant
    assert difflib.get_close_matches(name.lower(), KNOWN, 1) == [meant] * bool(meant)


def test_all_names_are_listed_as_long_as_they_are_few() -> None:
    assert instead("gam", ["gan", "vae"]) == ", did you mean 'gan'? choose from gan, vae"
    assert instead("x", ["gan"]) == "; choose from gan"
    assert instead("x", [], none="none yet") == "; choose from none yet"
    many = [f"label {n}" for n in range(5_000)]
    told = instead("labl 4999", many)
    assert "did you mean 'label 4999'?" in told
    assert told.endswith(f"label {MOST_NAMED - 1} and {5_000 - MOST_NAMED:,} more")
    assert nearest("9" * 100_000, many) == ""
    assert choose_from("gam", ["gan"]) == "Did you mean `gan`? Choose from `gan`."
    assert choose_from("x", [f"n{number}" for number in range(40)]).endswith("`n10`, `n11` and 28 more.")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["train", "mnist-dcgan28"], "'mnist-dcgan-28'"),
        (
            ["train", "digits-quick", "--set", "learnig_rate=1"],
            "'lr_end' or 'lr_decay' or 'generator_lr' or 'discriminator_lr'",
        ),
        (["train", "digits-quick", "--set", "batch_sise=8"], "'batch_size'"),
        (["train", "digits-quick", "--set", "dataset=digitz"], "'digits'"),
        (["train", "digits-quick", "--device", "cpuu"], "'cpu'"),
        (["sample", "tinny"], "'tiny'"),
        (["data", "show", "digitz"], "'digits'"),
        (["study", "stabilty"], "'stability'"),
    ],
    ids=lambda part: part[-1] if isinstance(part, list) else "",
)
def test_the_command_line_says_what_was_meant(capsys, checkpoints_folder, words: list[str], meant: str) -> None:
    assert main(words) == 1
    assert f"did you mean {meant}?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ask", "meant"),
    [
        (lambda: study("size"), "sizes"),
        (lambda: catalogue.describe("digitz"), "'digits'"),
        (lambda: choose_device("aut"), "auto"),
        (lambda: paths.walk(None, None, steps=2, method="slepr"), "slerp"),
        (lambda: RECIPES["digits-quick"].with_settings({"family": "infogam"}), "'infogan'"),
    ],
)
def test_refusals_of_python_say_it_too(ask, meant: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean '?.*{meant.strip(chr(39))}"):
        ask()
