"""Where the letters of figures lie: they come with Matplotlib, so that no machine lacks them."""

from pathlib import Path

from matplotlib import get_data_path


def font_file(bold: bool) -> Path:
    """File of the letters, or of the bold ones."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(get_data_path()) / "fonts" / "ttf" / name
