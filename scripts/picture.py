"""Draw what ``make demo`` shows as docs/images/demo.svg, and keep its curve: run it after ``make demo``, in its folder.

Rich's own SVG fetches its font from the internet; this one takes a font the reader has.
"""

import io
import re
import shutil
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI

from countylines.report.demo import show_demo

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "demo.svg"


def draw(demo: Path) -> None:
    """Show the demo's answer on a console that records."""
    form = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    form = form.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    console = Console(record=True, width=110, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    force = min(demo.glob("force-*"))
    show_demo(console, force, demo / force.name.replace("force", "run"))
    PICTURE.parent.mkdir(exist_ok=True)
    console.save_svg(str(PICTURE), title="make demo", theme=MONOKAI, code_format=form, unique_id="demo")
    drawn = min(demo.glob("run-*.svg"))  # the demo's own picture of how a group comes apart
    shutil.copyfile(drawn, PICTURE.with_name("curve.svg"))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} KB")


if __name__ == "__main__":
    draw(Path("demo"))
