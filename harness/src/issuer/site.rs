//! Where a played issuer is found: at its own port, or at the tap of a scene in front of it.

use super::documents::JWKS;
use super::form::{IssuerForm, Tenant};

/// Where an issuer is found.
pub(super) enum Site {
    /// At the origin that it listens on; servers under test ask it directly.
    Own {
        /// The origin.
        origin: String,
        /// The form of its identifier.
        form: IssuerForm,
    },
    /// At the origin of a tap, which several issuers may share.
    Behind {
        /// The origin of the tap.
        front: String,
        /// Its place at the tap, and at its own port.
        tenant: Tenant,
        /// The origin that it listens on.
        origin: String,
    },
}

impl Site {
    /// The identifier of the issuer.
    pub(super) fn identifier(&self) -> String {
        match self {
            Self::Own { origin, form } => form.at(origin),
            Self::Behind { front, tenant, .. } => format!("{front}{tenant}"),
        }
    }

    /// What the URLs of its endpoints begin with.
    pub(super) fn base(&self) -> String {
        match self {
            Self::Own { origin, .. } => origin.clone(),
            Self::Behind { front, tenant, .. } => format!("{front}{tenant}"),
        }
    }

    /// The origin that it listens on.
    pub(super) fn origin(&self) -> &str {
        match self {
            Self::Own { origin, .. } | Self::Behind { origin, .. } => origin,
        }
    }

    /// The path of an endpoint.
    pub(super) fn path(&self, endpoint: &str) -> String {
        match self {
            Self::Own { .. } => endpoint.to_owned(),
            Self::Behind { tenant, .. } => tenant.path(endpoint),
        }
    }

    /// The paths of its keys.
    pub(super) fn key_paths(&self) -> Vec<String> {
        match self {
            Self::Own { form: IssuerForm::Path, .. } => vec![JWKS.to_owned(), format!("/tenant{JWKS}")],
            site => vec![site.path(JWKS)],
        }
    }

    /// The paths of its metadata.
    pub(super) fn metadata_paths(&self) -> Vec<String> {
        match self {
            Self::Own { form, .. } => form.metadata_paths(),
            Self::Behind { tenant, .. } => tenant.metadata_paths().collect(),
        }
    }

    /// Whether it says that the URL of a metadata document can be a client identifier. Before a client under test it does
    /// not, so that the client registers.
    pub(super) const fn takes_metadata_documents(&self) -> bool {
        matches!(self, Self::Own { .. })
    }
}
