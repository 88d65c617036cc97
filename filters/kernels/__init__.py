"""C++ kernels over Arrow string buffers; built by setup.py, each with a plain twin in tests/naive.py."""
