"""Writes src/extract/charset/euc-tw.txt: how planes 1 and 2 of CNS 11643 lie in Big5, as runs.

    python tests/scripts/charset_tables.py        # needs the system's `iconv` with EUC-TW (glibc 2.36 was used)

Both standards sort the same characters by strokes, so a run `plane cell big5 length` says that so many cells follow each
other in both. A cell is (row - 1) * 94 + column - 1; Big5 is counted with 157 cells a lead byte from 0xA1 on, as Python's
`cp950` reads it. Cells without a Big5 character (54 of plane 1) are left out.
`tables.txt` holds the single-byte code pages as Python's codecs read them, one line each.
"""

import subprocess
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "src/extract/charset/euc-tw.txt"


def convert(raw, source, target):
    return subprocess.run(["iconv", "-c", "-f", source, "-t", target], input=raw, capture_output=True).stdout


def plane_cells(plane):
    """Characters by cell, those that convert there and back."""
    codes = {}
    for row in range(94):
        for column in range(94):
            pair = bytes([0xA1 + row, 0xA1 + column])
            codes[row * 94 + column] = pair if plane == 1 else bytes([0x8E, 0xA0 + plane]) + pair
    lines = convert(b"\n".join(codes.values()), "EUC-TW", "UTF-8").decode().split("\n")
    found = {cell: line for cell, line in zip(codes, lines, strict=True) if len(line) == 1}
    back = convert("\n".join(found.values()).encode(), "UTF-8", "EUC-TW").split(b"\n")
    return {cell: char for (cell, char), code in zip(found.items(), back, strict=True) if code == codes[cell]}


def main():
    big5 = {}
    for lead in range(0xA1, 0xFA):
        for trail in [*range(0x40, 0x7F), *range(0xA1, 0xFF)]:
            char = bytes([lead, trail]).decode("cp950", "ignore")
            if char:
                big5.setdefault(char, (lead - 0xA1) * 157 + (trail - 0x40 if trail < 0x7F else trail - 0xA1 + 63))
    runs = []
    for plane in (1, 2):
        for cell, char in sorted(plane_cells(plane).items()):
            if char in big5:
                last = runs[-1] if runs else [0, 0, 0, 0]
                if last[0] == plane and last[1] + last[3] == cell and last[2] + last[3] == big5[char]:
                    last[3] += 1
                else:
                    runs.append([plane, cell, big5[char], 1])
    OUT.write_text("".join(f"{' '.join(map(str, run))}\n" for run in runs))


if __name__ == "__main__":
    main()
