//! What a server can do wrong where one scope implies another.

use crate::rules::server::second::*;
use secrecy::ExposeSecret as _;

/// Whether the token has the scope that implies, and not the one that it implies.
fn has_the_broad_scope_alone(request: &Request) -> bool {
    let claims = request.presented.as_ref().and_then(|presented| jwt(presented.token.expose_secret()));
    let scopes = claims.and_then(|(_, claims)| claims.get("scope")?.as_str().map(str::to_owned)).unwrap_or_default();
    let has = |scope: &str| scopes.split(' ').any(|one| one == scope);
    has("notes") && !has("notes.write")
}

pub(crate) const MUTANTS: &[Mutant] = &[second(
    "wants the narrow scope where the broad one is there",
    &["RS-SCOPE-03"],
    &[],
    &[Act::Answer(
        |request, _| calls(request, "write") && has_the_broad_scope_alone(request),
        Change::Json(403, r#"{"error":"insufficient_scope"}"#),
    )],
)];
