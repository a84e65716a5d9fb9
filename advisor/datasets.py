"""The shelf of toy data sets: see `datasets/` at the top of the checkout."""

from advisor._shelf import folder

__path__ = [str(folder("datasets"))]
