"""Every architecture at every size and norm; parameter counts against published and hand-counted ones."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from ganlab.nets import ARCHITECTURES, NORMS, Sizes, architecture
from ganlab.nets.blocks import ConditionMaps
from ganlab.nets.convolutions import Conv2d, ConvTranspose2d, Gather, Plan, Spread
from ganlab.nets.folding import folded
from ganlab.nets.ways import Shape, Ways, ways_for

EVERY = [(name, size) for name, entry in ARCHITECTURES.items() for size in entry.sizes]


def count(net: nn.Module) -> int:
    return sum(weight.numel() for weight in net.parameters())


def layer_sizes(net: nn.Module) -> list[tuple[int, int]]:
    return [(m.in_features, m.out_features) for m in net.modules() if isinstance(m, nn.Linear)]


@pytest.mark.parametrize(("name", "size"), EVERY)
@pytest.mark.parametrize(("channels", "hidden"), [(1, 0), (3, 20)])
def test_generators_make_images_in_range(name: str, size: int, channels: int, hidden: int) -> None:
    torch.manual_seed(0)
    net = architecture(name, size).generator(7, (channels, size, size), Sizes(8, hidden))
    images = net(torch.randn(4, 7) * 10)
    assert images.shape == (4, channels, size, size)
    assert images.abs().max() <= 1 or size == 1  # points are not bounded
    assert images.std() > 0


@pytest.mark.parametrize(("name", "size"), EVERY)
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize(("channels", "hidden"), [(1, 0), (3, 20)])
def test_trunks_make_the_features_that_they_announce(
    name: str, size: int, norm: str, channels: int, hidden: int
) -> None:
    torch.manual_seed(0)
    net = architecture(name, size).trunk((channels, size, size), Sizes(8, hidden), norm)
    features = net(torch.rand(4, channels, size, size) * 2 - 1)
    assert features.shape == (4, net.features)
    assert features.isfinite().all()
    has_batch_norm = any(isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d) for m in net.modules())
    assert has_batch_norm == (norm == "batch")


@pytest.mark.parametrize(("name", "size"), EVERY)
@pytest.mark.parametrize("norm", NORMS)
def test_both_nets_have_gradients_in_bfloat16(name: str, size: int, norm: str) -> None:
    torch.manual_seed(0)
    nets, shape = architecture(name, size), (3, size, size)
    generator, trunk = nets.generator(7, shape, Sizes(8)), nets.trunk(shape, Sizes(8), norm)
    with torch.autocast("cpu", torch.bfloat16):
        features = trunk(generator(torch.randn(3, 7)))
    features.float().square().sum().backward()
    gradients = [weight.grad for net in (generator, trunk) for weight in net.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize(("name", "size"), EVERY)
def test_folding_keeps_the_generators_function(name: str, size: int) -> None:
    torch.manual_seed(0)
    net = architecture(name, size).generator(7 + 5, (3, size, size), Sizes(8, 20, mapped=5 if name == "dcgan" else 0))
    for _ in range(3):
        net(torch.randn(16, 12))  # running statistics that are not those of the start
    u = torch.randn(4, 12)
    torch.testing.assert_close(folded(net)(u), net.eval()(u), atol=1e-5, rtol=1e-4)


def test_spectral_norm_bounds_every_layer() -> None:
    torch.manual_seed(0)
    net = architecture("dcgan", 28).trunk((1, 28, 28), Sizes(8, 10), "spectral")
    for _ in range(30):  # each pass in train mode improves the estimate
        net(torch.randn(2, 1, 28, 28))
    weights = [m.weight.flatten(1) for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(weights) == 3
    for weight in weights:
        assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(1, abs=0.05)


def test_dcgan_has_the_parameters_of_pytorchs_tutorial() -> None:
    """64 px, 3 channels, latent 100, width 64: 3,576,704 and 2,765,568 there, which has no biases.

    Here the generator's last layer has one (3), and so have the trunk's first (64) and the head (1).
    """
    nets = architecture("dcgan", 64)
    assert count(nets.generator(100, (3, 64, 64), Sizes(64))) == 3_576_704 + 3
    trunk = nets.trunk((3, 64, 64), Sizes(64), "batch")
    assert count(trunk) + count(nn.Linear(trunk.features, 1)) == 2_765_568 + 64 + 1


@pytest.mark.parametrize(("size", "doublings", "base"), [(28, 2, 7), (32, 3, 4), (64, 4, 4)])
def test_dcgan_doubles_its_width_as_the_map_halves(size: int, doublings: int, base: int) -> None:
    net = architecture("dcgan", size).trunk((1, size, size), Sizes(8), "none")
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [8 * 2**i for i in range(doublings)]
    assert net.features == 8 * 2 ** (doublings - 1) * base * base


def test_the_funnel_has_the_layers_of_report_d() -> None:
    """Generator latent -> 4h -> 2h -> h -> 32 * 32, discriminator 32 * 32 -> h -> 2h -> 4h, with h = 100."""
    nets = architecture("mlp-funnel", 32)
    generator = nets.generator(100, (1, 32, 32), Sizes(100))
    assert layer_sizes(generator) == [(100, 400), (400, 200), (200, 100), (100, 1024)]
    assert sum(isinstance(m, nn.BatchNorm1d) for m in generator.modules()) == 3
    trunk = nets.trunk((1, 32, 32), Sizes(100), "none")
    assert layer_sizes(trunk) == [(1024, 100), (100, 200), (200, 400)]


def test_the_mlp_grows_towards_the_pixels_without_batch_norm() -> None:
    nets = architecture("mlp", 28)
    generator = nets.generator(64, (1, 28, 28), Sizes(128))
    assert layer_sizes(generator) == [(64, 128), (128, 256), (256, 512), (512, 784)]
    assert not any(isinstance(m, nn.BatchNorm1d) for m in generator.modules())
    assert layer_sizes(nets.trunk((1, 28, 28), Sizes(128), "none")) == [(784, 512), (512, 256), (256, 128)]


def test_the_two_branches_have_the_layers_of_report_b() -> None:
    """Kernels, strides and channels as the report lists them; parameters counted by hand from that list."""
    nets = architecture("two-branch", 64)
    generator = nets.generator(256, (3, 64, 64), Sizes(64))
    grown = [m for m in generator.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert [(m.in_channels, m.out_channels, m.kernel_size[0], m.stride[0]) for m in grown] == [
        (1024, 512, 4, 2),
        (512, 256, 4, 2),
        (256, 128, 9, 4),
        (512, 128, 16, 8),
        (128, 64, 5, 2),
    ]
    kernels = 256 * 4096 + 1024 * 512 * 16 + 512 * 256 * 16 + 256 * 128 * 81 + 512 * 128 * 256 + 128 * 64 * 25 + 64 * 3
    assert count(generator) == kernels + (4096 + 256 + 64 + 3) + 2 * (512 + 128 + 128)  # biases, batch norms
    trunk = nets.trunk((3, 64, 64), Sizes(64), "none")
    kernels = 3 * 256 * 25 + 256 * 128 * 9 + 128 * 64 * 9 + 64 * 64 * 9 + 64 * 25 * 256
    assert count(trunk) == kernels + 256 + 128 + 64 + 64 + 256
    assert trunk.features == 256


def test_a_branch_of_report_b_adds_to_the_other() -> None:
    net = architecture("two-branch", 64).generator(8, (3, 64, 64), Sizes(4)).eval()
    both = next(m for m in net if hasattr(m, "branches"))
    maps = torch.randn(2, 32, 4, 4)
    torch.testing.assert_close(both(maps), both.branches[0](maps) + both.branches[1](maps))


@pytest.mark.parametrize(("size", "wide"), [(28, [32, 16, 8]), (32, [64, 32, 16, 8]), (64, [64, 64, 32, 16, 8])])
def test_the_residual_generator_halves_its_width_as_the_map_doubles(size: int, wide: list[int]) -> None:
    net = architecture("resnet", size).generator(5, (3, size, size), Sizes(8))
    shortcuts = [block.shortcut[0] for block in net if hasattr(block, "shortcut")]
    assert [m.in_channels for m in shortcuts] + [shortcuts[-1].out_channels] == wide
    assert architecture("resnet", size).trunk((3, size, size), Sizes(8), "spectral").features == wide[0]


def test_condition_maps_are_a_transposed_convolution_in_groups() -> None:
    ours, torchs = ConditionMaps(24, 4), nn.ConvTranspose2d(24, 24, 4, groups=24)
    with torch.no_grad():
        torchs.weight.copy_(ours.weight[:, None])
        torchs.bias.copy_(ours.bias.flatten())
    values = torch.rand(3, 24)
    torch.testing.assert_close(ours(values), torchs(values[:, :, None, None]))


def test_mapped_inputs_reach_the_generator_as_maps_beside_its_first_layer() -> None:
    net = architecture("dcgan", 64).generator(100 + 24, (3, 64, 64), Sizes(64, mapped=24)).eval()
    assert layer_sizes(net) == [(100, 8192)]
    assert next(m for m in net if isinstance(m, nn.ConvTranspose2d)).in_channels == 512 + 24
    u = torch.randn(2, 124)
    changed = u.clone()
    changed[0, 123] += 3
    images, other = net(u), net(changed)
    assert not torch.equal(images[0], other[0])
    torch.testing.assert_close(images[1], other[1])


@pytest.mark.parametrize(("name", "size"), EVERY)
def test_dropout_acts_in_training_only_and_adds_no_weights(name: str, size: int) -> None:
    nets, shape = architecture(name, size), (1, size, size)
    net = nets.trunk(shape, Sizes(8, 20, dropout=0.5), "none")
    assert count(net) == count(nets.trunk(shape, Sizes(8, 20), "none"))
    images = torch.rand(2, *shape) * 2 - 1
    assert not torch.equal(net(images), net(images))
    net.eval()
    assert torch.equal(net(images), net(images))


def test_wrong_names_and_sizes_list_the_right_ones() -> None:
    with pytest.raises(
        ValueError,
        match=r"unknown architecture 'dcgn', did you mean 'dcgan'\? choose from dcgan, upsampling, resnet",
    ):
        architecture("dcgn", 28)
    with pytest.raises(ValueError, match="dcgan makes images of 28, 32, 64, 128 px, not 48"):
        architecture("dcgan", 48)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("ours", "torchs"), [(Conv2d, nn.Conv2d), (ConvTranspose2d, nn.ConvTranspose2d)], ids=["conv", "transposed"]
)
@pytest.mark.parametrize(("size", "bias"), [(8, True), (8, False), (9, False), (28, True)])
@pytest.mark.parametrize("channels", [1, 3, 6], ids=["grey", "colour", "many"])
def test_convolutions_equal_torchs(
    ours: type[nn.Module], torchs: type[nn.Module], dtype: torch.dtype, size: int, bias: bool, channels: int
) -> None:
    """Output and all gradients against torch's layer in float64, on numbers that bfloat16 holds exactly."""
    torch.manual_seed(0)
    ends = (channels, 8) if ours is Conv2d else (8, channels)  # the larger map has few channels, as an image has
    layer, exact = ours(*ends, 4, 2, 1, bias=bias), torchs(*ends, 4, 2, 1, bias=bias).double()
    with torch.no_grad():
        for mine, other in zip(layer.parameters(), exact.parameters(), strict=True):
            mine.copy_(mine.bfloat16())
            other.copy_(mine)
    x = torch.randn(3, ends[0], size, size).bfloat16().float().requires_grad_()
    z = x.detach().double().requires_grad_()
    with torch.autocast("cpu", dtype, enabled=dtype == torch.bfloat16):
        y = layer(x)
    expected = exact(z)
    direction = torch.randn_like(expected).bfloat16().double()
    y.backward(direction.to(y.dtype))
    expected.backward(direction)
    ours_and_exact = itertools.chain([(y, expected), (x.grad, z.grad)], _gradients(layer, exact))
    for mine, other in ours_and_exact:
        error = (mine.double() - other).norm() / other.norm()
        assert error < (1e-2 if dtype == torch.bfloat16 else 1e-6)


