//! What stores answer when something is wrong: as an error for people, or as a reason to ask again.

use super::super::address::masked;
use object_store::Error;
use std::future::Future;
use std::io;
use std::time::Duration;

pub(super) fn absent_is_none<T>(result: object_store::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(said(&error)),
    }
}

/// The longest message of a server that is passed on, in characters.
const LONGEST_MESSAGE: usize = 600;

/// What a store said, on one line and without secrets. Never `UnexpectedEof`: to a reader that would be the end of a file.
pub(super) fn said(error: &Error) -> io::Error {
    use io::ErrorKind;
    let mut text = error.to_string();
    // The last cause says most ("connection refused"), and the outer ones often leave it out.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let cause = cause.to_string();
    if !text.contains(&cause) {
        text = format!("{text}: {cause}");
    }
    if matches!(error, Error::NotSupported { .. }) {
        text.push_str(" (the server gives whole files alone; download it first)");
    }
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = masked(&without_markup(&line)).chars().take(LONGEST_MESSAGE).collect();
    let expired = ["ExpiredToken", "RequestExpired", "AccessKey", "AuthenticationFailed"];
    let kind = match error {
        Error::NotFound { .. } => ErrorKind::NotFound,
        Error::AlreadyExists { .. } | Error::Precondition { .. } => ErrorKind::AlreadyExists,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        Error::NotSupported { .. } | Error::NotImplemented { .. } => ErrorKind::Unsupported,
        Error::InvalidPath { .. } => ErrorKind::InvalidInput,
        _ if expired.iter().any(|word| line.contains(word)) => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, line)
}

/// A message that ends in an XML answer, with that answer's code and message instead.
pub(super) fn without_markup(line: &str) -> String {
    let tagged = |name: &str| {
        let (_, rest) = line.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(inner, _)| inner)
    };
    match (line.find('<'), tagged("Code"), tagged("Message")) {
        (Some(at), Some(code), Some(message)) => format!("{}{code}: {message}", &line[..at]),
        _ => line.to_owned(),
    }
}

/// Whether an answer broke off in its body. The stores try failed requests again and go on where the body of an object broke off,
/// but not with other bodies.
pub(super) fn broke_off(error: &Error) -> bool {
    matches!(error, Error::Generic { .. }) && error.to_string().contains("response body")
}

/// How often a request is made again whose answer broke off.
const TRIES: u32 = 5;

/// Does `request` again while its answers break off.
pub(super) async fn again<T, F: Future<Output = object_store::Result<T>>>(
    request: impl Fn() -> F,
) -> object_store::Result<T> {
    let mut pause = Duration::from_millis(100);
    for _ in 1..TRIES {
        match request().await {
            Err(error) if broke_off(&error) => tokio::time::sleep(pause).await,
            done => return done,
        }
        pause *= 2;
    }
    request().await
}
