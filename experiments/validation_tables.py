"""Write the tables of VALIDATION.md: `python -m experiments.validation_tables`.

They come from docs/studies/validation.csv and docs/studies/histories.csv, which `make studies`
brings up to date.  What is suspected of each miss is written by hand, once its number is known.
"""

from experiments import model_tables
from experiments.studies import histories, validation

VALIDATION = model_tables.MODEL.with_name("VALIDATION.md")
COMMAND = "python -m experiments.validation_tables"
STUDIES = ((validation.STUDY, validation.tables), (histories.STUDY, histories.tables))


def main() -> None:
    """Rewrite VALIDATION.md with its tables as the stored rows have them."""
    VALIDATION.write_text(with_tables(VALIDATION.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{VALIDATION.name} is up to date")


def with_tables(text: str) -> str:
    """`text` of VALIDATION.md with every generated table replaced."""
    tables = model_tables.study_tables(STUDIES)
    return model_tables.replaced(text, tables, VALIDATION.name, COMMAND)


if __name__ == "__main__":
    main()
