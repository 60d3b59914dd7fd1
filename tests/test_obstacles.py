"""What would end a training is told before its first step."""

import pytest

from ganlab.obstacles import obstacle
from ganlab.recipes import RECIPES


@pytest.mark.parametrize("settings", [{}, {"architecture": "mlp"}])
def test_nets_too_large_for_a_checkpoint_are_refused(settings: dict[str, str]) -> None:
    large = {"dataset": "shapes", "hidden": 4096, "hidden_layers": 8}
    told = obstacle(RECIPES["faces-gan-64"].with_settings({**large, **settings}), "cpu")
    assert told.startswith("its checkpoint would have ")
    assert told.endswith(", and at most 268 MB are read: choose smaller nets")


def test_the_widest_recipes_that_come_along_are_not() -> None:
    for name in ("faces-gan-128", "mnist-infogan-64"):
        assert "checkpoint" not in obstacle(RECIPES[name], "cpu")
