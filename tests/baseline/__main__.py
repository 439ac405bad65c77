"""Write the baseline anew: `make baseline`.  Say in CHANGELOG.md which results moved, and why."""

import baseline

if __name__ == "__main__":
    baseline.write()
