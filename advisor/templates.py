"""The shelf of teaching templates: see `templates/` at the top of the checkout."""

from advisor._shelf import folder

__path__ = [str(folder("templates"))]
