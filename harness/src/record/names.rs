//! How verdicts, severities, roles, revisions, keywords and ids stand in a record: by the names that reports have for
//! them, and read back by the same names.
//!
//! The names are those that the types themselves have; none is spelled here. The types do not know that there are
//! records.

use crate::catalogue::{Keyword, RequirementId, Revision, Role};
use crate::findings::{Severity, Verdict};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// All severities, mildest first.
const SEVERITIES: [Severity; 6] =
    [Severity::None, Severity::Note, Severity::Warning, Severity::Incomplete, Severity::Failure, Severity::Error];

/// Writes a type by its name, and finds it among all that there are when it is read.
macro_rules! by_name {
    ($type:ty, $kind:literal, $all:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                let found = $all.into_iter().find(|known| known.as_str() == name);
                found.ok_or_else(|| unknown($kind, &name, &$all.map(<$type>::as_str)))
            }
        }
    };
}

by_name!(Verdict, "verdict", Verdict::ALL);
by_name!(Severity, "severity", SEVERITIES);
by_name!(Role, "role", Role::ALL);
by_name!(Revision, "revision", Revision::ALL);
by_name!(Keyword, "keyword", Keyword::ALL);

fn unknown<E: Error>(kind: &str, name: &str, known: &[&str]) -> E {
    let known = match known {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        all => all.concat(),
    };
    E::custom(format_args!("unknown {kind} `{name}`; known are {known}"))
}

impl Serialize for RequirementId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RequirementId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format_args!("`{text}` is no id of a requirement")))
    }
}

/// Writes a map in the order of the names of the roles, which is not that of the roles.
pub(super) fn sorted_by_name<S: Serializer>(map: &BTreeMap<Role, String>, serializer: S) -> Result<S::Ok, S::Error> {
    let by_name: BTreeMap<_, _> = map.iter().map(|(role, text)| (role.as_str(), text)).collect();
    by_name.serialize(serializer)
}
