#!/usr/bin/env python3
"""Personal data: our detectors beside Presidio's pattern recognizers, in one run.

    pip install presidio-analyzer==2.2.366 zstandard
    cargo build --release --example pii_jsonl
    python tests/scripts/compare_pii.py            # GRISTMILL_DATA names the data

Sentences: presidio-research's synthetic ones with their spans (3-pii), split by template: half of the templates (by the
parity of a hash of the template's number) are `seen`, the others `held`; no detector was tuned on the held ones. A find
counts when kind, start and end are exact (`exact`), or when it overlaps a span of its kind (`overlap`).
Presidio's recognizers are called directly, without a language model, with their context words switched on where the
recognizer has them; a find of a kind counts from the score 0.3 on (below are patterns without any evidence).
E-mails: addresses in the headers `From`, `To`, `Reply-To` and `Return-Path` of SpamAssassin's messages, read by Python's
`email.utils`, are what must be found there. Speed: bytes of the sentences per CPU second, the finding alone.
`--dolma` compares the preset with Dolma's own patterns and mixer rules over the same messages.
"""
import argparse, collections, email.utils, hashlib, io, json, os, re, subprocess, sys, tempfile, time, warnings
import zstandard

warnings.filterwarnings("ignore")
KINDS = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card", "IBAN_CODE": "iban", "US_SSN": "ssn",
         "IP_ADDRESS": "ip"}
ALSO = {"STREET_ADDRESS": "street", "PERSON": "person"}
LEAST = 0.3


def rows_of(path):
    with open(path, "rb") as raw:
        text = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), encoding="utf-8")
        yield from map(json.loads, text)


def ask(binary, what, texts, choice):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        file.flush()
        done = subprocess.run([binary, what, file.name, choice], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line], json.loads(done.stderr)


def presidio(texts):
    from presidio_analyzer import predefined_recognizers as all_of
    from presidio_analyzer.nlp_engine import NlpArtifacts
    used = [all_of.EmailRecognizer(), all_of.PhoneRecognizer(), all_of.CreditCardRecognizer(), all_of.IbanRecognizer(),
            all_of.UsSsnRecognizer(), all_of.IpRecognizer()]
    out, start = [], time.process_time()
    for text in texts:
        found = []
        for recognizer in used:
            for result in recognizer.analyze(text=text, entities=recognizer.supported_entities, nlp_artifacts=None) or []:
                if result.score >= LEAST:
                    found.append((KINDS[result.entity_type], result.start, result.end))
        out.append(found)
    return out, time.process_time() - start


def marks(truth, found, kinds, exact):
    table = {kind: [0, 0, 0] for kind in kinds}
    for known, mine in zip(truth, found, strict=True):
        for kind in kinds:
            spans = [s for s in known if s[0] == kind]
            finds = sorted(set(f for f in mine if f[0] == kind))
            meets = (lambda a, b: a == b) if exact else (lambda a, b: a[1] < b[2] and b[1] < a[2])
            hit = sum(any(meets(span, find) for find in finds) for span in spans)
            table[kind][0] += hit
            table[kind][1] += len(spans) - hit
            table[kind][2] += sum(not any(meets(span, find) for span in spans) for find in finds)
    return table


def show(name, table):
    for kind, (hit, missed, vain) in table.items():
        precision, recall = hit / max(hit + vain, 1), hit / max(hit + missed, 1)
        f1 = 2 * hit / max(2 * hit + missed + vain, 1)
        print(f"{name:30} {kind:7} known {hit + missed:4}  precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")


def sentences(data, binary):
    with open(f"{data}/3-pii/microsoft+presidio-research/data/synth_dataset_v2.json") as file:
        rows = json.load(file)
    texts = [row["full_text"] for row in rows]
    truth = [[((KINDS | ALSO)[s["entity_type"]], s["start_position"], s["end_position"]) for s in row["spans"]
              if s["entity_type"] in KINDS | ALSO] for row in rows]
    held = [hashlib.sha256(str(row["template_id"]).encode()).digest()[0] % 2 == 1 for row in rows]
    ours, clock = ask(binary, "spans", texts, ",".join(KINDS.values()))
    ours = [[tuple(span) for span in row] for row in ours]
    # The sentences many times over, so that the clock has ticks enough.
    _, clock = ask(binary, "spans", texts * 40, ",".join(KINDS.values()))
    theirs, seconds = presidio(texts)
    size = sum(len(text.encode()) for text in texts)
    for part in ("seen", "held"):
        which = [i for i, flag in enumerate(held) if flag == (part == "held")]
        pick = lambda rows: [rows[i] for i in which]
        for exact in (True, False):
            how = "exact" if exact else "overlap"
            show(f"{part} {how} ours", marks(pick(truth), pick(ours), KINDS.values(), exact))
            show(f"{part} {how} Presidio", marks(pick(truth), pick(theirs), KINDS.values(), exact))
    weak, _ = ask(binary, "spans", texts, "street,person")
    weak = [[tuple(span) for span in row] for row in weak]
    for exact in (True, False):
        pick = lambda rows: [row for row, flag in zip(rows, held) if flag]
        show(f"held {'exact' if exact else 'overlap'} ours", marks(pick(truth), pick(weak), ALSO.values(), exact))
    mine = clock["bytes"] / 1e6 / clock["seconds"]
    print(f"MB per CPU second: ours {mine:.1f}, Presidio {size / 1e6 / seconds:.4f}, times {mine / (size / 1e6 / seconds):.0f}")


