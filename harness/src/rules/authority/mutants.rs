//! What an authorization server can do wrong.

use crate::catalogue::Role;
use crate::mutation::{Act, Change, Mutant};
use crate::wire::{Request, Response};

const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant::of(Role::Authority, name, kills, also, acts)
}

fn anonymous(request: &Request, _: &Response) -> bool {
    request.label() == "an authorization request without a login"
}

fn arrival(request: &Request, _: &Response) -> bool {
    request.label() == "the browser's authorization request"
}

fn replay(request: &Request, _: &Response) -> bool {
    request.label() == "redeeming the code again"
}

fn redemption(request: &Request, response: &Response) -> bool {
    request.label() == "redeeming the code" && response.status == 200
}

fn refused_redemption(request: &Request, response: &Response) -> bool {
    request.label() == "redeeming the code" && response.status != 200
}

fn deletes_pool(request: &Request) -> bool {
    let target = request.headers.get("x-amz-target").map(http::HeaderValue::as_bytes);
    target.is_some_and(|target| target.ends_with(b".DeleteUserPool"))
}

const TOKENS: &str = r#"{"access_token":"eyJhbGciOiJSUzI1NiJ9.e30.c2ln","token_type":"Bearer","expires_in":3600}"#;

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "issues a code without a login",
        &["AS-AUTHZ-07"],
        &[],
        &[
            Act::Answer(anonymous, Change::Status(302)),
            Act::Answer(anonymous, Change::SetHeader("location", "http://localhost:1/callback?code=c0de&state=s")),
        ],
    ),
    mutant(
        "gives no tokens for its code",
        &["AS-AUTHZ-01", "AS-TOKEN-01"],
        &[],
        &[Act::Answer(redemption, Change::Json(400, r#"{"error":"invalid_grant"}"#))],
    ),
    mutant("changes the state", &["AS-AUTHZ-02"], &[], &[Act::Answer(arrival, Change::SetQuery("state", "another"))]),
    mutant("drops the state", &["AS-AUTHZ-02"], &[], &[Act::Answer(arrival, Change::DropQuery("state"))]),
    mutant(
        "leaves out token_type",
        &["AS-TOKEN-01"],
        &["AS-AUTHZ-01"],
        &[Act::Answer(redemption, Change::MapJson(|json| drop(json.as_object_mut().map(|o| o.remove("token_type")))))],
    ),
    mutant("redeems a code twice", &["AS-CODE-01"], &[], &[Act::Answer(replay, Change::Json(200, TOKENS))]),
    mutant(
        "does not compare the code verifier",
        &["AS-PKCE-03"],
        &[],
        &[Act::Answer(refused_redemption, Change::Json(200, TOKENS))],
    ),
    mutant(
        "says that a pool is deleted and keeps it",
        &["BENCH-TEARDOWN-01"],
        &[],
        &[Act::Mishear(
            deletes_pool,
            Change::SetHeader("x-amz-target", "AWSCognitoIdentityProviderService.DescribeUserPool"),
        )],
    ),
];
