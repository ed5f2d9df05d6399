//! The profile files of S3: `~/.aws/credentials` and `~/.aws/config`.

use super::super::environment::Environment;
use super::super::files::Files;
use super::super::real::Real;
use std::io::{self, Read};

/// What belongs to a key, as [`read`] names it.
pub(super) const CREDENTIALS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// Keys that are taken from a profile, and what they are called for the store.
const TAKEN: [(&str, &str); 5] = [
    (CREDENTIALS[0], CREDENTIALS[0]),
    (CREDENTIALS[1], CREDENTIALS[1]),
    (CREDENTIALS[2], CREDENTIALS[2]),
    ("region", "aws_region"),
    ("endpoint_url", "aws_endpoint"),
];

/// The settings of the profile that `AWS_PROFILE` names, `default` without it.
///
/// # Errors
/// When a profile was asked for that no file has, or a file cannot be read.
pub(super) fn read(environment: &Environment) -> io::Result<Vec<(String, String)>> {
    let wanted = environment.get("AWS_PROFILE");
    let profile = wanted.unwrap_or("default");
    let home = environment.get("HOME").unwrap_or_default();
    let mut settings = Vec::new();
    let mut found = false;
    for (variable, default, prefix) in
        [("AWS_CONFIG_FILE", "config", "profile "), ("AWS_SHARED_CREDENTIALS_FILE", "credentials", "")]
    {
        let path = environment.get(variable).map_or_else(|| format!("{home}/.aws/{default}"), str::to_owned);
        let mut text = String::new();
        match Real.open(&path, 0).and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => found |= section(&text, profile, prefix, &mut settings),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io::Error::new(error.kind(), format!("cannot read `{path}`: {error}"))),
        }
    }
    if wanted.is_some() && !found {
        let what = format!("no profile file has the profile `{profile}` that AWS_PROFILE names");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
    }
    Ok(settings)
}

/// Takes the settings of a profile's section. `config` says `[profile name]`, except for the default one.
fn section(text: &str, profile: &str, prefix: &str, settings: &mut Vec<(String, String)>) -> bool {
    let (mut inside, mut found) = (false, false);
    for line in text.lines() {
        // Indented lines belong to a nested table of the key above them.
        if line.starts_with([' ', '\t', '#', ';']) {
            continue;
        }
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name.trim()) {
            inside = name == profile || name.strip_prefix(prefix).map(str::trim) == Some(profile);
            found |= inside;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| inside)
            && let Some((_, name)) = TAKEN.iter().find(|(known, _)| *known == key.trim())
        {
            settings.push(((*name).to_owned(), value.trim().to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_name_in_both_forms() {
        let text = "[default]\naws_access_key_id = A\n[profile x]\nregion=eu-1\ns3 =\n  endpoint_url = nested\n[y]\nregion = no\n";
        let mut settings = Vec::new();
        assert!(section(text, "x", "profile ", &mut settings));
        assert_eq!(settings, [("aws_region".to_owned(), "eu-1".to_owned())]);
        assert!(section(text, "default", "profile ", &mut settings) && !section(text, "z", "", &mut settings));
        assert_eq!(settings[1].1, "A");
    }

    #[test]
    fn a_profile_that_is_nowhere_is_refused() {
        let environment = Environment::new([("AWS_PROFILE".to_owned(), "nobody".to_owned())]);
        assert!(read(&environment).unwrap_err().to_string().contains("`nobody`"));
    }
}
