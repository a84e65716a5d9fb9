"""`check` where people meet it: at the start of training, and in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.diagnosis import check
from advisor.errors import FindingsError
from advisor.findings import ERROR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.diagnosis import Report

_Callback: Any = backend.keras().callbacks.Callback  # here Keras is needed from the start


def assert_clean(
    model: Any,
    X: Any = None,
    y: Any = None,
    task: object = None,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
) -> None:
    """Fail a test with the report where `check` finds an error or a warning.

    It takes what `check` takes.

    Raises:
        AssertionError: something was found; its text is the report.

    Example:
        >>> from advisor import build
        >>> assert_clean(build("binary"))
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    report = check(model, X, y, task, select=select, ignore=ignore)
    if not report.ok:
        raise AssertionError("\n" + str(report))


class ModelCheck(_Callback):  # type: ignore[misc]
    """A Keras callback that checks the model when training begins, and prints what it finds.

    With X and y the data are looked at as well. Training goes on, unless `stop=True` and an error was
    found.

    Args:
        X, y: as they are given to `fit`; None to look at the model alone.
        stop: do not begin to train a model with an error.
        task, select, ignore: as `check` takes them.

    Raises:
        FindingsError: with `stop=True`, when training begins.

    Attributes:
        report: what was found; None before training.

    Example:
        >>> from advisor import build, load
        >>> data = load("iris")
        >>> watch = ModelCheck(data.X_train, data.y_train)
        >>> _ = build("multiclass").fit(data.X_train, data.y_train, verbose=0, callbacks=[watch])
        >>> watch.report.ok
        True
    """

    def __init__(
        self,
        X: Any = None,
        y: Any = None,
        *,
        stop: bool = False,
        task: object = None,
        select: Sequence[str] | None = None,
        ignore: Sequence[str] | None = None,
    ) -> None:
        """Keep what is checked when training begins."""
        super().__init__()
        self.data, self.stop, self.task = (X, y), stop, task
        self.select, self.ignore = select, ignore
        self.report: Report | None = None

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras' signature
        """Check the model, and print what was found."""
        report = check(self.model, *self.data, self.task, select=self.select, ignore=self.ignore)
        self.report = report
        if report.findings:
            print(report)  # noqa: T201 - it is told where training is watched
        errors = [one for one in report.findings if one.severity == ERROR]
        if self.stop and errors:
            raise FindingsError(
                f"Training was not begun: {errors[0].code} {errors[0].name} at {errors[0].where}. "
                "Repair the model, for example by report.repair()."
            )
