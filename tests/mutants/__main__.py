"""Plant every bug of the list, one at a time: `make mutants`."""

import sys

import runner

if __name__ == "__main__":
    sys.exit(runner.main(sys.argv[1:]))
