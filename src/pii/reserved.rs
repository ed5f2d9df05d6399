//! Values of each kind that are reserved for examples and name nobody.

use super::Kind;

/// Given names and surnames of the invented mailboxes and persons.
const GIVEN: [&str; 8] = ["Alex", "Sam", "Robin", "Kim", "Jo", "Max", "Chris", "Pat"];
const FAMILY: [&str; 8] = ["Example", "Sample", "Tester", "Placeholder", "Specimen", "Model", "Pattern", "Nobody"];
/// Domains of RFC 2606.
const DOMAINS: [&str; 3] = ["example.com", "example.net", "example.org"];
/// Networks of RFC 5737.
const NETWORKS: [&str; 3] = ["192.0.2.", "198.51.100.", "203.0.113."];
/// Numbers that payment processors publish for tests.
const CARDS: [&str; 6] = [
    "4111111111111111",
    "5555555555554444",
    "4012888888881881",
    "6011111111111117",
    "5105105105105100",
    "3530111333300000",
];
/// Examples of the IBAN registry.
const IBANS: [&str; 4] =
    ["GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300"];
/// Addresses that nobody has a key for, and the examples of BIP-173.
const WALLETS: [&str; 3] = [
    "1BitcoinEaterAddressDontSendf59kuE",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
];
/// Area codes whose numbers 555-0100 to 555-0199 the North American plan keeps for fiction.
const AREAS: [&str; 4] = ["202", "303", "415", "617"];
/// User name and password of documentation.
const LOGIN: &str = "user:password";

/// A reserved value in the place of `value`, chosen by `hash`; nothing for kinds that have none.
pub(super) fn value(kind: Kind, value: &str, hash: u64) -> Option<String> {
    let pick = |list: &[&'static str], by: u64| list[(by % list.len() as u64) as usize];
    Some(match kind {
        Kind::Email => {
            let (given, family) = (pick(&GIVEN, hash), pick(&FAMILY, hash >> 8));
            format!("{}.{}@{}", given.to_lowercase(), family.to_lowercase(), pick(&DOMAINS, hash >> 16))
        }
        Kind::Ip if value.contains(':') => format!("2001:db8::{:x}", hash % 0xFFFF + 1),
        Kind::Ip => format!("{}{}", pick(&NETWORKS, hash), (hash >> 8) % 254 + 1),
        Kind::Phone => format!("{}-555-01{:02}", pick(&AREAS, hash), (hash >> 8) % 100),
        Kind::Card => pick(&CARDS, hash).to_owned(),
        Kind::Iban => pick(&IBANS, hash).to_owned(),
        // Kept for advertisements by the Social Security Administration: 987-65-4320 to 987-65-4329.
        Kind::Ssn => format!("987-65-432{}", hash % 10),
        // The block of RFC 9542 for documentation.
        Kind::Mac => format!("00:00:5e:00:53:{:02x}", hash % 256),
        Kind::Crypto => pick(&WALLETS, hash).to_owned(),
        Kind::Credentials => LOGIN.to_owned(),
        Kind::Coordinates => "0.0000, 0.0000".to_owned(),
        Kind::Person => format!("{} {}", pick(&GIVEN, hash), pick(&FAMILY, hash >> 8)),
        Kind::Street => format!("{} Example Street", hash % 99 + 1),
        Kind::Secret | Kind::NationalId => return None,
    })
}

/// Whether `text` is a value that [`value`] gives for the kind.
pub(super) fn is_reserved(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Email => text.split_once('@').is_some_and(|(local, domain)| {
            let named = local.split_once('.').is_some_and(|(given, family)| {
                let is = |list: &[&str], word: &str| list.iter().any(|one| one.to_lowercase() == word);
                is(&GIVEN, given) && is(&FAMILY, family)
            });
            named && DOMAINS.contains(&domain)
        }),
        Kind::Phone => AREAS
            .iter()
            .any(|area| text.strip_prefix(area).is_some_and(|rest| rest.len() == 9 && rest.starts_with("-555-01"))),
        Kind::Card => CARDS.contains(&text),
        Kind::Iban => IBANS.contains(&text),
        Kind::Crypto => WALLETS.contains(&text),
        Kind::Mac => text.starts_with("00:00:5e:00:53:"),
        Kind::Credentials => text == LOGIN,
        Kind::Person => {
            text.split_once(' ').is_some_and(|(given, family)| GIVEN.contains(&given) && FAMILY.contains(&family))
        }
        Kind::Street => {
            text.strip_suffix(" Example Street").is_some_and(|n| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()))
        }
        // No detector finds these: they are outside of what is given out.
        Kind::Ip | Kind::Ssn | Kind::Coordinates | Kind::Secret | Kind::NationalId => false,
    }
}
