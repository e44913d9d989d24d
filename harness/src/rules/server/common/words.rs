//! Values that the feature files name by words: the words stand here once, for the step that reads them and for the label
//! that repeats them. Nothing is decided by the words; what is decided, is decided by the values.

/// Words that stand for no value that a step knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is nothing that this step knows")]
pub(crate) struct UnknownWords(pub(crate) String);

/// Makes an enum each of whose values has words.
macro_rules! worded {
    ($(#[$about:meta])* $type:ident { $($(#[$meaning:meta])* $value:ident = $words:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $type {
            $($(#[$meaning])* $value,)+
        }

        impl $type {
            /// The words for it.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $words,)+
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::rules::server::common::words::UnknownWords;

            fn from_str(words: &str) -> Result<Self, Self::Err> {
                match words {
                    $($words => Ok(Self::$value),)+
                    other => Err($crate::rules::server::common::words::UnknownWords(other.to_owned())),
                }
            }
        }
    };
}
pub(crate) use worded;

#[cfg(test)]
mod tests {
    use super::*;

    worded! {
        /// Something to have words for.
        Colour {
            /// One of two.
            Red = "red as a rose",
            /// The other one.
            Blue = "blue as the sea",
        }
    }

    #[test]
    fn words_stand_for_one_value_and_others_for_none() {
        assert_eq!("red as a rose".parse(), Ok(Colour::Red));
        assert_eq!(Colour::Blue.to_string(), "blue as the sea");
        assert_eq!("green".parse::<Colour>(), Err(UnknownWords("green".to_owned())));
    }
}
