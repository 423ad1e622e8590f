"""Phone numbers and names of deal lines in the texts of matched records: the run table ``numbers``.

Numbers are read as police write them: with blanks, dots, dashes or brackets, as 07, +44 or 0044, and disguised, as
"O7 seven double oh ...". Only mobile numbers count, since deal lines are mobiles: so 999, 101, landlines and short
codes never do. Nor does what only looks like one: digits inside longer ones (IMEI, account), dates, and what stands
right behind a word such as URN, ref or PNC (crime references, PNC ids; a national insurance number has too few digits).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import narwhals as nw
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from countylines.engine import Engine
from countylines.match.line_names import LineWords, line_names, line_words
from countylines.match.normalise import normalise
from countylines.progress import Progress
from countylines.tables import RUN, Frame

SCHEMA = RUN["numbers"].schema
BEFORE, AFTER = 60, 40  # characters around a number in which words can say that it is a line's

DIGIT_WORDS = {"zero": "0", "nought": "0", "naught": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3"}
DIGIT_WORDS |= {"four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "l": "1", "i": "1"}
TIMES = {"double": 2, "triple": 3, "treble": 3}
ZEROS = {"hundred": "00", "thousand": "000"}
GAP = r"[ .()\[\]*_-]{0,3}"
TOKEN = "|".join(["[0-9]", *sorted({*DIGIT_WORDS, *TIMES, *ZEROS}, key=lambda word: (-len(word), word))])
TOKENS = re.compile(TOKEN, re.IGNORECASE)
RUN_OF_TOKENS = re.compile(rf"(?:\+{GAP}|\b(?=[0o4zndf]))(?:(?:{TOKEN}){GAP}){{6,}}", re.IGNORECASE)
BEGINNING = "|".join(("[0o4]", "oh", "zero", "nought", "naught", "four"))  # of 07, 447 and so on
PREFILTER = (  # every text with a number, and few others; for RE2
    rf"(?i)(?:{BEGINNING}){GAP}(?:7|seven){GAP}(?:(?:{TOKEN}){GAP}){{4}}|\+{GAP}(?:(?:{TOKEN}){GAP}){{8}}"
).replace(" ", r"\s")
DATE = re.compile(
    r"[0-3]?[0-9][ .-][01]?[0-9][ .-](?:19|20)[0-9]{2}(?![0-9])|(?:19|20)[0-9]{2}[ .-][01][0-9][ .-][0-3][0-9]"
)
REFERENCE = re.compile(
    r"\b(?:urn|crn|ref(?:erence)?|crime|log|incident|occurrence|cad|pnc ?id|pnc|cro|imei|imsi|iccid|custody|nino?|nhs"
    r"|account|acc|case|exhibit|serial|sort code|dvla|licence|passport|asset|badge)"
    r"(?:[ -]?(?:no|number|num|id|ref))?[ .:#-]*$",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?;](?: |$)")
GLUED_BEFORE = re.compile(r"(?:[\w@]|(?<![0-9])[0-9]{1,4}[/:])$")  # it is part of something else: 24/0770...
GLUED_AFTER = re.compile(r"[\w@]|[/:](?![0+])\w")
NATIONAL = re.compile(r"0044(?:0)?(7[0-9]{9})|44(?:0)?(7[0-9]{9})|0(7[0-9]{9})")
FICTION = "+447700900"  # Ofcom keeps 07700 900000 to 900999 for fiction; invented data use them


class Number(NamedTuple):
    """A phone number, as +447..., and where it stands, in code points."""

    number: str
    start: int
    end: int


def find_numbers(records: Frame, scores: Frame, engine: Engine, path: Path, progress: Progress) -> Frame:
    """Find them in the texts of records with a score above 0.

    Args:
        records: record_id, text, area and date.
        scores: the run table ``record_scores``.
        engine: where the tables live.
        path: where to keep the result.

    Returns:
        The run table ``numbers``, in no order.
    """
    matched = scores.filter(nw.col("score") > 0).select("record_id")
    wanted = records.select("record_id", "text", "area", "date").join(matched, on="record_id", how="semi")
    with progress.step("finding numbers and names of lines") as advance:
        return engine.map_batches(wanted, numbers_in_batch, SCHEMA, path, advance)


def numbers_in_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch's numbers and names: one function for every engine.

    Example:
        >>> texts = ["Phone 07700 900123 is the Mikey line", "Drunk on a bench", None]
        >>> rows = {"record_id": ["a", "b", "c"], "text": texts, "area": pa.nulls(3, pa.string())}
        >>> batch = pa.record_batch(rows | {"date": pa.nulls(3, pa.date32())})
        >>> for row in numbers_in_batch(batch).to_pylist():
        ...     print(row["number"], row["name"], row["start"], row["end"], row["context"])
        +447700900123 None 6 18 line
        None MIKEY 26 31 None
    """
    words = line_words()
    texts = _normalised(batch.column("text").cast(pa.string()))
    may = [pc.match_substring_regex(texts, pattern).fill_null(False) for pattern in (PREFILTER, words.prefilter)]
    rows: list[int] = []
    found: list[tuple[str | None, str | None, int, int, str | None]] = []
    some = pc.indices_nonzero(pc.or_(*may))
    for row, text, phones, names in zip(
        some.to_pylist(), *(column.take(some).to_pylist() for column in (texts, *may)), strict=True
    ):
        here = list(_in_text(normalise(text), phones, names, words))
        rows += [row] * len(here)
        found += here
    taken = batch.take(pa.array(rows, pa.int64()))
    values = dict(zip(("number", "name", "start", "end", "context"), zip(*found, strict=True), strict=False))
    columns = {
        field.name: pa.array(values.get(field.name, ()), field.type)
        if field.name in ("number", "name", "start", "end", "context")
        else taken.column(field.name).cast(field.type)
        for field in SCHEMA
    }
    return pa.RecordBatch.from_arrays([columns[field.name] for field in SCHEMA], schema=SCHEMA)


