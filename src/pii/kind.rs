//! What values can be.

/// What a detected value is.
///
/// The order is the order of precedence: where two values overlap, the earlier kind is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An access key, a token or a private key.
    Secret,
    /// User name and password in a URL.
    Credentials,
    /// An e-mail address.
    Email,
    /// An address of a cryptocurrency with a right checksum.
    Crypto,
    /// An international bank account number (ISO 13616).
    Iban,
    /// A payment card number (ISO/IEC 7812).
    Card,
    /// A globally routable IPv4 or IPv6 address.
    Ip,
    /// A hardware address (IEEE 802).
    Mac,
    /// A social security number of the United States.
    Ssn,
    /// A number that a state gives to a person, with right check digits.
    NationalId,
    /// A pair of geographic coordinates.
    Coordinates,
    /// A telephone number.
    Phone,
    /// A street with a house number. By shape and words: far from certain.
    Street,
    /// A person's name next to a title or an introduction. By shape and words: far from certain.
    Person,
}

impl Kind {
    /// Every kind, in order of precedence.
    pub const ALL: [Kind; 14] = [
        Kind::Secret,
        Kind::Credentials,
        Kind::Email,
        Kind::Crypto,
        Kind::Iban,
        Kind::Card,
        Kind::Ip,
        Kind::Mac,
        Kind::Ssn,
        Kind::NationalId,
        Kind::Coordinates,
        Kind::Phone,
        Kind::Street,
        Kind::Person,
    ];

    /// The kinds whose values have a structure that can be checked: all but streets and names.
    pub const CHECKED: [Kind; 12] = {
        let mut kinds = [Kind::Secret; 12];
        let mut at = 0;
        while at < kinds.len() {
            kinds[at] = Kind::ALL[at];
            at += 1;
        }
        kinds
    };

    /// The word for the kind in configurations, tags and reports.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Secret => "secret",
            Kind::Credentials => "credentials",
            Kind::Email => "email",
            Kind::Crypto => "crypto",
            Kind::Iban => "iban",
            Kind::Card => "card",
            Kind::Ip => "ip",
            Kind::Mac => "mac",
            Kind::Ssn => "ssn",
            Kind::NationalId => "national-id",
            Kind::Coordinates => "coordinates",
            Kind::Phone => "phone",
            Kind::Street => "street",
            Kind::Person => "person",
        }
    }

    /// The kind that goes by `word`, if there is one.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
