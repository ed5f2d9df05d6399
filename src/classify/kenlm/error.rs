/// Why bytes are not a usable n-gram model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LmError {
    /// Neither of the two kinds of files.
    #[error(
        "it is no n-gram model: it begins neither with `\\data\\` (an `.arpa` file, plain or gzip, zstd) nor with KenLM's magic number"
    )]
    NotAModel,
    /// `build_binary` was stopped.
    #[error("it is a KenLM binary file that `build_binary` did not finish; build it again")]
    Unfinished,
    /// A format version that is not known.
    #[error("its KenLM format version `{0}` is not known (5 is); build it again from the `.arpa` file")]
    Version(String),
    /// The numbers by which KenLM knows its own machine.
    #[error("it is a KenLM binary file of another kind of machine; build it again from the `.arpa` file")]
    Machine,
    /// A kind of binary file that is not read.
    #[error("it holds KenLM's {0}, which are not read; build it again as `probing` or `trie`")]
    Kind(String),
    /// The file ends inside the named part.
    #[error(
        "it ends inside its {part}: at least {needed} bytes were expected and {found} are there; copy or download it again"
    )]
    Truncated {
        /// The part.
        part: &'static str,
        /// Bytes that the header asks for.
        needed: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// A field has a value that no model has.
    #[error("it is damaged: {field} is {value}; copy or download it again")]
    Field {
        /// The field.
        field: &'static str,
        /// What was found.
        value: String,
    },
    /// The model has n-grams that are too long, or words alone.
    #[error("it has order {0}; orders 2 to {max} are read", max = super::MAX_ORDER)]
    Order(u64),
    /// A line of an `.arpa` file.
    #[error("line {line}: {what}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}
