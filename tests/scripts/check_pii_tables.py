#!/usr/bin/env python3
"""The tables of src/pii against published ones: telephone plans against `phonenumbers` (Google's libphonenumber), lengths
of bank account numbers against `python-stdnum` (SWIFT's registry).

    pip install phonenumbers==9.0.43 python-stdnum==2.2
    python tests/scripts/check_pii_tables.py
"""
import re
import phonenumbers
from phonenumbers import PhoneMetadata
from phonenumbers.data import _COUNTRY_CODE_TO_REGION_CODE as REGIONS
from stdnum import iban

plans = {}
for code, least, most in re.findall(r"^    \((\d+), (\d+), (\d+)\),$", open("src/pii/phone/plans.rs").read(), re.M):
    plans[int(code)] = (int(least), int(most))
# Subscribers' numbers. Service numbers are shorter or longer in many countries; no person is behind them.
KINDS = ("fixed_line", "mobile")
for code, regions in sorted(REGIONS.items()):
    lengths = set()
    for region in regions:
        data = PhoneMetadata.metadata_for_nongeo_region(code) if region == "001" else PhoneMetadata.metadata_for_region(region)
        for kind in KINDS:
            of = getattr(data, kind)
            lengths |= set(of.possible_length or ()) if of and of.national_number_pattern else set()
    lengths.discard(-1)
    own = plans.get(code)
    if own is None:
        print(f"+{code} is not in the table: {sorted(lengths)}")
    elif lengths and own[1] < min(max(lengths), 15 - len(str(code))):
        print(f"+{code}: ours {own[0]}..{own[1]} leaves out numbers of {sorted(lengths)} digits")
    elif lengths and (own[1] > max(lengths) or own[0] > max(lengths)):
        print(f"+{code}: ours {own[0]}..{own[1]} takes more than {sorted(lengths)} (older plans, or written with a prefix)")
for code in sorted(set(plans) - set(REGIONS)):
    print(f"+{code} is in the table alone")

text = open("src/pii/iban.rs").read()
ours = {country: int(length) for country, length in re.findall(r'\(b"([A-Z]{2})", (\d+)\)', text)}
theirs = {}
for country in ours:
    info = iban._ibandb.info(country)[0][1]
    theirs[country] = 4 + sum(int(n) for n in re.findall(r"(\d+)!", info.get("bban", "")))
for country, length in ours.items():
    if theirs[country] != length:
        print(f"{country}: ours {length}, published {theirs[country]}")
print(f"{len(plans)} telephone plans and {len(ours)} bank account lengths looked at")
