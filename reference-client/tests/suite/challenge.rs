//! The grammar of `WWW-Authenticate`: one parameter, written in every way it may be written.

use reference_client::parse_challenges;
use rstest::rstest;

const URL: &str = "https://rs.example/meta?a=1";

#[rstest]
#[case::alone(r#"Bearer resource_metadata="https://rs.example/meta?a=1""#)]
#[case::last(r#"Bearer realm="x", error="invalid_token", resource_metadata="https://rs.example/meta?a=1""#)]
#[case::no_space_after_comma(r#"Bearer realm="x",resource_metadata="https://rs.example/meta?a=1""#)]
#[case::tabs_and_spaces("Bearer\t realm=\"x\"\t , \t resource_metadata\t=  \"https://rs.example/meta?a=1\"  ")]
#[case::scheme_in_lower_case(r#"bearer resource_metadata="https://rs.example/meta?a=1""#)]
#[case::name_in_upper_case(r#"Bearer RESOURCE_METADATA="https://rs.example/meta?a=1""#)]
#[case::escaped(r#"Bearer resource_metadata="https:\/\/rs.example\/meta?\a=1""#)]
#[case::name_inside_a_value(
    r#"Bearer realm="resource_metadata=\"wrong\"", resource_metadata="https://rs.example/meta?a=1""#
)]
#[case::after_basic(r#"Basic realm="x", Bearer resource_metadata="https://rs.example/meta?a=1""#)]
#[case::before_basic(r#"Bearer resource_metadata="https://rs.example/meta?a=1", Basic realm="x""#)]
#[case::after_dpop(r#"DPoP algs="ES256 RS256", Bearer resource_metadata="https://rs.example/meta?a=1""#)]
#[case::after_token68("Negotiate YWJj==, Bearer resource_metadata=\"https://rs.example/meta?a=1\"")]
#[case::after_a_bare_scheme("Negotiate, Bearer resource_metadata=\"https://rs.example/meta?a=1\"")]
#[case::comma_inside_a_value(
    r#"Bearer error_description="no, Basic x=y", resource_metadata="https://rs.example/meta?a=1""#
)]
#[case::empty_elements(r#", ,Bearer ,realm="x",, resource_metadata="https://rs.example/meta?a=1","#)]
#[case::after_rubbish(r#"@@@, "quoted, text", Bearer resource_metadata="https://rs.example/meta?a=1""#)]
fn finds_the_bearer_challenge(#[case] field: &str) {
    let challenges = parse_challenges(field);

    let bearer: Vec<_> = challenges.iter().filter(|c| c.scheme.eq_ignore_ascii_case("bearer")).collect();
    assert_eq!(bearer.len(), 1, "{challenges:?}");
    assert_eq!(bearer[0].parameter("resource_metadata"), Some(URL), "{challenges:?}");
}

#[rstest]
#[case::token_form("Bearer error=insufficient_scope, scope=write", &[("error", "insufficient_scope"), ("scope", "write")])]
#[case::scopes("Bearer scope=\"a b\"", &[("scope", "a b")])]
#[case::scope_inside_another_value("Bearer error_description=\"scope=admin\"", &[("error_description", "scope=admin")])]
#[case::empty_value("Bearer realm=\"\"", &[("realm", "")])]
#[case::unclosed("Bearer realm=\"x", &[])]
#[case::unclosed_escape("Bearer realm=\"x\\", &[])]
fn reads_parameters(#[case] field: &str, #[case] expected: &[(&str, &str)]) {
    let challenges = parse_challenges(field);

    assert_eq!(challenges.len(), 1, "{challenges:?}");
    let found: Vec<_> = challenges[0].parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(found, expected);
}

#[rstest]
#[case::nothing("")]
#[case::commas(",,, ,")]
#[case::parameter_without_scheme("realm=\"x\"")]
#[case::quote("\"")]
#[case::not_ascii("é=ü, \u{1f600}")]
fn finds_no_challenge(#[case] field: &str) {
    assert_eq!(parse_challenges(field), []);
}

#[test]
fn survives_every_prefix_of_a_field() {
    let field =
        r#"Basic realm="a\"b, c", Bearer scope="x y", resource_metadata="https://rs.example/é", Negotiate YWJj=="#;

    for (end, _) in field.char_indices() {
        let _ = parse_challenges(&field[..end]);
    }
}
