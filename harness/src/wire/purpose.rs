//! What a request is for: a value of a type of its sender, from which its label in reports is made.
//!
//! The wire knows no purpose; it carries them, so that recorded traffic is recognised by a value and not by words. Each part of the bench and each room of rules has an enum of its own.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What can be the purpose of a request. Its display is the label of the request, in the words of the feature files.
pub trait Aim: fmt::Display + fmt::Debug + Any + Send + Sync {}

impl<T: fmt::Display + fmt::Debug + Any + Send + Sync> Aim for T {}

/// The purpose of one request.
#[derive(Clone)]
pub struct Purpose(Arc<dyn Aim>);

impl Purpose {
    /// A purpose that can be [asked for](Self::get) by its type.
    #[must_use]
    pub fn new(aim: impl Aim) -> Self {
        Self(Arc::new(aim))
    }

    /// The purpose as a value of this type, if it is one.
    #[must_use]
    pub fn get<T: Aim>(&self) -> Option<&T> {
        let aim: &dyn Any = &*self.0;
        aim.downcast_ref()
    }

    /// Whether the purpose is this value.
    #[must_use]
    pub fn is<T: Aim + PartialEq>(&self, aim: &T) -> bool {
        self.get::<T>() == Some(aim)
    }
}

/// Makes a type one whose values are purposes.
macro_rules! purpose {
    ($type:ty) => {
        impl From<$type> for $crate::wire::Purpose {
            fn from(aim: $type) -> Self {
                Self::new(aim)
            }
        }
    };
}
pub(crate) use purpose;

/// Words that no code has to recognise: what is done to set a scenario up.
#[derive(Clone, Debug)]
struct Words(String);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Purpose {
    fn from(words: &str) -> Self {
        Self::new(Words(words.to_owned()))
    }
}

impl From<&String> for Purpose {
    fn from(words: &String) -> Self {
        Self::from(words.as_str())
    }
}

impl From<String> for Purpose {
    fn from(words: String) -> Self {
        Self::new(Words(words))
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Looking {
        Here,
        There,
    }

    impl fmt::Display for Looking {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("looking")
        }
    }

    #[test]
    fn a_purpose_is_recognised_by_its_value_and_not_by_its_words() {
        let purpose = Purpose::new(Looking::Here);
        assert!(purpose.is(&Looking::Here) && !purpose.is(&Looking::There));
        assert_eq!(purpose.to_string(), "looking");
        assert!(Purpose::from("looking").get::<Looking>().is_none());
    }
}
