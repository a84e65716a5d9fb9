"""Which activation in the hidden layers, which one last, with which loss, and is it right?

    import advisor

    print(advisor.recommend("multiclass"))   # hidden relu, last softmax, and why
    model = advisor.build("multiclass")      # a compiled keras.Sequential for iris
    print(advisor.confirm("multiclass"))     # trained, then its outputs are tested

The tasks of the lecture are "binary", "multiclass" and "regression" (二分类, 多分类, 回归).
All the rest is one map: section "Map" of the README; on a terminal, `advisor --help`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.activations import activation
    from advisor.assignments import assignment
    from advisor.catalog import load
    from advisor.comparison import compare
    from advisor.confirmation import confirm
    from advisor.demonstrations import lab
    from advisor.diagnosis import check
    from advisor.inspection import ModelCheck, assert_clean
    from advisor.models import build
    from advisor.recommendation import recommend
    from advisor.recorder import SignalRecorder
    from advisor.rulebook import rule
    from advisor.scripts import source
    from advisor.signals import signal
    from advisor.text import set_language
    from advisor.training import fit

__version__ = "0.1.0"

# public name -> the module that owns it, imported when the name is first used
_HOMES = {
    "ModelCheck": "inspection",
    "SignalRecorder": "recorder",
    "activation": "activations",
    "assert_clean": "inspection",
    "assignment": "assignments",
    "build": "models",
    "check": "diagnosis",
    "compare": "comparison",
    "confirm": "confirmation",
    "fit": "training",
    "lab": "demonstrations",
    "load": "catalog",
    "recommend": "recommendation",
    "rule": "rulebook",
    "set_language": "text",
    "signal": "signals",
    "source": "scripts",
}

__all__ = [
    "ModelCheck",
    "SignalRecorder",
    "activation",
    "assert_clean",
    "assignment",
    "build",
    "check",
    "compare",
    "confirm",
    "fit",
    "lab",
    "load",
    "recommend",
    "rule",
    "set_language",
    "signal",
    "source",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that `import advisor` imports nothing heavy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'advisor' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"advisor.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, for Tab in a notebook."""
    return sorted([*__all__, "__version__"])