def _gradients(layer: nn.Module, exact: nn.Module) -> list[tuple[torch.Tensor | None, torch.Tensor | None]]:
    return [(a.grad, b.grad) for a, b in zip(layer.parameters(), exact.parameters(), strict=True)]


@pytest.mark.parametrize("ways", [Ways(*names) for names in itertools.product(("kernel", "product"), repeat=3)])
@pytest.mark.parametrize(
    ("operation", "channels", "shape"),
    [
        (Gather, 1, Shape(4, 2, 1, (6, 6), (3, 3))),
        (Gather, 2, Shape(4, 2, 1, (7, 6), (3, 3))),  # a row that no position reaches
        (Gather, 1, Shape(6, 3, 2, (7, 7), (2, 2))),
        (Spread, 1, Shape(4, 2, 1, (6, 6), (3, 3))),
        (Spread, 2, Shape(4, 2, 1, (4, 6), (2, 3))),
    ],
)
def test_every_way_of_a_convolution_has_right_derivatives_of_both_orders(
    operation: type[torch.autograd.Function], ways: Ways, channels: int, shape: Shape
) -> None:
    """Gradient penalties differentiate gradients; torch's numerical derivatives in float64 are the reference."""
    torch.manual_seed(0)
    read, torchs = (
        ((3, *shape.small), F.conv_transpose2d) if operation is Spread else ((channels, *shape.large), F.conv2d)
    )
    x = torch.randn(2, *read, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(3, channels, *(shape.kernel,) * 2, dtype=torch.float64, requires_grad=True)
    bias = () if operation is Spread else (torch.randn(3, dtype=torch.float64, requires_grad=True),)

    def call(*arguments: torch.Tensor) -> torch.Tensor:
        return operation.apply(*arguments, Plan(shape, ways, torch.float64))

    expected = torchs(x, weight, *bias, stride=shape.stride, padding=shape.padding)
    torch.testing.assert_close(call(x, weight, *bias), expected)
    assert torch.autograd.gradcheck(call, (x, weight, *bias), fast_mode=True)
    assert torch.autograd.gradgradcheck(call, (x, weight, *bias), fast_mode=True)


def test_layers_take_the_ways_that_were_measured_to_be_fast() -> None:
    def taken(channels: int, size: int, dtype: torch.dtype, kernel: int = 4, stride: int = 2) -> str:
        small = (size - 1) // stride + 1
        shape = Shape(kernel, stride, (kernel - 1) // 2, (size, size), (small, small))
        return " ".join(ways_for(channels, shape, dtype))

    assert taken(1, 64, torch.bfloat16) == "product product product"
    assert taken(1, 64, torch.float32) == taken(3, 64, torch.bfloat16) == "kernel product kernel"
    assert taken(256, 8, torch.bfloat16) == taken(256, 4, torch.bfloat16, 3, 1) == "product kernel product"
    assert taken(128, 16, torch.bfloat16) == "kernel kernel product"
    for channels, size, dtype, kernel, stride in (
        (64, 32, torch.bfloat16, 4, 2),
        (256, 8, torch.float32, 4, 2),
        (128, 8, torch.bfloat16, 3, 1),
        (3, 64, torch.bfloat16, 5, 2),
    ):
        assert taken(channels, size, dtype, kernel, stride) == "kernel kernel kernel"


def test_layers_hand_their_shape_to_the_table() -> None:
    names = {}
    for size, dtype in ((8, torch.bfloat16), (64, torch.bfloat16), (8, torch.float32)):
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            y = Conv2d(5, 4, 4, 2, 1)(torch.randn(2, 5, size, size))
            z = ConvTranspose2d(4, 5, 4, 2, 1)(torch.randn(2, 4, size // 2, size // 2))
        names[size, dtype] = "GatherBackward" in _graph_names(y), "SpreadBackward" in _graph_names(z)
    assert list(names.values()) == [(True, True), (False, False), (False, False)]


@pytest.mark.parametrize(("layer", "ends"), [(Conv2d(6, 8, 4, 2, 1), (6, 8)), (ConvTranspose2d(8, 6, 4, 2, 1), (8, 4))])
def test_patches_are_copied_once_for_both_uses(layer: nn.Module, ends: tuple[int, int]) -> None:
    """A convolution by patches and its weight gradient, or both gradients of a transposed one, pad the map once."""
    channels, size = ends
    x = torch.randn(2, channels, size, size, requires_grad=True)
    with _Counted(torch.ops.aten.constant_pad_nd.default) as pads, torch.autocast("cpu", torch.bfloat16):
        layer(x).sum().backward()
    assert pads.count == 1


@pytest.mark.parametrize(
    ("ours", "torchs", "ends"), [(Conv2d, nn.Conv2d, (5, 8)), (ConvTranspose2d, nn.ConvTranspose2d, (8, 5))]
)
def test_nothing_is_cast_twice(ours: type[nn.Module], torchs: type[nn.Module], ends: tuple[int, int]) -> None:
    """Where torch's kernel is used, no more conversions than torch's own layer makes."""
    counts = []
    for kind in (ours, torchs):
        layer, x = kind(*ends, 4, 2, 1), torch.randn(2, ends[0], 64, 64)
        with _Counted(torch.ops.aten._to_copy.default) as seen, torch.autocast("cpu", torch.bfloat16):
            layer(x)
        counts.append(seen.count)
    assert counts[0] == counts[1] > 0


class _Counted(TorchDispatchMode):
    """Counts calls of one of torch's operations."""

    def __init__(self, operation: object) -> None:
        super().__init__()
        self.operation, self.count = operation, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += function is self.operation
        return function(*args, **(kwargs or {}))


def _graph_names(y: torch.Tensor) -> set[str]:
    found, waiting = set(), [y.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None:
            found.add(type(node).__name__)
            waiting += [following for following, _ in node.next_functions]
    return found
