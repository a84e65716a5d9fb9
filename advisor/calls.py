"""A function of a model and arrays, compiled as a whole on JAX, where each small step costs more."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable

_kept = Recent()
_lock = threading.Lock()


def call(function: Callable[..., Any], model: Any, *arrays: Any) -> Any:
    """Return function(model, *arrays); what was compiled is kept for models of the same program.

    Args:
        function: without side effects; what it returns depends on shapes, weights and arrays only.
        model: whose `advisor_program` tells which models are alike; without it nothing is kept.
        arrays: tensors.
    """
    keras = backend.keras()
    if keras.backend.backend() != "jax":
        return function(model, *arrays)
    import jax

    variables = model.trainable_variables

    def whole(values: list[Any], *given: Any) -> Any:
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function(model, *given)

    values = [variable.value for variable in variables]
    alike = getattr(model, "advisor_program", None)
    place = (alike, function, *((a.shape, str(a.dtype)) for a in arrays))
    with _lock:
        program = _kept.get(place) if alike else None
    if program is None:
        program = jax.jit(whole).lower(values, *arrays).compile()
    if alike:
        with _lock:
            _kept[place] = program
    return program(values, *arrays)
