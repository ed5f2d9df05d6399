use super::*;

fn agents(names: &[&str]) -> Vec<String> {
    names.iter().filter_map(|name| product_token(name)).collect()
}

/// Whether `agent` may fetch a path by a file.
fn may(file: &str, agent: &str, path: &str) -> bool {
    let names = agents(&[agent]);
    let mut builder = Builder::default();
    builder.add("example.org", 0, 0, Answer::Rules(rules_for(file.as_bytes(), &names)));
    builder.finish(names, true).judge(&format!("https://example.org{path}")).is_none()
}

#[test]
fn the_examples_of_rfc_9309() {
    let simple = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
        User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
        User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n";
    for (agent, path, expected) in [
        ("anybot", "/cat.gif", false),
        ("anybot", "/cat.gif?size=2", true),
        ("anybot", "/example/page.html", false),
        ("anybot", "/publications/1", true),
        ("foobot", "/publications/1", false),
        ("foobot", "/example/page.html", true),
        ("FooBot", "/example/allowed.gif", true),
        ("barbot", "/example/page.html", false),
        ("bazbot", "/example/page.html", false),
        ("bazbot", "/cat.gif", true),
        ("quxbot", "/example/page.html", true),
    ] {
        assert_eq!(may(simple, agent, path), expected, "{agent} {path}");
    }
    let longest = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";
    assert!(may(longest, "foobot", "/example/page/"));
    assert!(!may(longest, "foobot", "/example/page/disallowed.gif"));
}

#[test]
fn the_documented_cases_of_google() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("/", &["/", "/any"], &[]),
        (
            "/fish",
            &["/fish", "/fish.html", "/fish/salmon.html", "/fishheads/yummy.html", "/fish.php?id=anything"],
            &["/Fish.asp", "/catfish", "/?id=fish", "/desert/fish"],
        ),
        ("/fish*", &["/fish", "/fishheads", "/fish.php?id=anything"], &["/Fish.asp", "/catfish"]),
        ("/fish/", &["/fish/", "/fish/?id=anything", "/fish/salmon.htm"], &["/fish", "/animals/fish/", "/fish.html"]),
        (
            "/*.php",
            &["/index.php", "/folder/filename.php?parameters", "/folder/any.php.file.html", "/filename.php/"],
            &["/", "/windows.PHP"],
        ),
        (
            "/*.php$",
            &["/filename.php", "/folder/filename.php"],
            &["/filename.php?parameters", "/filename.php/", "/filename.php5", "/windows.PHP"],
        ),
        ("/fish*.php", &["/fish.php", "/fishheads/catfish.php?parameters"], &["/Fish.PHP"]),
        ("/$", &["/"], &["/x", "/?a"]),
        ("*", &["/", "/x"], &[]),
        ("fish", &[], &["/fish"]),
        ("", &[], &["/", "/fish"]),
    ];
    for (pattern, matching, others) in cases {
        let file = format!("user-agent: *\ndisallow: {pattern}\n");
        for path in *matching {
            assert!(!may(&file, "anybot", path), "{pattern} matches {path}");
        }
        for path in *others {
            assert!(may(&file, "anybot", path), "{pattern} does not match {path}");
        }
    }
    for (allow, disallow, path, expected) in [
        ("/p", "/", "/page", true),
        ("/folder", "/folder", "/folder/page", true),
        ("/page", "/*.htm", "/page.htm", false),
        ("/page", "/*.ph", "/page.php5", true),
        ("/$", "/", "/", true),
        ("/$", "/", "/page.htm", false),
    ] {
        let file = format!("User-agent: *\nDisallow: {disallow}\nAllow: {allow}\n");
        assert_eq!(may(&file, "anybot", path), expected, "allow {allow}, disallow {disallow}, {path}");
    }
}

#[test]
fn octets_have_one_spelling() {
    for (pattern, path, matches) in [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", true),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", true),
        ("/foo/bar?baz=https%3a%2f%2ffoo.bar", "/foo/bar?baz=https://foo.bar", true),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", true),
        ("/foo/bar/%e3%83%84", "/foo/bar/ツ", true),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", true),
        ("/foo/bar/baz", "/foo/bar/%62%61%7a", true),
        ("/a%2Fb", "/a/b", false),
        ("/a/b", "/a%2fb", false),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", true),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-x.html", false),
        ("/path/foo-%24", "/path/foo-$", true),
        ("/a$b", "/a$b", true),
        ("/100%", "/100%25", true),
        ("/100%25", "/100%25", true),
    ] {
        let file = format!("User-agent: *\nDisallow: {pattern}\n");
        assert_eq!(!may(&file, "anybot", path), matches, "{pattern} and {path}");
    }
}

