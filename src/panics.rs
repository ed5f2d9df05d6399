//! Panics that are caught: libraries that are known to panic on damaged files and odd texts, and bugs of ours, cost one record and
//! no run.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, PoisonError};

thread_local! {
    /// Whether somebody up the stack catches.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives; `None` where it panicked. What it was writing to must not be used after that.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    CAUGHT.set(before);
    done
}

/// From now on `tell` is given the places of caught panics, each place once, and not their messages, which may quote a document.
/// Panics that nobody catches are told as before.
pub fn tell_places(tell: fn(&str)) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let uncaught = take_hook();
    set_hook(Box::new(move |panic| {
        if !CAUGHT.get() {
            return uncaught(panic);
        }
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), place);
        if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone()) {
            tell(&place);
        }
    }));
}

/// File and line, from the folder of the crate on: what stands before is of the machine that built the program.
fn place(location: &Location<'_>) -> String {
    let mut parts: Vec<&str> = location.file().split(['/', '\\']).collect();
    // The last one: a registry may itself lie below a folder of this name.
    if let Some(source) = parts.iter().rposition(|part| *part == "src") {
        parts.drain(..source.saturating_sub(1));
    }
    format!("{}:{}", parts.join("/"), location.line())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_costs_what_it_was_about() {
        assert_eq!((caught(|| 1), CAUGHT.get()), (Some(1), false));
        let inner = || {
            assert_eq!(caught(|| CAUGHT.get()), Some(true));
            CAUGHT.get()
        };
        assert_eq!(caught(inner), Some(true), "who catches further up the stack still does");
    }

    /// Set in the process that panics: hooks are of a process, and other tests have theirs.
    const CHILD: &str = "GRISTMILL_TEST_PANICS";

    #[test]
    fn places_are_told_once_and_messages_never() {
        if std::env::var_os(CHILD).is_some() {
            tell_places(|place| println!("TOLD {place}"));
            for text in ["secret-1", "secret-2"] {
                assert_eq!(caught(|| assert!(text.is_empty(), "{text}")), None);
            }
            return;
        }
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["panics::tests::places_are_told_once_and_messages_never", "--exact", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
        assert!(child.status.success(), "{said}");
        let told: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("TOLD ")).collect();
        assert!(matches!(told[..], [place] if place.starts_with("src/panics.rs:")), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}
