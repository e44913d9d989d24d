//! The places of a token that the feature files name, where a server has no business to look.

use crate::bench::Placement;
use crate::rules::server::common::words::worded;

worded! {
    /// A place of a request that is not the Authorization header field with `Bearer`.
    Place {
        /// The name that RFC 6750 had.
        QueryAccessToken = "the query parameter access_token",
        /// A name that frameworks have.
        QueryToken = "the query parameter token",
        /// A name that gateways have.
        QueryApiKey = "the query parameter api_key",
        /// A name that comes to mind.
        QueryBearer = "the query parameter bearer",
        /// A cookie, which browsers send by themselves.
        Cookie = "a cookie",
        /// A member of the message.
        Json = "the JSON content",
        /// The second way of RFC 6750.
        Form = "the form content",
        /// What keys of APIs are sent in.
        ApiKey = "the field X-Api-Key",
        /// What tokens are sent in where `Authorization` is taken.
        AccessToken = "the field X-Access-Token",
        /// What proxies read.
        ProxyAuthorization = "the field Proxy-Authorization",
        /// The token and nothing before it.
        Bare = "Authorization without a scheme",
        /// A scheme that frameworks have.
        SchemeToken = "Authorization behind the scheme Token",
        /// The scheme of passwords.
        Basic = "Authorization as Basic password",
    }
}

impl Place {
    /// The place for the bench.
    pub(super) fn placement(self) -> Placement {
        match self {
            Self::QueryAccessToken => Placement::query(),
            Self::QueryToken => Placement::Query("token"),
            Self::QueryApiKey => Placement::Query("api_key"),
            Self::QueryBearer => Placement::Query("bearer"),
            Self::Cookie => Placement::Cookie,
            Self::Json => Placement::JsonContent,
            Self::Form => Placement::FormContent,
            Self::ApiKey => Placement::Field("x-api-key", ""),
            Self::AccessToken => Placement::Field("x-access-token", ""),
            Self::ProxyAuthorization => Placement::Field("proxy-authorization", "Bearer "),
            Self::Bare => Placement::Header(String::new()),
            Self::SchemeToken => Placement::Header("Token ".to_owned()),
            Self::Basic => Placement::BasicPassword,
        }
    }
}
