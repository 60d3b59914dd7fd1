"""What is said of the pictures of shipped models."""

from pathlib import Path

from ganlab.explore.library import Model
from ganlab.explore.remarks import REMARKS, remark

SHIPPED = {path.stem for path in (Path(__file__).parents[2] / "checkpoints").glob("*.safetensors")}


def test_every_remark_is_a_sentence_on_a_model_that_is_there() -> None:
    assert REMARKS.keys() <= SHIPPED
    assert all((text.endswith(".") and text[0].isupper()) or text[0].isdigit() for text in REMARKS.values())


def test_a_model_of_ones_own_that_has_the_name_of_a_shipped_one_gets_none() -> None:
    path = Path("mnist-dcgan-28.safetensors")
    assert remark(Model(id="a", path=path, origin="shipped", name="mnist-dcgan-28"))
    assert remark(Model(id="a", path=path, origin="uploaded", name="mnist-dcgan-28")) == ""