def phone_numbers(text: str) -> list[Number]:
    """The mobile numbers in a normalised text, sorted by place.

    Example:
        >>> phone_numbers("ring O7700 900 123 or (0044) 7 seven 00 nine hundred one two four, not URN 07700900125")
        [Number(number='+447700900123', start=5, end=18), Number(number='+447700900124', start=23, end=65)]
    """
    return [number for run in RUN_OF_TOKENS.finditer(text) for number in _in_run(text, run)]


def _in_text(
    text: str, phones: bool, names: bool, words: LineWords
) -> Iterator[tuple[str | None, str | None, int, int, str | None]]:
    """Number, name, start, end and context of all there are in one text; no name inside a number."""
    numbers = phone_numbers(text) if phones else []
    for number in numbers:
        yield number.number, None, number.start, number.end, _context(text, number, words)
    for span in line_names(text, words) if names else ():
        if all(span.end <= number.start or number.end <= span.start for number in numbers):
            yield None, span.name, span.start, span.end, None


def _context(text: str, number: Number, words: LineWords) -> str | None:
    """``own`` when the words right before say so, ``line`` when words around it in its sentence do."""
    before = text[max(0, number.start - BEFORE) : number.start]
    if words.own.search(before):
        return "own"
    after = text[number.end : number.end + AFTER]
    sentence = SENTENCE_END.split(before)[-1], SENTENCE_END.split(after)[0]  # each for itself: the number parts them
    return "line" if any(words.line.search(part) for part in sentence) else None


def _normalised(texts: pa.Array) -> pa.Array:
    """Texts that aren't ASCII as the matcher sees them; in ASCII only line breaks and tabs differ."""
    plain = pc.string_is_ascii(texts).fill_null(True)
    if not pc.all(plain).as_py():
        rest = [normalise(text) for text in texts.filter(pc.invert(plain)).to_pylist()]
        texts = pc.replace_with_mask(texts, pc.invert(plain), pa.array(rest, pa.string()))
    return texts


def _in_run(text: str, run: re.Match[str]) -> Iterator[Number]:
    """The numbers in a run of digits and words for digits, from the left, none overlapping."""
    digits, starts, ends = _digits(text, run.start(), run.end())
    at = 0
    while at < len(digits):
        found = _number_at(text, digits, starts, ends, at)
        if found is None:
            at += 1
            continue
        number, at = found
        yield number


def _digits(text: str, start: int, end: int) -> tuple[str, list[int], list[int]]:
    """The digits that the run says, with the start and end of the word each comes from."""
    digits, starts, ends = "", list[int](), list[int]()
    times, begun = 1, start
    for token in TOKENS.finditer(text, start, end):
        word = token[0].lower()
        if word in TIMES:
            times, begun = TIMES[word], token.start()
            continue
        said = ZEROS.get(word) or DIGIT_WORDS.get(word, word) * times
        digits += said
        starts += [begun if times > 1 else token.start()] * len(said)
        ends += [token.end()] * len(said)
        times = 1
    return digits, starts, ends


def _number_at(text: str, digits: str, starts: list[int], ends: list[int], at: int) -> tuple[Number, int] | None:
    """The mobile number that begins with this digit and stands by itself, and the digit after it."""
    start = starts[at]
    if at and starts[at - 1] == start:
        return None
    plus = re.search(r"\+[ (]{0,2}$", text[max(0, start - 3) : start])
    first = start - len(plus[0]) if plus else start
    if (
        GLUED_BEFORE.search(text[max(0, first - 8) : first])
        or REFERENCE.search(text[max(0, first - 30) : first])
        or DATE.match(text, first)
    ):
        return None
    for length, number in _readings(digits[at : at + 15], bool(plus)):
        stop = at + length
        end = ends[stop - 1]
        inside = stop < len(digits) and starts[stop] < end  # half of a "double" belongs to no number
        if not inside and not GLUED_AFTER.match(text, end):
            return Number(number, first, end), stop
    return None


def _readings(digits: str, plus: bool) -> Iterator[tuple[int, str]]:
    """How many of the digits a number may take, and the number; after a plus any country's."""
    if not plus or digits.startswith("44"):
        british = NATIONAL.match(digits)
        if british and (plus or not british[2] or len(british[0]) == 12):
            number = "+44" + (british[1] or british[2] or british[3])
            if _is_mobile(number):
                yield british.end(), number
        return
    for length in range(len(digits), 7, -1):
        if _is_mobile("+" + digits[:length]):
            yield length, "+" + digits[:length]


@lru_cache(maxsize=65_536)
def _is_mobile(number: str) -> bool:
    """Whether the numbering plan has such a mobile number (the library ``phonenumbers``), or it is kept for fiction."""
    if number.startswith(FICTION) and len(number) == 13:
        return True
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in kinds
