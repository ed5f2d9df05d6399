"""Writes src/metrics/data_juicer/special.rs: data-juicer's special characters as runs of code points.

    python tests/scripts/data_juicer_tables.py [CHECKOUT] > src/metrics/data_juicer/special.rs

CHECKOUT is a checkout of data-juicer; without it the installed package py-data-juicer is asked. Needs emoji 2.2.0,
which data-juicer pins. The set is found by asking the running program about each code point.
"""

import sys
from importlib.metadata import version

from compare_data_juicer import reference

specials = reference(sys.argv[1] if len(sys.argv) > 1 else None).special_characters
runs = []
for code in (c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF and chr(c) in specials):
    if runs and runs[-1][1] + 1 == code:
        runs[-1][1] = code
    else:
        runs.append([code, code])

print(f"""//! data-juicer's special characters as runs of code points, both ends included.
//!
//! Written by `tests/scripts/data_juicer_tables.py` from data-juicer 1.4.3 with emoji {version("emoji")}, by asking
//! about every code point. Do not edit.

/// {sum(last - first + 1 for first, last in runs)} code points.
#[rustfmt::skip]
pub(super) const SPECIAL: &[(u32, u32)] = &[""")
line = "   "
for first, last in runs:
    item = f" ({first:#x}, {last:#x}),"
    if len(line + item) > 118:
        print(line)
        line = "   "
    line += item
print(line + "\n];")
