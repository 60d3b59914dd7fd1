"""The classifier of digits that comes with the program."""

from ganlab.metrics import classifiers
from ganlab.metrics.classifier import Classifier
from ganlab.metrics.readers import weights


def digit_classifier() -> Classifier:
    path = weights("mnist")
    assert path is not None
    net = classifiers.load(path).net
    assert isinstance(net, Classifier)
    return net
