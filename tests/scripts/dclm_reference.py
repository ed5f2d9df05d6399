"""DCLM's own mappers, asked for every number they compare.

The mappers say only "stays" or "goes". They are called here with bounds that are `Probe`s: such a bound compares as its
number does, and remembers what it was compared with. So the numbers are the program's own, not recomputed ones.
Needs a checkout of mlfoundations/dclm, the packages that setup_dclm.sh names, and for C4 NLTK's Punkt models in the folder
`nltk_data` beside the checkout.
"""
import os
import sys
import types

NAN = float("nan")


class Probe:
    """A bound that remembers what it was compared with last."""

    def __init__(self, bound):
        self.bound, self.seen = bound, NAN

    def _note(self, value):
        self.seen = value
        return value

    # `value < probe` arrives here as `probe > value`.
    def __gt__(self, value):
        return self._note(value) < self.bound

    def __lt__(self, value):
        return self._note(value) > self.bound

    def __ge__(self, value):
        return self._note(value) <= self.bound

    def __le__(self, value):
        return self._note(value) >= self.bound


class Share(Probe):
    """A bound on a share that the mapper multiplies by the whole before it compares a part with it."""

    def __mul__(self, whole):
        self.whole = whole
        return _Part(self)


class _Part(Probe):
    def __init__(self, share):
        self.share = share

    def __lt__(self, part):
        self.share.seen = part / self.share.whole if self.share.whole else NAN
        return part > self.share.bound * self.share.whole


def stub(name, **contents):
    """Stands in for a package that the mappers import and that none of those called here uses."""
    try:
        __import__(name)
    except ImportError:
        module = types.ModuleType(name)
        vars(module).update(contents)
        sys.modules[name] = module


