//! What several benches play beside the subject: canaries, key sets, third parties, upstream APIs.

mod behind;
mod canary;
mod key_set;
mod third_party;
mod upstream;

pub use canary::{Canary, Nest};
pub use key_set::{KeyDelay, KeySet};
pub use third_party::{THIRD_PARTY_URL, ThirdParty, Turn};
pub use upstream::PlayedUpstream;