#[test]
fn groups_merge_and_lines_are_forgiving() {
    let merged = "User-agent: a\nDisallow: /1\n\nUser-agent: b\nDisallow: /2\n\nuser-agent: A\nDisallow: /3\n";
    for (path, expected) in [("/1", false), ("/2", true), ("/3", false)] {
        assert_eq!(may(merged, "a", path), expected, "{path}");
    }
    // A sitemap and a delay end no row of agents; a version and a comment change no name; rules before any agent are nobody's.
    let file = "\u{feff}Disallow: /0\rUser-agent: x/2.1 # ours\r\nSitemap: https://example.org/map\r\nCrawl-delay: 3\r\n\
        USERAGENT y\nDissallow: /a # not this\nAllow: /a/b\nNonsense\nDisallow\n";
    for agent in ["x", "y"] {
        assert!(may(file, agent, "/0") && may(file, agent, "/a/b") && !may(file, agent, "/a"), "{agent}");
    }
    assert!(may(file, "z", "/a"));
    assert!(may("User-agent: *x\nDisallow: /\n", "z", "/"));
    assert!(!may("User-agent: * x\nDisallow: /\n", "z", "/"));
}

#[test]
fn the_limit_cuts_whole_lines() {
    let mut file = String::from("User-agent: *\nDisallow: /first\n");
    while file.len() < MAX_BYTES - 14 {
        file.push_str("#\n");
    }
    file.push_str("Disallow: /private/of/mine\n");
    assert!(!may(&file, "a", "/first"));
    assert!(may(&file, "a", "/other") && may(&file, "a", "/private/of/mine"));
}

#[test]
fn hosts_captures_and_redirects() {
    let names = agents(&["mine", "other"]);
    let file = |text: &str| Answer::Rules(rules_for(text.as_bytes(), &names));
    let all = "User-agent: *\nDisallow: /\n";
    let mut captures = vec![
        ("old.example", 1, 1, file(all)),
        ("old.example", 2, 2, file("User-agent: *\nDisallow:\n")),
        ("tie.example", 5, 1, file("User-agent: *\nDisallow: /a\n")),
        ("tie.example", 5, 2, file("User-agent: *\nDisallow: /b\n")),
        ("failed.example", 1, 1, Answer::Unreachable(503)),
        ("once.example", 1, 1, file("User-agent: other\nDisallow: /x\n")),
        ("once.example", 9, 2, Answer::Unreachable(500)),
        ("www.to.example", 1, 1, file(all)),
        ("to.example", 1, 2, Answer::Redirect("www.to.example".into())),
        ("lost.example", 1, 3, Answer::Redirect("nowhere.example".into())),
        ("loop.example", 1, 4, Answer::Redirect("loop2.example".into())),
        ("loop2.example", 1, 5, Answer::Redirect("loop.example".into())),
        ("self.example", 1, 6, file(all)),
        ("self.example", 2, 7, Answer::Redirect("self.example".into())),
    ];
    let build = |captures: &[(&str, u64, u64, Answer)], unreachable| {
        let mut builder = Builder::default();
        captures.iter().for_each(|(host, stamp, order, answer)| builder.add(host, *stamp, *order, answer.clone()));
        builder.finish(names.clone(), unreachable)
    };
    let table = build(&captures, true);
    let finding = |url: &str| table.judge(url);
    let line = |agent, line, pattern: &str| Some(Finding::Disallowed { agent, line, pattern: pattern.into() });
    assert_eq!(finding("http://old.example/a"), None);
    assert_eq!(finding("http://tie.example/a"), None);
    assert_eq!(finding("https://me@TIE.example.:443/b?x#y"), line(0, 2, "/b"));
    assert_eq!(finding("http://tie.example:8080/b"), None);
    assert_eq!(finding("http://failed.example/b"), Some(Finding::Unreachable(503)));
    assert_eq!(finding("http://failed.example/robots.txt"), None);
    assert_eq!(finding("http://once.example/x"), line(1, 2, "/x"));
    assert_eq!(finding("http://to.example"), line(0, 2, "/"));
    assert_eq!(finding("http://self.example/"), line(0, 2, "/"));
    for url in ["http://lost.example/", "http://loop.example/", "ftp://to.example/", "to.example/x", "", "http:///"] {
        assert_eq!(finding(url), None, "{url}");
    }
    assert_eq!(build(&captures, false).judge("http://failed.example/b"), None);
    captures.reverse();
    let other = build(&captures, true);
    assert_eq!(other, table, "the order of adding does not matter");
    assert_eq!(other.fingerprint(), table.fingerprint());
    assert_ne!(build(&captures[1..], true).fingerprint(), build(&captures[..5], true).fingerprint());
    assert_eq!(
        (stamp("2024-05-01T10:00:07.5Z"), stamp("20240501100007"), stamp("")),
        (20240501100007, 20240501100007, 0)
    );
}
