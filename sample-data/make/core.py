"""Seeded numbers, text expansion and fixed-byte gzip: what every other generator file stands on.

Nothing here reads a clock or a random device, so the same sources give the same bytes.
"""

import re
import struct
import zlib
from pathlib import Path

MAKE = Path(__file__).resolve().parent
ROOT = MAKE.parent
MASK = (1 << 64) - 1


def fnv(*parts):
    """FNV-1a, 64 bits, of the parts joined by a unit separator."""
    value = 0xCBF29CE484222325
    for byte in "\x1f".join(str(part) for part in parts).encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


class Lcg:
    """A 64-bit linear congruential generator (Knuth's MMIX constants); the high bits are used."""

    def __init__(self, *seed):
        self.state = fnv(*seed)
        self.bits()

    def bits(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return self.state >> 32

    def below(self, bound):
        return self.bits() * bound >> 32

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def some(self, items, count):
        """`count` of the items, in their old order."""
        chosen = sorted(self.shuffled(range(len(items)))[:count])
        return [items[index] for index in chosen]


ALTERNATIVES = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+?)(?:(\d+)-(\d+))?\}")


def expand(template, rng, slots):
    """Fills `[a|b]` (one of them), `{n3-9}` / `{y1900-1950}` (a number) and `{name}` (a slot)."""

    def number_or_slot(match):
        key, low, high = match.groups()
        if low is not None:
            return str(rng.between(int(low), int(high)))
        value = slots[key]
        return rng.pick(value) if isinstance(value, (list, tuple)) else value

    text = ALTERNATIVES.sub(lambda match: rng.pick(match.group(1).split("|")), template)
    text = SLOT.sub(number_or_slot, text)
    return text[:1].upper() + text[1:]


def gzip_member(data, level=9):
    """One gzip member with no time, no name and OS byte 255, so that its bytes are fixed."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return head + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def save(name, data):
    """Writes one file of the sample folder."""
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def shingles(text, width=5):
    """The set of `width`-word shingles of a text, lower-cased, words split at what is no letter or digit."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + width]) for i in range(len(words) - width + 1)}


def jaccard(left, right):
    return len(left & right) / max(1, len(left | right))
