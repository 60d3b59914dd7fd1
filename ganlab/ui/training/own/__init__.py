"""The view of the Train page on which pictures of one's own become datasets."""

from ganlab.ui.training.own.view import show

__all__ = ["show"]
