/// Why bytes are not a usable fastText classifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The magic number is missing.
    #[error("not a fastText model: it does not start with the magic number; give a `.bin` or `.ftz` file")]
    NotFastText,
    /// A format version that is not known.
    #[error("fastText format version `{0}` is not known (11 and 12 are); save the model again with fastText 0.9")]
    Version(i32),
    /// The file ends inside the named part.
    #[error("the fastText model ends inside its `{part}`: {needed} bytes are missing; copy or download it again")]
    Truncated {
        /// The part that was being read.
        part: &'static str,
        /// How many more bytes it needs.
        needed: u64,
    },
    /// A field has a value that no model has.
    #[error("the fastText model is damaged: `{field}` is {value}; copy or download it again")]
    Field {
        /// The field.
        field: &'static str,
        /// What was found.
        value: i64,
    },
    /// Word vectors (skip-gram, CBOW) and other models without labels.
    #[error("the fastText model is not a classifier: it has no labels; train it with `fasttext supervised`")]
    NotSupervised,
}
