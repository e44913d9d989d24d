//! Steps: from the words of the feature files to one call each.
//!
//! Given and When arrange and stimulate by way of the bench; only a Then reaches a judge. One file a kind of subject;
//! each step text matches exactly one function, which a test proves for every scenario.

mod authority_then;
mod authority_when;
mod client_then;
mod client_when;
mod server_dpop;
mod server_extensions;
mod server_given;
mod server_http_then;
mod server_http_when;
mod server_isolation_given;
mod server_isolation_then;
mod server_isolation_when;
mod server_jwt_given;
mod server_jwt_then;
mod server_jwt_when;
mod server_legacy;
mod server_metadata_then;
mod server_metadata_when;
mod server_passthrough_given;
mod server_passthrough_then;
mod server_passthrough_urls;
mod server_passthrough_when;
mod server_proxy_cookies;
mod server_proxy_given;
mod server_proxy_then;
mod server_proxy_when;
mod server_scope_given;
mod server_scope_then;
mod server_scope_when;
mod server_then;
mod server_when;
