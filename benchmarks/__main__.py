"""All benchmarks one after the other (`python -m benchmarks`), or those that are named."""

import pkgutil
import runpy
import sys
from importlib.util import find_spec

import benchmarks


def main() -> None:
    wanted = sys.argv[1:]
    sys.argv = sys.argv[:1]
    for module in pkgutil.iter_modules(benchmarks.__path__):
        name = f"benchmarks.{module.name}"
        if module.ispkg and find_spec(f"{name}.__main__") and (not wanted or module.name in wanted):
            print(f"\n# {module.name}\n", flush=True)
            runpy.run_module(f"{name}.__main__", run_name="__main__")


if __name__ == "__main__":
    main()
