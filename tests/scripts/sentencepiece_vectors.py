"""Writes the golden vectors of SentencePiece models: small models, trained on the words below, and the ids of texts.

    pip install sentencepiece==0.2.3 protobuf
    python tests/scripts/sentencepiece_vectors.py tests/golden/tokenize

The rules of normalization are a handful of our own, so that the files stay small.
"""

import io
import json
import os
import sys
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

RULES = "FF21\t41\nFB01\t66 69\n65 301\tE9\nA0\t20\n9\t20\nA\t20\n200B\t\n0301\t\n"
WORDS = """the mill grinds the grain and the miller grinds his teeth; grinding grain is what mills do
a mill, a millstone, milling: the stone of the mill turns and the grain turns to flour
Größe und Höhe der Mühle, die Mühle mahlt Mehl, mehr Mehl als die Mühle mahlen kann
12 mills and 345 stones, 6789 grains; x = mill(grain) + 1
été à la meule, la meule tourne, le grain tombe
水车 磨坊 面粉 磨面粉 水车磨面粉
""".splitlines()
TEXTS = [
    "", " ", "\n", "\u2581", "\u2581\u2581mill", "the mill grinds the grain", "  the  mill ", "\tmill\n\nmill\u00a0mill", "mill\u0000mill",
    "the<sep>mill<sep><sep> the", "grain stonegrain", "millmillstone", "\uff21 \ufb01 e\u0301 x\u0301", "Mühle Größe ſ ß", "水车磨面粉水", "unknown 汉字 字字 \U0001f44d\U0001f3fd end",
    "<unk> <s> </s> <0x41> <ctl>", "a" * 70, " " * 70, "水车" * 40, "1234567890", "mill\u200bstone\u200b", "  \u2581 \u2581mill\u2581 ", "\ufffd\U0010ffff\ue000",
    "the miller\u2019s flour: 12,345 grains! (milled)", "ab\u2581cd ef", "T H E", "\u0301the", "millmill the grain" * 20,
]
MODELS = {
    "bpe-rules": dict(model_type="bpe"),
    "bpe-bytes": dict(model_type="bpe", vocab_size=450, byte_fallback=True, identity=True, remove_extra_whitespaces=False, user_defined_symbols=["<sep>", "grain stone", "\u2581\u2581"], control_symbols=["<ctl>"]),
    "bpe-suffix": dict(model_type="bpe", treat_whitespace_as_suffix=True),
    "bpe-across": dict(model_type="bpe", split_by_whitespace=False, add_dummy_prefix=False, max_sentencepiece_length=24),
    "unigram-rules": dict(model_type="unigram", vocab_size=110),
    "unigram-bytes": dict(model_type="unigram", vocab_size=380, byte_fallback=True, identity=True, remove_extra_whitespaces=False, user_defined_symbols=["<sep>", "millmill"]),
    "unigram-suffix": dict(model_type="unigram", vocab_size=110, treat_whitespace_as_suffix=True, remove_extra_whitespaces=False),
}


def main(folder):
    vectors = {"provenance": f"sentencepiece {sentencepiece.__version__}, tests/scripts/sentencepiece_vectors.py", "texts": TEXTS, "models": {}}
    with tempfile.TemporaryDirectory() as temporary:
        rules = os.path.join(temporary, "rules.tsv")
        with open(rules, "w", encoding="utf-8") as out:
            out.write(RULES)
        for name, options in MODELS.items():
            options = dict(options)
            if options.pop("identity", False):
                options["normalization_rule_name"] = "identity"
            else:
                options["normalization_rule_tsv"] = rules
            model = io.BytesIO()
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(WORDS * 3), model_writer=model, hard_vocab_limit=False, character_coverage=0.995,
                minloglevel=2, num_threads=1, **{"vocab_size": 200, **options})
            proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
            # Names of files of the machine that trained it are none of ours.
            proto.trainer_spec.ClearField("input")
            proto.normalizer_spec.ClearField("normalization_rule_tsv")
            data = proto.SerializeToString()
            with open(os.path.join(folder, name + ".model"), "wb") as out:
                out.write(data)
            processor = sentencepiece.SentencePieceProcessor(model_proto=data)
            ids = [processor.encode(text) for text in TEXTS]
            vectors["models"][name] = {"ids": ids, "decoded": [processor.decode(row) for row in ids]}
    with open(os.path.join(folder, "sentencepiece.json"), "w", encoding="utf-8") as out:
        json.dump(vectors, out, ensure_ascii=True, separators=(",", ":"))
        out.write("\n")


main(sys.argv[1])
