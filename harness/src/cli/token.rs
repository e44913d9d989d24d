//! `harness token`: tokens of the issuer that the harness plays for a server that a command starts, to send a request of a
//! report again by hand.
//!
//! They protect nothing: the key of that issuer stands in `fixtures/keys`. For any other issuer nothing is made here.

use super::nearest::nearest;
use super::stop::Stop;
use super::terminal::print;
use crate::exit::Exit;
use crate::issuer::{Issuer, OidcAuthority, Recipient};
use crate::token_name::{Genuine, TokenName};
use crate::tokens::Authority as _;
use crate::tokens::forge::named;
use clap::Args;
use secrecy::ExposeSecret as _;

#[derive(Clone, Debug, Args)]
pub(super) struct TokenArgs {
    /// What the token is, in the words of the feature files: 'a valid token', 'a token without an audience'
    name: String,
    /// The issuer that the server was told in MCP_CONFORMANCE_AUTH_SERVER_URL
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The audience: the resource identifier of the server
    #[arg(long, value_name = "URL")]
    resource: String,
    /// The scopes of a valid token, with spaces between them
    #[arg(long, value_name = "SCOPES", default_value = "")]
    scopes: String,
}

/// Prints the token that is asked for.
pub(super) async fn token(args: &TokenArgs) -> Result<Exit, Stop> {
    let name = name(&args.name)?;
    let issuer = Issuer::unheard(&args.issuer).map_err(Stop::failed)?;
    let scopes = args.scopes.split_whitespace().map(str::to_owned).collect();
    let recipient = Recipient { resource: args.resource.clone(), scopes };
    let token = OidcAuthority::new(issuer.into(), recipient).issue(&name).await.map_err(Stop::usage)?;
    print(&format!("{}\n", token.raw.expose_secret()));
    Ok(Exit::Met)
}

/// The token of this name, unless only the running issuer can know it.
fn name(words: &str) -> Result<TokenName, Stop> {
    let name = words.parse().map_err(|_| {
        let genuine = Genuine::ALL.map(Genuine::as_str);
        let known = genuine.into_iter().chain(named::all().map(|forgery| forgery.name.as_str()));
        let near = nearest(words, known, 3);
        Stop::usage(format_args!("no token is named `{words}`; the nearest are {}", near.join(", ")))
    })?;
    match name {
        TokenName::Genuine(
            Genuine::RefreshToken
            | Genuine::AuthorizationCode
            | Genuine::Revoked
            | Genuine::OfOtherIssuer
            | Genuine::SignedByOtherIssuer,
        ) => Err(Stop::usage(format_args!("only the issuer of the run itself can issue {name}"))),
        name => Ok(name),
    }
}
