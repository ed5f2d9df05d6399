#!/usr/bin/env python3
"""National numbers: our checks against python-stdnum, and the golden vectors made from it.

    pip install python-stdnum==2.2
    cargo build --release --example pii_jsonl
    python tests/scripts/national_vectors.py [--write tests/golden/pii/national.json]

Bodies are drawn with a fixed seed; the check signs behind each are gone through one and all, and both programs say of
every number whether it is valid. Differences are printed with the share of numbers that they touch. Schemes that
python-stdnum lacks (`gb-nino`, `hk-id`, `sg-nric`, `tw-id`) are left to the tests.
"""
import argparse, datetime, importlib, itertools, json, random, subprocess, tempfile

# Scheme: module, pattern. y m d: parts of a date; ? and *: a digit and a letter that are gone through; others literally.
SCHEMES = {
    "gb-nhs": ("gb.nhs", "999999999?"), "de-tax-id": ("de.idnr", "T?"), "fr-nir": ("fr.nir", "N??"),
    "es-dni": ("es.dni", "99999999*"), "es-nie": ("es.nie", "X9999999*"), "it-codice-fiscale": ("it.codicefiscale", "AAAAAAyyMddA999*"),
    "pl-pesel": ("pl.pesel", "yymmdd9999?"), "nl-bsn": ("nl.bsn", "99999999?"), "se-personnummer": ("se.personnummer", "yymmdd999?"),
    "fi-hetu": ("fi.hetu", "H"), "no-fodselsnummer": ("no.fodselsnummer", "ddmmyy999??"), "is-kennitala": ("is_.kennitala", "ddmmyy99?9"),
    "be-rijksregister": ("be.nn", "yymmdd999??"), "cz-rodne-cislo": ("cz.rc", "yymmdd999?"), "ro-cnp": ("ro.cnp", "1yymmdd01999?"),
    "bg-egn": ("bg.egn", "yymmdd999?"), "hr-oib": ("hr.oib", "9999999999?"), "ee-lt-code": ("ee.ik", "3yymmdd999?"),
    "pt-nif": ("pt.nif", "99999999?"), "ch-ahv": ("ch.ssn", "756999999999?"), "ie-pps": ("ie.pps", "9999999*"),
    "gr-amka": ("gr.amka", "ddmmyy9999?"), "tr-kimlik": ("tr.tckimlik", "999999999??"), "us-itin": ("us.itin", "9999?9999"),
    "br-cpf": ("br.cpf", "999999999??"), "br-cnpj": ("br.cnpj", "999999999999??"), "ca-sin": ("ca.sin", "99999999?"),
    "mx-curp": ("mx.curp", "QyymmddHDFRRL0?"), "ar-cuit": ("ar.cuit", "2099999999?"), "cl-rut": ("cl.rut", "99999999?"),
    "in-aadhaar": ("in_.aadhaar", "99999999999?"), "in-pan": ("in_.pan", "AAAPA9999A"), "cn-resident": ("cn.ric", "C"),
    "kr-rrn": ("kr.rrn", "yymmddK00999?"), "jp-my-number": ("jp.in_", "99999999999?"), "th-pin": ("th.pin", "199999999999?"),
    "il-id": ("il.idnr", "99999999?"), "za-id": ("za.idnr", "yymmdd999908?"), "au-tfn": ("au.tfn", "99999999?"),
}


def body(pattern, rnd):
    day = datetime.date(1930, 1, 1) + datetime.timedelta(days=rnd.randrange(27_000))
    digit = lambda: str(rnd.randrange(10))
    letter = lambda: rnd.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if pattern == "N??":
        return rnd.choice("12") + f"{day:%y%m}" + f"{rnd.randrange(1, 96):02}" + f"{rnd.randrange(1, 990):03}{rnd.randrange(1, 999):03}??"
    if pattern == "H":
        return f"{day:%d%m%y}" + "-" + f"{rnd.randrange(2, 900):03}#"
    if pattern == "C":
        return rnd.choice(["110101", "310115", "440305", "510104"]) + f"{day:%Y%m%d}" + f"{rnd.randrange(1000):03}#"
    if pattern == "T?":
        ten = rnd.sample("0123456789", 9)
        ten.insert(rnd.randrange(1, 9), rnd.choice(ten))
        return "".join(ten) + "?"
    out = pattern.replace("yy", f"{day:%y}").replace("mm", f"{day:%m}").replace("dd", f"{day:%d}")
    out = out.replace("M", "ABCDEHLMPRST"[day.month - 1], 1) if "AAAAAA" in pattern else out
    if pattern.startswith("Q"):
        return "BOX" + "W" + out[1:]
    keep = set("PXHDFRLMK") if pattern != "X9999999*" else set("X")
    made = []
    for sign in out:
        if sign == "9":
            made.append(digit())
        elif sign == "A":
            made.append(letter())
        elif sign == "K":
            made.append(rnd.choice("1234"))
        else:
            made.append(sign)
    return "".join(made)


def spread(text):
    kinds = {"?": "0123456789", "*": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "#": "0123456789ABCDEFHJKLMNPRSTUVWXY"}
    parts = [kinds.get(sign, sign) for sign in text]
    return ("".join(signs) for signs in itertools.product(*parts))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write")
    arguments.add_argument("--binary", default="target/release/examples/pii_jsonl")
    arguments.add_argument("--bodies", type=int, default=300)
    args = arguments.parse_args()
    rows, oracle = [], []
    for scheme, (name, pattern) in SCHEMES.items():
        module = importlib.import_module("stdnum." + name)
        rnd = random.Random(scheme)
        for _ in range(args.bodies):
            for signs in spread(body(pattern, rnd)):
                rows.append((scheme, signs.replace("-", "")))
                oracle.append(bool(module.is_valid(signs)))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        out = subprocess.run([args.binary, "national", file.name], capture_output=True, text=True, check=True).stdout
    ours = [line == "true" for line in out.split()]
    table = {}
    for (scheme, signs), is_valid, mine in zip(rows, oracle, ours, strict=True):
        cell = table.setdefault(scheme, {"valid": [], "invalid": [], "both": 0, "ours alone": [], "stdnum alone": []})
        cell["both"] += is_valid and mine
        if is_valid != mine:
            cell["ours alone" if mine else "stdnum alone"].append(signs)
        elif len(cell["valid" if mine else "invalid"]) < 6:
            cell["valid" if mine else "invalid"].append(signs)
    for scheme, cell in table.items():
        print(f"{scheme:20} both {cell['both']:5}  ours alone {len(cell['ours alone']):4} {cell['ours alone'][:3]}"
              f"  stdnum alone {len(cell['stdnum alone']):4} {cell['stdnum alone'][:3]}")
    if args.write:
        import stdnum
        numbers = {s: {k: c[k] for k in ("valid", "invalid")} for s, c in table.items()}
        source = f"python-stdnum {stdnum.__version__}, tests/scripts/national_vectors.py"
        with open(args.write, "w") as file:
            json.dump({"provenance": source, "numbers": numbers}, file, indent=1)
            file.write("\n")


main()