class Dclm:
    """The mappers of a checkout."""

    def __init__(self, checkout: str):
        os.chdir(checkout)  # the mappers open their word lists by paths from there
        sys.path[:0] = [".", "baselines"]
        os.environ.setdefault("NLTK_DATA", os.path.join(os.path.dirname(checkout), "nltk_data"))
        stub("transformers", AutoTokenizer=None)
        stub("jsonlines")
        stub("boto3")
        stub("cloudpathlib", S3Path=None)
        stub("kenlm")
        stub("sentencepiece")
        import yaml
        from baselines.mappers import core_utils, modifiers
        from baselines.mappers.enrichers import enrichers
        from baselines.mappers.filters import content_filters
        self.modules = [content_filters, modifiers, enrichers]
        self.content, self.core, self.mappers = content_filters, core_utils, {}
        self.repetition = content_filters.repetition_filter
        read = lambda name: yaml.safe_load(open(f"baselines/baselines_configs/{name}.yaml"))[0]["steps"]
        self.steps, self.c4_steps = read("dclm_baseline_refinedweb"), read("c4")

    def mapper(self, step):
        """The function of a step of a config, with the step's parameters."""
        from core.factory_utils import is_factory
        key = repr(step)
        if key not in self.mappers:
            arguments = {name: value for name, value in step.items() if name != "func" and not name.startswith("_")}
            function = next(getattr(module, step["func"]) for module in self.modules if hasattr(module, step["func"]))
            if is_factory(function):
                self.mappers[key] = function(**arguments)
            else:
                self.mappers[key] = lambda page, function=function, arguments=arguments: function(page, **arguments)
        return self.mappers[key]

    def chain(self, first, last):
        """The steps of the config from the first with the name `first` to the last with the name `last`."""
        names = [step["func"] for step in self.steps]
        return self.steps[names.index(first):len(names) - names[::-1].index(last)]

    def through(self, steps, text):
        """The text after these steps, or None and the place of the step that removed the page."""
        page = {"text": text}
        for place, step in enumerate(steps):
            if not self.mapper(step)(page):
                return None, place
        return page["text"], None

    # The recipes. Each gives the rule that drops first (None: kept) and the values by metric name.

    def gopher_quality(self, text):
        rules = {"page_length_filter": ["too-few-words", "too-many-words"], "word_length_filter": ["short-words", "long-words"],
                 "symbol_ratio_filter": ["too-many-symbols"], "bullet_count_filter": ["too-many-bullets"],
                 "ellipsis_count_filter": ["too-many-cut-lines"],
                 "alphabetic_word_ratio_filter": ["too-few-alphabetic-words"], "stop_word_filter": ["too-few-stop-words"]}
        first = None
        for step in self.chain("page_length_filter", "stop_word_filter"):
            page = {"text": text}
            if first is None and not self.mapper(step)(page):
                sides = rules[step["func"]]
                first = sides[0]
                if len(sides) == 2 and step["max_length"] < self.measure(text)[
                        "words@dclm" if step["func"] == "page_length_filter" else "mean_word_chars@dclm"]:
                    first = sides[1]
        return first, self.measure(text)

    def measure(self, text):
        content, page, out = self.content, {"text": text}, {}
        probe = Probe(0)
        content.page_length_filter(page, "word", min_length=probe, ignore_punctuation=True)
        out["words@dclm"] = float(probe.seen)
        probe = Probe(0)
        content.word_length_filter(page, min_length=probe)
        out["mean_word_chars@dclm"] = probe.seen
        probe = Probe(0)
        content.symbol_ratio_filter(page, probe)
        out["symbols_per_word@dclm"] = probe.seen
        probe = Share(1)
        content.bullet_count_filter(page, probe)
        out["bullet_line_ratio@dclm"] = probe.seen
        probe = Share(1)
        content.ellipsis_count_filter(page, probe)
        out["ellipsis_line_ratio@dclm"] = probe.seen
        probe = Probe(1)
        content.alphabetic_word_ratio_filter(page, probe)
        out["nonalpha_word_ratio@dclm"] = probe.seen
        probe = Probe(float("inf"))
        content.stop_word_filter(page, min_stop_word=probe)
        if text.split():
            out["stop_words@dclm"] = 0.0 if probe.seen != probe.seen else float(probe.seen)
        return {name: value for name, value in out.items() if value == value}

    REPETITION = {
        ("line", False): ("duplicate-lines", "dup_line_ratio"),
        ("paragraph", False): ("duplicate-paragraphs", "dup_paragraph_ratio"),
        ("line", True): ("duplicate-line-chars", "dup_line_char_ratio"),
        ("paragraph", True): ("duplicate-paragraph-chars", "dup_paragraph_char_ratio"),
        **{(n, True): (f"top-{n}-gram", f"top_ngram_char_ratio.{n}") for n in (2, 3, 4)},
        **{(n, True): (f"repeated-{n}-grams", f"dup_ngram_char_ratio.{n}") for n in range(5, 11)},
    }

    def gopher_repetition(self, text):
        """Takes down the calls that massive_web_repetition_filters makes, to learn which of them says no. All thirteen
        are then made again with probes."""
        values, answers = {}, []

        def noted(page, granularity, max_fraction, count_characters=True, cache=None):
            answer = self.repetition(page, granularity, max_fraction, count_characters=count_characters, cache=cache)
            answers.append(((granularity, count_characters), answer))
            return answer

        def probed(page, granularity, max_fraction, count_characters=True, cache=None):
            probe = Probe(float("inf"))
            self.repetition(page, granularity, probe, count_characters=count_characters, cache=cache)
            if probe.seen == probe.seen:
                values[self.REPETITION[granularity, count_characters][1] + "@dclm"] = float(probe.seen)
            return [page]

        try:
            self.content.repetition_filter = noted
            kept = self.content.massive_web_repetition_filters({"text": text})
            self.content.repetition_filter = probed
            self.content.massive_web_repetition_filters({"text": text or " "})
        finally:
            self.content.repetition_filter = self.repetition
        if kept:
            return None, values
        # The program has no name for a page without any line, which its first call removes.
        lines = self.core.split_paragraphs(text, paragraph_end="\n")
        return (self.REPETITION[answers[-1][0]][0] if lines else "empty"), values

    def lines(self, text):
        """The line edits; the text after them, None when it goes, and the share of words that they removed."""
        steps = self.chain("word_counter_enricher", "substring_line_modifier")
        page = {"text": text}
        for step in steps:
            if not self.mapper(step)(page):
                # The pass removes the page because it leaves nothing; gristmill's rule says so.
                return "too-many-words-removed", {}, None
        ratio = next(step for step in self.steps if step["func"] == "word_removal_ratio_filter")
        probe = Probe(ratio["max_removed_ratio"])
        kept = self.content.word_removal_ratio_filter(page, ratio["prev_word_count_key"], max_removed_ratio=probe)
        values = {} if probe.seen != probe.seen else {"removed_word_ratio@dclm": probe.seen}
        return (None if kept else "too-many-words-removed"), values, page["text"]

    # Steps of c4.yaml that look at one page, by place: the rules that they are called here.
    C4_RULES = {2: "too-long", 3: "nothing-left", 4: "nothing-left", 5: "nothing-left", 6: "nothing-left", 7: "lorem-ipsum",
                8: "nothing-left", 9: "curly-bracket", 10: "nothing-left", 11: "too-few-sentences", 12: "nothing-left", 15: "nothing-left",
                16: "nothing-left", 17: "too-few-distinct-sentences", 18: "bad-word"}
    C4_SENTENCES = {11: "c4_sentences@dclm", 17: "c4_distinct_sentences@dclm"}

    def c4(self, text, banlist="baselines/mappers/banlists/ldnoobw.txt"):
        """The steps of C4 that look at one page, the file of bad words perhaps another; as `lines` does."""
        page, values = {"text": text}, {}
        for place, rule in self.C4_RULES.items():
            step = dict(self.c4_steps[place])
            if "banlist_from_fname" in step:
                step["banlist_from_fname"] = banlist
            if place in self.C4_SENTENCES:
                probe = Probe(0)
                arguments = {name: value for name, value in step.items() if name != "func"}
                self.content.page_length_filter(page, **{**arguments, "min_length": probe})
                values[self.C4_SENTENCES[place]] = float(probe.seen)
            if not self.mapper(step)(page):
                return ("empty" if place == 2 and not text else rule), values, None
        return None, values, page["text"]

    def clean(self, text):
        """Addresses out of the text, runs of newlines cut down."""
        return self.through(self.chain("url_removal_modifier", "newline_removal_modifier"), text)[0]
