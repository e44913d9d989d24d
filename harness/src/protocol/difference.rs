//! In what two texts differ that ought to be equal, in words: for messages about identifiers and URLs, which are compared
//! code point by code point and mostly differ in one small thing.
//!
//! Decides nothing: that the texts have to be equal, a judge knows.

use super::url::origin_of;
use url::Url;

/// In what `seen` differs from `expected`, as the end of a sentence about `seen`; `None` where they are equal.
#[must_use]
pub fn difference(expected: &str, seen: &str) -> Option<String> {
    if expected == seen {
        return None;
    }
    if seen.is_empty() {
        return Some("is empty".to_owned());
    }
    let small = space(expected, seen).or_else(|| slash(expected, seen)).or_else(|| case(expected, seen));
    let told = small.or_else(|| part(expected, seen)).or_else(|| length(expected, seen));
    Some(told.unwrap_or_else(|| place(expected, seen)))
}

/// `seen`, and in what it differs from `expected` where it does.
#[must_use]
pub fn with_difference(expected: &str, seen: &str) -> String {
    match difference(expected, seen) {
        Some(difference) => format!("{seen} ({difference})"),
        None => seen.to_owned(),
    }
}

fn space(expected: &str, seen: &str) -> Option<String> {
    (expected.trim() == seen.trim()).then(|| "differs by white space at an end only".to_owned())
}

fn slash(expected: &str, seen: &str) -> Option<String> {
    if expected.strip_suffix('/') == Some(seen) {
        Some("differs by the trailing slash only: it has none".to_owned())
    } else if seen.strip_suffix('/') == Some(expected) {
        Some("differs by the trailing slash only: it has one too many".to_owned())
    } else {
        None
    }
}

fn case(expected: &str, seen: &str) -> Option<String> {
    (expected.to_lowercase() == seen.to_lowercase()).then(|| "differs in case only".to_owned())
}

/// The one part of a URL in which they differ.
fn part(expected: &str, seen: &str) -> Option<String> {
    let (wanted, found) = (Url::parse(expected).ok()?, Url::parse(seen).ok());
    let Some(found) = found else {
        let path = expected.strip_prefix(origin_of(expected)?)?;
        return Some(if path == seen { "is the path alone" } else { "is no absolute URL" }.to_owned());
    };
    let parts: [(&str, Option<String>, Option<String>); 6] = [
        ("scheme", Some(wanted.scheme().to_owned()), Some(found.scheme().to_owned())),
        ("host", host(&wanted), host(&found)),
        ("port", port(&wanted), port(&found)),
        ("path", Some(wanted.path().to_owned()), Some(found.path().to_owned())),
        ("query", wanted.query().map(str::to_owned), found.query().map(str::to_owned)),
        ("fragment", wanted.fragment().map(str::to_owned), found.fragment().map(str::to_owned)),
    ];
    let mut differing = parts.iter().filter(|(_, wanted, found)| wanted != found);
    let (Some((name, wanted, found)), None) = (differing.next(), differing.next()) else { return None };
    Some(match (wanted, found) {
        (Some(wanted), None) => format!("lacks the {name} {wanted}"),
        (None, Some(found)) => format!("has the {name} {found}, which is not expected"),
        (Some(wanted), Some(found)) if *name == "path" && matches!(found.as_str(), "" | "/") => {
            format!("lacks the path {wanted}")
        }
        (wanted, found) => {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("has the {name} {} in place of {}", text(found), text(wanted))
        }
    })
}

fn host(url: &Url) -> Option<String> {
    url.host_str().map(str::to_owned)
}

/// The port, also where the scheme says it: a URL that differs in its scheme differs in nothing else.
fn port(url: &Url) -> Option<String> {
    url.port().map(|port| port.to_string())
}

fn length(expected: &str, seen: &str) -> Option<String> {
    if let Some(more) = seen.strip_prefix(expected) {
        Some(format!("has {more} behind it"))
    } else {
        expected.strip_prefix(seen).map(|more| format!("ends before {more}"))
    }
}

/// Where the first character stands that is another.
fn place(expected: &str, seen: &str) -> String {
    let same = expected.chars().zip(seen.chars()).take_while(|(wanted, found)| wanted == found).count();
    match same {
        0 => "has nothing in common at its beginning".to_owned(),
        same => format!("differs from character {} on", same + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const ENDPOINT: &str = "https://mcp.example/mcp";

    #[rstest]
    #[case::equal(ENDPOINT, None)]
    #[case::nothing("", Some("is empty"))]
    #[case::white_space(" https://mcp.example/mcp", Some("differs by white space at an end only"))]
    #[case::slash("https://mcp.example/mcp/", Some("differs by the trailing slash only: it has one too many"))]
    #[case::case("https://MCP.example/mcp", Some("differs in case only"))]
    #[case::scheme("http://mcp.example/mcp", Some("has the scheme http in place of https"))]
    #[case::host("https://other.example/mcp", Some("has the host other.example in place of mcp.example"))]
    #[case::port("https://mcp.example:8443/mcp", Some("has the port 8443, which is not expected"))]
    #[case::origin("https://mcp.example", Some("lacks the path /mcp"))]
    #[case::path("https://mcp.example/sse", Some("has the path /sse in place of /mcp"))]
    #[case::query("https://mcp.example/mcp?a=b", Some("has the query a=b, which is not expected"))]
    #[case::fragment("https://mcp.example/mcp#a", Some("has the fragment a, which is not expected"))]
    #[case::relative("/mcp", Some("is the path alone"))]
    #[case::no_url("mcp", Some("is no absolute URL"))]
    #[case::several_parts("http://other.example/mcp", Some("differs from character 5 on"))]
    fn the_one_thing_in_which_a_url_differs_is_named(#[case] seen: &str, #[case] expected: Option<&str>) {
        assert_eq!(difference(ENDPOINT, seen).as_deref(), expected);
    }

    #[rstest]
    #[case("notes.read", "notes", "ends before .read")]
    #[case("notes", "notes.read", "has .read behind it")]
    #[case("notes", "mail", "has nothing in common at its beginning")]
    #[case("https://h/a/", "https://h/a", "differs by the trailing slash only: it has none")]
    #[case("https://h/a?b=c", "https://h/a", "lacks the query b=c")]
    fn so_is_that_of_other_texts(#[case] expected: &str, #[case] seen: &str, #[case] told: &str) {
        assert_eq!(difference(expected, seen).as_deref(), Some(told));
    }

    #[test]
    fn the_text_is_shown_with_the_difference() {
        assert_eq!(with_difference("a", "a"), "a");
        assert_eq!(with_difference("a/", "a"), "a (differs by the trailing slash only: it has none)");
    }
}
