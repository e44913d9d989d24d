//! Tokens that were issued: by one name the same one each time, whoever asks, and however often.

use super::{Cannot, Token};
use crate::token_name::TokenName;
use std::collections::HashMap;
use tokio::sync::Mutex;

/// What was issued, or why it could not be.
#[derive(Debug, Default)]
pub(crate) struct Issued(Mutex<HashMap<TokenName, Result<Token, Cannot>>>);

impl Issued {
    /// What has this name, made by `make` when it is asked for the first time. Others wait until it is there.
    pub(crate) async fn once(
        &self,
        name: &TokenName,
        make: impl Future<Output = Result<Token, Cannot>>,
    ) -> Result<Token, Cannot> {
        let mut issued = self.0.lock().await;
        if let Some(known) = issued.get(name) {
            return known.clone();
        }
        let made = make.await;
        issued.insert(name.clone(), made.clone());
        made
    }
}
