//! Personal data in text: detectors with validators, and scrubbing.
//!
//! A [`Detector`] finds values that point at one person (an e-mail address, a telephone number, …)
//! and [`scrub`] puts a tag in their place; a [`Scrubber`] can also put pseudonyms, reserved values or a mask there.
//! Every kind has a validator, not only a pattern: check digits, number plans, registries of special addresses.
//! [`Kind::Street`] and [`Kind::Person`] alone go by shape and words.
//!
//! The result is a fixed point: a detector reads each stretch between two spans again as if the
//! spans were not there, until nothing more is found. So scrubbing a scrubbed text changes nothing.
//! Work is linear in the text, whatever it says: every matcher looks at a bounded stretch around what set it off.

mod actions;
mod card;
mod context;
mod coordinates;
mod crypto;
mod datatrove;
mod dolma;
mod email;
mod find;
mod iban;
mod ip;
mod kind;
mod mac;
mod national;
mod person;
mod phone;
mod reserved;
mod scan;
mod scrub;
mod secret;
mod ssn;
mod street;

pub use actions::{Action, Scrubber};
pub use datatrove::{Datatrove, EMAIL_PLACEHOLDER, IP_PLACEHOLDER};
pub use dolma::Dolma;
pub use find::{Detector, Span};
pub use kind::Kind;
pub use scrub::{Replacement, Scrubbed, TemplateError, scrub};

/// Country and name of every national number that [`Kind::NationalId`] knows.
pub fn national_schemes() -> Vec<&'static str> {
    national::schemes().map(|scheme| scheme.name).collect()
}

/// Whether `signs`, letters and digits alone, pass the check of the scheme `name` and have one of its shapes; nothing when
/// there is no such scheme.
pub fn national_check(name: &str, signs: &str) -> Option<bool> {
    let scheme = national::schemes().find(|scheme| scheme.name == name)?;
    Some(national::passes(scheme, signs.as_bytes()))
}

#[cfg(test)]
mod tests;
