//! Requirements that no mutant of the reference implementations kills, each with the reason.
//!
//! A mutant can only spoil what the subject has. What the reference server has not is proved able to fail on another
//! subject, or the reason says what is missing for such a proof.

const ELSEWHERE: &str = "the reference server has nothing of it; tests/other_server/ proves that the check can fail";

const WAIVERS: &[(&str, &str)] = &[];

/// The requirements of which a test on another server proves that they can be violated.
pub fn proved_elsewhere() -> impl Iterator<Item = &'static str> {
    WAIVERS.iter().filter(|(_, reason)| *reason == ELSEWHERE).map(|(id, _)| *id)
}

/// Why no mutant kills the requirement with this id, where none need to.
#[must_use]
pub fn waiver(id: &str) -> Option<&'static str> {
    WAIVERS.iter().find(|(waived, _)| *waived == id).map(|(_, reason)| *reason)
}
