//! For whom valid tokens are. What a server's metadata says of it may be wrong, which is one fault and not sixty: where a
//! token for that audience is refused, others that suggest themselves are tried, and what is accepted goes on being used.

use super::raise::Place;
use super::settings::SubjectSettings;
use super::with_token::SeenWithToken;
use super::without_token::SeenWithoutToken;
use crate::issuer::Recipient;
use crate::token_name::VALID;
use crate::tokens::Authority;

/// For whom valid tokens are at first: what is declared, else what the metadata says, else the endpoint.
pub(super) fn recipient(settings: &SubjectSettings, endpoint: &str, outside: &SeenWithoutToken) -> Recipient {
    let subject = &settings.subject;
    let resource = subject.resource.clone().or_else(|| outside.resource.clone());
    let mut scopes = outside.scopes.clone();
    let declared = subject.operations.iter().flat_map(|operation| &operation.scopes).chain(&subject.base_scopes);
    for scope in declared {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    Recipient { resource: resource.unwrap_or_else(|| endpoint.to_owned()), scopes }
}

/// The audiences to try when a token for `refused` is refused; none where the operator declares the audience. A token of an
/// issuer that is not the harness's own is not asked for another origin than the server's.
pub(super) fn others(settings: &SubjectSettings, place: &Place, refused: &str, is_own_issuer: bool) -> Vec<String> {
    if settings.subject.resource.is_some() {
        return Vec::new();
    }
    let elsewhere = place.outside.foreign_resource.as_ref().filter(|_| is_own_issuer);
    let all = std::iter::once(&place.endpoint).chain(&place.outside.target).chain(elsewhere);
    all.filter(|audience| *audience != refused).cloned().collect()
}

/// How the server looks with a valid token; `None` where there is none.
pub(super) async fn look(
    settings: &SubjectSettings,
    place: &Place,
    authority: &dyn Authority,
) -> Option<SeenWithToken> {
    let token = authority.issue(&VALID).await.ok()?;
    let protected = settings.subject.protected.as_ref().or(place.outside.protected.as_ref());
    let protected = protected.filter(|_| !place.outside.public.is_empty());
    Some(SeenWithToken::look(place.target(), &place.sender, &token, &settings.revisions, protected).await)
}

/// A word on tokens for another audience than was to be expected.
pub(super) fn instead(refused: &str, refusal: &str, accepted: &str) -> String {
    format!(
        "A token for the audience {refused} is refused ({refusal}), and one for {accepted} is accepted: valid tokens are for \
         the latter from here on"
    )
}
