"""How hard the property tests try: `TEST_EFFORT=50 python3 build.py test` takes the night."""

import os

EFFORT = int(os.environ.get("TEST_EFFORT", "1"))
"""What the number of examples of the costly properties is multiplied with."""


def is_thorough() -> bool:
    """Whether the sweeps go through every point: `--thorough`, also in the processes of a run."""
    return os.environ.get("TEST_THOROUGH") == "yes"
