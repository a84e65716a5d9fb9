"""`python -m benchmarks` measures what the README and the tables claim, on this machine, now."""

from __future__ import annotations

import platform

from benchmarks import (
    classroom,
    diagnosis,
    faculty,
    fitting,
    foretelling,
    populations,
    recording,
    scores,
    speed,
)


def main() -> None:
    """Print the machine and the versions, then every measurement."""
    from advisor import backend

    keras = backend.keras()
    import numpy as np
    import sklearn
    import tensorflow as tf

    print(
        f"{platform.machine()}, Python {platform.python_version()}, Keras {keras.__version__} on "
        f"{keras.backend.backend()}, TensorFlow {tf.__version__}, "
        f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}\n"
    )
    scores.main()
    print()
    speed.main()
    print()
    fitting.main()
    print()
    populations.main()
    print()
    foretelling.main()
    print()
    recording.main()
    print()
    diagnosis.main()
    print()
    classroom.main()
    print()
    faculty.main()


if __name__ == "__main__":
    main()
