"""`shareshift schema`: the JSON Schema by which editors complete and check a config."""

import argparse
import json

from experiments.cli import DONE


def print_schema(_: argparse.Namespace) -> int:
    """Print the schema; it is the same bytes for the same version."""
    from simulation.config import schema

    print(json.dumps(schema(), indent=2, ensure_ascii=False))
    return DONE
