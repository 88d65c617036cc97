"""Builds the C++ kernels: every `filters/kernels/NAME.cpp` becomes the module `filters.kernels.NAME`."""

import platform
from pathlib import Path

from pybind11.setup_helpers import ParallelCompile, Pybind11Extension
from setuptools import setup

# No -march=native: the same bytes must come out on every machine of one architecture.
FLAGS = ["-O3", "-fno-math-errno", "-ffp-contract=off"]
if platform.machine() in {"x86_64", "AMD64"}:
    FLAGS.append("-march=x86-64-v2")  # since 2009; popcount is an instruction there, and no rounding changes
DEPENDS = ["setup.py", *sorted(str(p) for p in Path("filters/kernels").glob("*.h"))]

ParallelCompile("NPY_NUM_BUILD_JOBS", default=2).install()
setup(
    ext_modules=[
        Pybind11Extension(
            f"filters.kernels.{path.stem}", [str(path)], cxx_std=17, extra_compile_args=FLAGS, depends=DEPENDS
        )
        for path in sorted(Path("filters/kernels").glob("*.cpp"))
    ]
)
