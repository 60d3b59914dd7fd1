"""Whether images obey conditions: a condition is what was asked for, a reading is what a classifier finds.

Conditions are rows of zeros and ones, readings rows of probabilities, both [N, D] in the columns of a dataset's
conditions.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.data import Condition, DataSpec, catalogue
from ganlab.latents import side_by_side


class Verdict(NamedTuple):
    """What counts for the accuracy: each label that was asked for and can be seen, and whether it was found."""

    right: Tensor  # float64 [N], labels of an image that were found
    asked: Tensor  # float64 [N], labels of an image that count

    @property
    def accuracy(self) -> float:
        """Labels found among labels asked for, all images together (micro-averaged)."""
        return (self.right.sum() / self.asked.sum()).item()


def judge(probabilities: Tensor, asked: Tensor, data: DataSpec) -> Verdict:
    """Compare readings with what was asked for.

    A category counts once, and is right when its most likely label is the one asked for. Attributes of which a
    bounded number is on are judged by the rule of the i-CLEVR course: of an image with k labels the k most likely
    outputs count, so that each label asked for is found or not. Each label of the other attributes counts, on or
    off, at a threshold of one half. Labels that cannot be seen (`shown`) do not count.
    """
    asked = asked.bool()
    found, visible = findings(probabilities, asked, data), shown(asked, data)
    right, total = torch.zeros(2, len(asked), dtype=torch.float64)
    for condition, columns in side_by_side(data.conditions):
        said, wanted, seen = found[:, columns], asked[:, columns], visible[:, columns]
        if condition.kind == "category":
            hits, counted = (said == wanted).all(1, keepdim=True), seen[:, :1]
        else:
            hits, counted = said == wanted, wanted if bounded(condition) else seen
        right += (hits & counted).sum(1)
        total += counted.sum(1)
    return Verdict(right, total)


def findings(probabilities: Tensor, asked: Tensor, data: DataSpec) -> Tensor:
    """Readings as yes or no for each column, bool [N, D]; what was asked for only says how many labels count."""
    found = []
    for condition, columns in side_by_side(data.conditions):
        said, wanted = probabilities[:, columns], asked[:, columns]
        if condition.kind == "category":
            found.append(torch.nn.functional.one_hot(said.argmax(1), condition.dim).bool())
        else:
            found.append(top_k(said, wanted) if bounded(condition) else said > 0.5)
    return torch.cat(found, 1)


def bounded(condition: Condition) -> bool:
    """Whether the number of labels that are on is bounded, so that no label can be told from the others alone."""
    return condition.kind == "attributes" and bool(condition.at_least or condition.at_most)


def top_k(scores: Tensor, wanted: Tensor) -> Tensor:
    """Which labels are among the k highest scores of their row, k being the number of labels wanted; bool [N, D]."""
    ranks = scores.argsort(1, descending=True).argsort(1)
    return ranks < wanted.sum(1, keepdim=True)


def shown(asked: Tensor, data: DataSpec) -> Tensor:
    """Labels that an image of the dataset with these conditions shows, bool [N, D]."""
    hiding = catalogue.evaluation(data.name).hiding
    return torch.ones_like(asked, dtype=torch.bool) if hiding is None else hiding.rule(asked.bool(), data.conditions)
