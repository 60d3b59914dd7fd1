"""The named parts of the vector that a generator reads: how each is drawn, and how people write its values."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, TypeVar

import torch
from pydantic import AfterValidator, ConfigDict, Field, model_validator
from torch import Tensor

from ganlab.choices import instead
from ganlab.foreign import RealText, TrueIsNoNumber


def _factor_name(name: str) -> str:
    if "__" in name or re.search(r"[~.]\d+$", name):
        raise ValueError("names of factors hold no `__` and do not end like those of axes, such as z.1 or z~1")
    return name


def _apart(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(labels)) < len(labels):
        raise ValueError("two labels are the same")
    return labels


def _label(label: str) -> str:
    if label != label.strip():
        raise ValueError("a label begins or ends with a space")
    return label


Label = Annotated[RealText, Field(min_length=1, max_length=200), AfterValidator(_label)]
Labels = Annotated[tuple[Label, ...], Field(max_length=1024), AfterValidator(_apart)]


class _Factor(TrueIsNoNumber):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    name: Annotated[RealText, Field(min_length=1, max_length=64), AfterValidator(_factor_name)]


class Normal(_Factor):
    """Independent standard normal values."""

    kind: Literal["normal"] = "normal"
    size: int = Field(ge=1, le=4096, strict=True)

    @property
    def dim(self) -> int:
        return self.size

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        return torch.randn(n, self.size, generator=rng, device=rng.device)

    def parse(self, text: str) -> Tensor:
        return _numbers(self, text)


class Uniform(_Factor):
    """Independent values, uniform between two bounds."""

    kind: Literal["uniform"] = "uniform"
    size: int = Field(ge=1, le=4096, strict=True)
    low: float = -1.0
    high: float = 1.0

    @property
    def dim(self) -> int:
        return self.size

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        unit = torch.rand(n, self.size, generator=rng, device=rng.device)
        return unit * (self.high - self.low) + self.low

    def parse(self, text: str) -> Tensor:
        return _numbers(self, text)


class Category(_Factor):
    """One of several labels, as a one-hot vector; people may also write a mix of labels, as `3*0.6+8*0.4`.

    Each is drawn as often as the others, or in the share that `rates` gives for it.
    """

    kind: Literal["category"] = "category"
    labels: Labels = Field(min_length=2)
    rates: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()  # a share a label, or none for equal ones

    @model_validator(mode="after")
    def _rates_fit(self) -> "Category":
        if self.rates and (len(self.rates) != self.dim or abs(sum(self.rates) - 1) > 0.01):
            raise ValueError(f"{self.name} takes {self.dim} rates that add up to 1, or none")
        return self

    @property
    def dim(self) -> int:
        return len(self.labels)

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        if self.rates:
            unit = torch.rand(n, generator=rng, device=rng.device)
            bounds = torch.tensor(self.rates, dtype=torch.float64, device=rng.device).cumsum(0)
            index = torch.bucketize(unit * bounds[-1], bounds, right=True).clamp_max(self.dim - 1)
        else:
            index = torch.randint(self.dim, (n,), generator=rng, device=rng.device)
        return torch.nn.functional.one_hot(index, self.dim).float()

    def parse(self, text: str) -> Tensor:
        values = torch.zeros(self.dim)
        for label, weight in self.mix(text):
            values[self.labels.index(label)] += weight
        return values

    def mix(self, text: str) -> list[tuple[str, float]]:
        """The labels that a text names, with weights that add up to 1. ValueError says what the text lacks."""
        return [(text, 1.0)] if text in self.labels else _weights(self, text)


class Attributes(_Factor):
    """Several labels that are on (1) or off (0), independently unless the number of those that are on is bounded.

    Each is on in half of the draws, or in the share that `rates` gives for it.
    """

    kind: Literal["attributes"] = "attributes"
    labels: Labels = Field(min_length=1)
    at_least: int = Field(0, ge=0, strict=True)
    at_most: int = Field(0, ge=0, strict=True)  # 0: as many as there are
    rates: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()  # a share a label, or none for one half of each

    @model_validator(mode="after")
    def _bounds_fit(self) -> "Attributes":
        if wrong := [label for label in self.labels if "+" in label]:
            raise ValueError(f"{self.name} has a label {wrong[0]!r}: + joins labels and is part of none")
        if not self.at_least <= (self.at_most or self.dim) <= self.dim:
            raise ValueError(f"{self.name} needs 0 <= at_least <= at_most <= {self.dim}")
        if self.rates and (len(self.rates) != self.dim or self.at_least or self.at_most):
            raise ValueError(f"{self.name} takes {self.dim} rates or none, and none beside bounds")
        return self

    @property
    def dim(self) -> int:
        return len(self.labels)

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        if self.rates:
            unit = torch.rand(n, self.dim, generator=rng, device=rng.device)
            return (unit < torch.tensor(self.rates, device=rng.device)).float()
        if not self.at_least and not self.at_most:
            return torch.randint(2, (n, self.dim), generator=rng, device=rng.device).float()
        high = (self.at_most or self.dim) + 1
        counts = torch.randint(self.at_least, high, (n, 1), generator=rng, device=rng.device)
        ranks = torch.rand(n, self.dim, generator=rng, device=rng.device).argsort(1).argsort(1)
        return (ranks < counts).float()

    def parse(self, text: str) -> Tensor:
        chosen = [part.strip() for part in text.split("+") if part.strip()]
        if unknown := [label for label in chosen if label not in self.labels]:
            raise ValueError(
                f"{self.name} has no label {unknown[0]!r}{instead(unknown[0], self.labels)}, several joined by +"
            )
        if not self.at_least <= len(set(chosen)) <= (self.at_most or self.dim):
            raise ValueError(f"{self.name} takes {self.at_least} to {self.at_most or self.dim} labels joined by +")
        return torch.tensor([float(label in chosen) for label in self.labels])


Factor = Annotated[Normal | Uniform | Category | Attributes, Field(discriminator="kind")]
AnyFactor = TypeVar("AnyFactor", bound=Normal | Uniform | Category | Attributes)


def check_names_differ(factors: Iterable[AnyFactor]) -> None:
    """ValueError names the factor that comes twice."""
    names: set[str] = set()
    for factor in factors:
        if factor.name in names:
            raise ValueError(f"two factors are called {factor.name!r}; each needs a name of its own")
        names.add(factor.name)


def side_by_side(factors: Iterable[AnyFactor]) -> Iterator[tuple[AnyFactor, slice]]:
    """Each factor with its columns in a matrix that holds one after the other."""
    start = 0
    for factor in factors:
        yield factor, slice(start, start + factor.dim)
        start += factor.dim


def _weights(factor: Category, text: str) -> list[tuple[str, float]]:
    """A mix of labels, whose weights are not negative and add up to 1; labels may hold `*` and `+` themselves."""
    labels, weights = [], []
    rest = text
    while rest:
        label = max((label for label in factor.labels if rest.startswith(f"{label}*")), key=len, default=None)
        if label is None:
            named = rest.partition("+")[0].rpartition("*")[0] or rest
            raise ValueError(f"{factor.name} has no label {named!r}{instead(named, factor.labels)}")
        number, _, rest = rest[len(label) + 1 :].partition("+")
        labels.append(label)
        weights.append(number)
    try:
        found = [float(weight) for weight in weights]
    except ValueError:
        raise ValueError(f"{factor.name} mixes labels with numbers, such as 0.6; {text!r} does not") from None
    if not (found and min(found) >= 0 and abs(sum(found) - 1) < 0.01):
        raise ValueError(f"{factor.name} takes weights that add up to 1, not those of {text!r}")
    return list(zip(labels, found, strict=True))


def _numbers(factor: Normal | Uniform, text: str) -> Tensor:
    try:
        values = torch.tensor([float(part) for part in text.split(",")])
    except ValueError:
        raise ValueError(f"{factor.name} takes numbers joined by commas, not {text!r}") from None
    if len(values) not in (1, factor.size):
        raise ValueError(f"{factor.name} takes 1 or {factor.size} numbers, not {len(values)}")
    if not values.isfinite().all():
        raise ValueError(f"{factor.name} takes finite numbers, not {text!r}")
    return values.expand(factor.size)
