"""YAML that people edit: read with errors that say where and what, in the words of the file.

Every value is a text: the code NO is never the truth value, nor the code 007 the number 7.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from countylines.errors import InputError, nearest


def load(path: Path) -> Mapping[str, Any]:
    """The file as a mapping.

    Raises:
        InputError: it can't be read, isn't YAML or isn't a mapping.
    """
    written = parsed(content(path), path.name, yaml.load)
    if not isinstance(written, dict):
        raise InputError("the file holds no keys", "see the documentation for an example", file=path.name)
    return written


def content(path: Path) -> bytes:
    """What stands in the file.

    Raises:
        InputError: it can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("the file can't be read", "check the path", file=path) from error


def parsed(written: bytes, file: str, make: Callable[..., Any]) -> Any:
    """What ``make`` (yaml.load or yaml.compose) finds in the file's content.

    Raises:
        InputError: it isn't UTF-8 or isn't YAML; the line is told.
    """
    try:
        return make(written.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except UnicodeDecodeError as error:
        raise InputError("this is not YAML: the file is not UTF-8", "save it as UTF-8", file=file) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        said = f"this is not YAML{where}: {getattr(error, 'problem', None) or error}"
        raise InputError(said, "correct the line", file=file) from error


def keys(written: object, allowed: Collection[str], file: str, place: str) -> Mapping[str, Any]:
    """The mapping, when all its keys are allowed.

    Raises:
        InputError: it is no mapping, or a key isn't known (with the nearest that is).
    """
    if not isinstance(written, dict):
        raise InputError(f"{written!r} is not a set of keys", f"give {', '.join(allowed)}", file=file, field=place)
    for key in written:
        if key not in allowed:
            where = f"{place}.{key}" if place else str(key)
            raise InputError(f"there is no key {key!r} here", nearest(str(key), list(allowed)), file=file, field=where)
    return written


def strings(written: object, file: str, place: str) -> tuple[str, ...]:
    """A list of texts, or one text.

    Raises:
        InputError: it is neither.
    """
    listed = [written] if isinstance(written, str) else written
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise InputError(f"{written!r} is no list of texts", "write [one, two]; or one text", file=file, field=place)
    return tuple(listed)


def flag(written: object, file: str, place: str) -> bool:
    """True or false, as written.

    Raises:
        InputError: it is neither.
    """
    if written not in ("true", "false"):
        raise InputError(f"{written!r} isn't allowed", "give true or false", file=file, field=place)
    return written == "true"


def text(written: object, file: str, place: str) -> str:
    """One text.

    Raises:
        InputError: it is a list or a set of keys.
    """
    if not isinstance(written, str):
        raise InputError(f"{written!r} is no text", "give one text", file=file, field=place)
    return written
