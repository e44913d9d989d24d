//! Where the documents are that requirements rest on: from the line in a feature file to an address.
//!
//! Knows the names by which the features cite documents. A document without a stable address of its own has no link.

/// The pages of MCP by the names that the features give them. A path with a place for the revision is one a revision.
const MCP_PAGES: &[(&str, &str)] = &[
    ("authorization security considerations", "specification/{}/basic/authorization/security-considerations"),
    ("authorization server discovery", "specification/{}/basic/authorization/authorization-server-discovery"),
    ("authorization", "specification/{}/basic/authorization"),
    ("basic", "specification/{}/basic"),
    ("client registration", "specification/{}/basic/authorization/client-registration"),
    ("caching", "specification/{}/server/utilities/caching"),
    ("elicitation", "specification/{}/client/elicitation"),
    ("multi round-trip requests", "specification/{}/basic/patterns/mrtr"),
    ("security best practices", "docs/{}/tutorials/security/security_best_practices"),
    ("streamable HTTP", "specification/{}/basic/transports/streamable-http"),
    ("tasks", "specification/{}/basic/utilities/tasks"),
    ("tools", "specification/{}/server/tools"),
    ("transports", "specification/{}/basic/transports"),
    ("versioning", "specification/{}/basic/versioning"),
];

/// The revision whose security best practices cover sessions as well as what came before.
const PRACTICES: &str = "2025-11-25";

/// The address of a source such as `RFC 8725 section 3.10`, at the first section that it names.
#[must_use]
pub fn link(source: &str) -> Option<String> {
    if let Some(rest) = source.strip_prefix("RFC ") {
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return Some(format!("https://www.rfc-editor.org/rfc/rfc{number}{}", section(rest)));
    }
    if let Some(rest) = source.strip_prefix("OAuth 2.1-13") {
        return Some(format!("https://www.ietf.org/archive/id/draft-ietf-oauth-v2-1-13.html{}", section(rest)));
    }
    if source.starts_with("Fetch standard") {
        return Some("https://fetch.spec.whatwg.org/#http-cors-protocol".to_owned());
    }
    if source.starts_with("OpenID Connect Core") {
        return Some("https://openid.net/specs/openid-connect-core-1_0.html".to_owned());
    }
    mcp(source.strip_prefix("MCP ")?)
}

/// The fragment of the first section.
fn section(text: &str) -> String {
    let Some((_, behind)) = text.split_once("section") else { return String::new() };
    let digits = behind.trim_start_matches(['s', ' ']);
    let number: String = digits.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    format!("#section-{}", number.trim_end_matches('.'))
}

fn mcp(source: &str) -> Option<String> {
    let (revision, rest) = match source.split_once(' ') {
        Some((revision, rest)) if revision.starts_with("20") => (revision, rest),
        _ => (PRACTICES, source),
    };
    let (page, heading) = rest.split_once(", ").unwrap_or((rest, ""));
    let (_, path) = MCP_PAGES.iter().find(|(name, _)| *name == page)?;
    let base = format!("https://modelcontextprotocol.io/{}", path.replace("{}", revision));
    let innermost = heading.rsplit(", ").next().unwrap_or_default();
    Some(if innermost.is_empty() { base } else { format!("{base}#{}", anchor(innermost)) })
}

/// A heading as the documentation names its anchor.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("RFC 7662", "https://www.rfc-editor.org/rfc/rfc7662")]
    #[case("RFC 8725 sections 2.1 and 3.1", "https://www.rfc-editor.org/rfc/rfc8725#section-2.1")]
    #[case("RFC 9728 section 5, step 6", "https://www.rfc-editor.org/rfc/rfc9728#section-5")]
    #[case("OAuth 2.1-13 section 5.2", "https://www.ietf.org/archive/id/draft-ietf-oauth-v2-1-13.html#section-5.2")]
    #[case(
        "MCP 2025-06-18 authorization, Access Token Usage, Token Handling",
        "https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization#token-handling"
    )]
    #[case(
        "MCP security best practices, Token Passthrough",
        "https://modelcontextprotocol.io/docs/2025-11-25/tutorials/security/security_best_practices#token-passthrough"
    )]
    fn a_source_leads_to_its_document(#[case] source: &str, #[case] address: &str) {
        assert_eq!(link(source).as_deref(), Some(address));
    }

    #[test]
    fn a_document_without_an_address_has_no_link() {
        assert_eq!(link("MCP extension io.modelcontextprotocol/auth/dpop, Replay Detection"), None);
        assert_eq!(link("Amazon Cognito API: DeleteUserPool"), None);
    }
}
