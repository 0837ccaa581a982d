"""One target under atheris, the coverage-guided fuzzer: python -m tests.fuzz.engine TARGET ..."""

from __future__ import annotations

import sys
from random import Random

import atheris

# Whatever is imported in here is watched, so Django has to be set up in here, too.
with atheris.instrument_imports(include=["crm_notify", "anymail"]):
    import tests.fuzz.host  # noqa: F401 - sets Django up
    from tests.fuzz.targets import TARGETS


def main(argv: list[str]) -> None:
    """Fuzz the target that ``argv`` names first; the rest are options of libFuzzer."""
    target = TARGETS[argv[1]]

    def change(data: bytes, limit: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, limit))
        return target.change(data, random)[:limit]

    atheris.Setup([argv[0], *argv[2:]], target.check, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
