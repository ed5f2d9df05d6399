use super::specials::SPECIALS;

#[test]
fn special_cases_are_as_many_as_spacy_knows() {
    // Three of spaCy's 1,347 are white space, one is U+00A0: chunks never hold them.
    assert_eq!(SPECIALS.all.len(), 1347 - 4);
}
