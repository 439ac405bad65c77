"""`python tests/bench` runs the benchmarks, as `make bench` does."""

import sys

from bench import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
