"""What a picture costs, against counting by hand."""

from pathlib import Path

from ganlab.data import Pack
from ganlab.families import gan
from ganlab.metrics.cost import cost
from tests.untrained import save_untrained


def test_a_fully_connected_generator_costs_two_operations_a_weight(digits: Pack, tmp_path: Path) -> None:
    config = gan.Config(architecture="mlp", width=8, latent_size=5)
    model = save_untrained(tmp_path / "m.safetensors", "gan", config, digits.spec)
    weights = [w for name, w in model.nets["generator"].state_dict().items() if name.endswith("weight") and w.ndim == 2]
    assert cost(model).operations == sum(2 * w.numel() for w in weights)


def test_a_convolution_costs_its_kernel_at_every_place(digits: Pack, tmp_path: Path) -> None:
    """28 px: 7x7 maps of 8 channels, to 14x14 of 4, to 28x28 of 1, by 4x4 kernels that each input value meets once."""
    config = gan.Config(width=4, latent_size=5)
    model = save_untrained(tmp_path / "m.safetensors", "gan", config, digits.spec)
    by_hand = 2 * (5 * 8 * 49 + 49 * 8 * 4 * 16 + 196 * 4 * 1 * 16)
    found = cost(model)
    assert found.operations == by_hand
    assert found.parameters == model.card.parameters["generator"]
    assert 0 < found.milliseconds < 1_000
