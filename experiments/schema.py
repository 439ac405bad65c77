"""`shareshift schema`: the JSON Schema by which editors complete and check configs."""

import argparse
import json

from experiments.cli import DONE


def print_schema(arguments: argparse.Namespace) -> int:
    """Print the schema of configs or sweep files; the same bytes for the same version."""
    from experiments.sweeps.schema import sweep_schema
    from simulation.config import schema

    made = sweep_schema() if arguments.sweep else schema()
    print(json.dumps(made, indent=2, ensure_ascii=False))
    return DONE
