"""`python tests/torture` does every row in full and writes a report, as `make torture` does."""

import sys

from harness import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
