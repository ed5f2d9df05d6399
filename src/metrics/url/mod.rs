//! Numbers about the address of a page. All but one are not measurable without an address.
//!
//! Three kinds of look-ups in lists: our own, those of datatrove's `URLFilter` and those of DCLM's `url_substring_filter`.
//! They differ in what is lower-cased, where words end, and what the host of an address is.

mod address;
mod datatrove;
mod dclm;
mod own;

pub(super) use address::bare as bare_address;

use super::chars::count_chars;
use super::lists::Role;
use super::word_list::WordList;
use super::{MetricDef, Settings, Sink, Subject};

/// This family's table.
pub(super) const METRICS: &[MetricDef] = &[
    MetricDef::count("url_chars", "code points", "length of the URL"),
    MetricDef::count("url_depth", "path segments", "parts of the path that are not empty"),
    MetricDef::share("url_digit_ratio", "share of characters", "ASCII digits in the URL"),
    MetricDef::count("url_parameters", "parameters", "parts of the query separated by `&` or `;`"),
    MetricDef::flag("url_ip_host", "the host is an IP address"),
    MetricDef::part(
        "url_listed_domain",
        Role::UrlDomains,
        "place of the first list of `url-domains` that has the host or a domain it belongs to, in any case; 0: none",
    ),
    MetricDef::count("url_listed_words", "words", "different words of the list `url-words` in the URL, in any case")
        .needs(Role::UrlWords),
    MetricDef::count("url_listed_soft_words", "words", "different words of the list `url-soft-words` in the URL")
        .needs(Role::UrlSoftWords),
    MetricDef::count(
        "url_listed_subwords",
        "sequences",
        "occurrences of entries of the list `url-subwords` in the letters and digits of the URL, nothing between them",
    )
    .needs(Role::UrlSubwords),
    MetricDef::flag("url_given", "the document has an address; 0, not unmeasured, when it has none"),
    MetricDef::count("url_bytes", "bytes", "length of the URL in UTF-8"),
    MetricDef::part(
        "url_listed_host",
        Role::UrlHosts,
        "place of the first list of `url-hosts` that has the host itself, in any case; 0: none",
    ),
    MetricDef::part(
        "url_listed_url",
        Role::UrlUrls,
        "place of the first list of `url-urls` that has the URL or one above it (up to a `/`, `?` or `#` of the path), \
         scheme, user, port and case aside; 0: none",
    ),
    MetricDef::part(
        "url_listed_domain@datatrove",
        Role::UrlDomains,
        "place of the first list of `url-domains` that has the registered domain as tldextract finds it, in exactly its \
         case; 0: none",
    ),
    MetricDef::part(
        "url_listed_host@datatrove",
        Role::UrlDomains,
        "place of the first list of `url-domains` that has the full host name, if its suffix is known; 0: none",
    ),
    MetricDef::part(
        "url_listed_url@datatrove",
        Role::UrlUrls,
        "place of the first list of `url-urls` that has the URL, character by character; 0: none",
    ),
    MetricDef::count(
        "url_listed_words@datatrove",
        "words",
        "different words of the list `url-words` among the runs of ASCII letters and digits, in exactly their case",
    )
    .needs(Role::UrlWords),
    MetricDef::count(
        "url_listed_soft_words@datatrove",
        "words",
        "different words of the list `url-soft-words` among the runs of ASCII letters and digits, in exactly their case",
    )
    .needs(Role::UrlSoftWords),
    MetricDef::flag(
        "url_listed_subword@datatrove",
        "an entry of the list `url-subwords` stands in the lower-cased ASCII letters and digits, nothing between them",
    )
    .needs(Role::UrlSubwords),
    MetricDef::part(
        "url_listed_domain@dclm",
        Role::UrlDomains,
        "place of the first list of `url-domains` that has the host with user and port, lower-cased and every \"www\" cut \
         out of it; 0: none",
    ),
    MetricDef::count(
        "url_listed_subwords@dclm",
        "sequences",
        "different entries of the list `url-subwords` in the lower-cased URL, `-` and `.` cut out",
    )
    .needs(Role::UrlSubwords),
    MetricDef::count(
        "url_listed_words@dclm",
        "words",
        "different entries of the list `url-words` between word borders (`\\b`) of the lower-cased URL",
    )
    .needs(Role::UrlWords),
    MetricDef::count(
        "url_listed_soft_words@dclm",
        "words",
        "different entries of the list `url-soft-words` between word borders (`\\b`) of the lower-cased URL",
    )
    .needs(Role::UrlSoftWords),
];

/// The list of a role, for a document.
type List<'l> = &'l dyn Fn(Role) -> Option<&'l WordList>;

/// Measures the family.
pub(super) fn measure(subject: &Subject<'_, '_>, settings: &Settings, sink: &mut Sink) {
    sink.set_count(9, usize::from(subject.url.is_some_and(|url| !url.is_empty())));
    let Some(url) = subject.url else { return };
    let list = |role| settings.lists.get(role, settings.language_of(subject.language));
    if sink.wants(0..5) {
        shape(url, sink);
    }
    sink.set_count(10, url.len());
    own::measure(url, &list, sink);
    if sink.wants(13..19) {
        datatrove::measure(url, &list, sink);
    }
    if sink.wants(19..23) {
        dclm::measure(url, &list, sink);
    }
}

/// Lengths and parts.
fn shape(url: &str, sink: &mut Sink) {
    let (host, path, query) = address::parts(url);
    let chars = count_chars(url);
    sink.set_count(0, chars);
    sink.set_count(1, path.split('/').filter(|part| !part.is_empty()).count());
    sink.set_ratio(2, url.bytes().filter(u8::is_ascii_digit).count(), chars);
    sink.set_count(3, query.split(['&', ';']).filter(|part| !part.is_empty()).count());
    sink.set_count(4, usize::from(host.parse::<core::net::IpAddr>().is_ok()));
}

/// The place of a part of a list as a metric: from 1; 0 for none.
fn number(part: Option<usize>) -> usize {
    part.map_or(0, |part| part + 1)
}
