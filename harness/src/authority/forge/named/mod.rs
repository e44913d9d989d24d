//! Every forgery by the name that the feature files use, with the one thing that is wrong about it; a file for each
//! thing that can be wrong.

mod audience;
mod bound;
mod machine;
mod signature;
mod string;
mod time;
mod upstream;

use super::{Draft, Facts};

/// A named way to make a token wrong.
pub struct Forgery {
    /// The name in the feature files.
    pub name: &'static str,
    /// Changes the one thing.
    pub alter: fn(&mut Draft, &Facts),
}

/// A resource that is not the subject.
pub const OTHER_RESOURCE: &str = "https://other.example/mcp";

/// The forgery with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Forgery> {
    all().find(|forgery| forgery.name == name)
}

const fn forgery(name: &'static str, alter: fn(&mut Draft, &Facts)) -> Forgery {
    Forgery { name, alter }
}

/// All forgeries.
pub fn all() -> impl Iterator<Item = &'static Forgery> {
    [
        time::FORGERIES,
        signature::FORGERIES,
        audience::FORGERIES,
        string::FORGERIES,
        bound::FORGERIES,
        machine::FORGERIES,
        upstream::FORGERIES,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_name_stands_twice() {
        let names: HashSet<_> = all().map(|forgery| forgery.name).collect();
        assert_eq!(names.len(), all().count());
    }
}