def mails(data, binary, limit):
    texts, truth = [], []
    for row in rows_of(f"{data}/8-corpus/spamassassin-a.jsonl.zst"):
        if len(texts) == limit:
            break
        head = row["text"].split("\n\n")[0]
        lines = re.findall(r"^(?:From|To|Reply-To|Return-Path): (.*(?:\n[ \t].*)*)", head, re.M)
        known = {a for _, a in email.utils.getaddresses(lines) if re.fullmatch(r"[\w.+'%-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}", a, re.A)}
        texts.append(head)
        truth.append(known)
    ours, _ = ask(binary, "spans", texts, ",".join(KINDS.values()))
    theirs, seconds = presidio(texts)
    _, clock = ask(binary, "spans", texts * 5, ",".join(KINDS.values()))
    for name, found in (("ours", ours), ("Presidio", theirs)):
        hit = all_known = 0
        for text, known, spans in zip(texts, truth, found, strict=True):
            values = {text[start:end] for kind, start, end in spans if kind == "email"}
            hit += len(known & values)
            all_known += len(known)
        print(f"heads of {len(texts)} e-mails, {name}: {hit} of {all_known} addresses found as they stand, {hit / all_known:.4f}")
    mine, other = clock["bytes"] / clock["seconds"] / 1e6, sum(map(len, texts)) / 1e6 / seconds
    print(f"heads of e-mails, MB per CPU second: ours {mine:.1f}, Presidio {other:.4f}, times {mine / other:.0f}")


def dolma_text(text, patterns):
    """Dolma's tagger `pii_regex_with_counts_fast_v2` and its mixer, by the facts of their sources."""
    spans = []
    if text.count("?") <= 10_000:
        for line in re.finditer(r"[^\n]*\n|[^\n]+$", text):
            piece = line.group()
            if not piece.strip():
                continue
            for which, (sign, pattern, _) in enumerate(patterns):
                if not re.search(sign, piece):
                    continue
                for match in pattern.finditer(piece):
                    if which == 0:
                        local, domain = match.group(1).split("@", 1)
                        if local.strip() == "(" or "." not in domain:
                            continue
                    spans.append((line.start() + match.start(), line.start() + match.end(), which))
    out, at = [], 0
    for start, end, which in sorted(spans, key=lambda s: (s[2],)) and sorted(sorted(spans, key=lambda s: s[2]), key=lambda s: s[0]):
        if start >= at:
            out += [text[at:start], patterns[which][2]]
            at = end
    return "".join(out) + text[at:], len(spans)


def dolma(data, binary, limit):
    # The patterns are read from Dolma's own file when it is at hand (DOLMA_PII=…/taggers/pii.py).
    source = open(os.environ["DOLMA_PII"]).read()
    grab = lambda name: eval(re.search(rf"^    {name} = (\".*\")", source, re.M).group(1))
    patterns = [("@", re.compile(grab("EMAIL_REGEX")), " |||EMAIL_ADDRESS||| "), (r"\d", re.compile(grab("PHONE_REGEX")), " |||PHONE_NUMBER||| "),
                (r"\.[^\s]", re.compile(grab("IP_REGEX")), " |||IP_ADDRESS||| ")]
    texts = []
    for name in ("spamassassin-a", "powershell-docs", "thaigov-a", "learnxinyminutes"):
        texts += [row["text"] for _, row in zip(range(limit), rows_of(f"{data}/8-corpus/{name}.jsonl.zst"))]
    texts += ["", "\n", "a@b.co\u2028x 10.1.2.3\x85", "x\u00a0a@b.co\u00a0(111) 222\u20073333 \x1c1112223333 \u0661\u0662\u0663 456 7890"]
    ours, _ = ask(binary, "scrub", texts, "dolma")
    equal = sum((row["text"] if row else text) == dolma_text(text, patterns)[0] for row, text in zip(ours, texts, strict=True))
    counted = sum((sum(n for _, n in row["counts"]) if row else 0) == dolma_text(text, patterns)[1] for row, text in zip(ours, texts, strict=True))
    print(f"Dolma's preset: {equal} of {len(texts)} texts equal, {counted} counts equal")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binary", default="target/release/examples/pii_jsonl")
    arguments.add_argument("--mails", type=int, default=1500)
    arguments.add_argument("--dolma", action="store_true")
    args = arguments.parse_args()
    data = os.environ["GRISTMILL_DATA"]
    if args.dolma:
        return dolma(data, args.binary, args.mails)
    sentences(data, args.binary)
    mails(data, args.binary, args.mails)


main()
