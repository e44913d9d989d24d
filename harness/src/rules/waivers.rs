//! Requirements that no mutant of the reference implementations kills, each with the reason.
//!
//! A mutant can only spoil what the subject has. What the reference server has not is proved able to fail on another
//! subject, or the reason says what is missing for such a proof.

const ELSEWHERE: &str = "the reference server has nothing of it; tests/other_server/ proves that the check can fail";

const WAIVERS: &[(&str, &str)] = &[
    ("EXT-DPOP-06", ELSEWHERE),
    ("EXT-DPOP-07", ELSEWHERE),
    ("EXT-DPOP-08", ELSEWHERE),
    ("EXT-DPOP-09", ELSEWHERE),
    ("EXT-DPOP-10", ELSEWHERE),
    ("EXT-DPOP-11", ELSEWHERE),
    ("EXT-DPOP-12", ELSEWHERE),
    ("RS-ISO-05", ELSEWHERE),
    ("RS-ISO-06", ELSEWHERE),
    ("RS-ISO-07", ELSEWHERE),
    ("RS-ISO-08", ELSEWHERE),
    ("RS-ISO-09", ELSEWHERE),
    ("RS-ISO-10", ELSEWHERE),
    ("RS-JWT-11", ELSEWHERE),
    ("RS-JWT-13", ELSEWHERE),
    ("RS-JWT-18", ELSEWHERE),
    ("RS-LEGACY-06", ELSEWHERE),
    ("RS-PASS-01", ELSEWHERE),
    ("RS-PASS-03", ELSEWHERE),
    ("RS-PASS-05", ELSEWHERE),
    ("RS-PASS-06", ELSEWHERE),
    ("RS-PASS-07", ELSEWHERE),
    ("RS-PROXY-01", ELSEWHERE),
    ("RS-PROXY-02", ELSEWHERE),
    ("RS-PROXY-03", ELSEWHERE),
    ("RS-PROXY-04", ELSEWHERE),
    ("RS-PROXY-05", ELSEWHERE),
    ("RS-PROXY-06", ELSEWHERE),
    ("RS-PROXY-07", ELSEWHERE),
    ("RS-PROXY-08", ELSEWHERE),
    ("RS-SCOPE-03", ELSEWHERE),
    ("RS-TOKEN-10", ELSEWHERE),
    ("RS-TOKEN-11", ELSEWHERE),
];

/// The requirements of which a test on another server proves that they can be violated.
pub fn proved_elsewhere() -> impl Iterator<Item = &'static str> {
    WAIVERS.iter().filter(|(_, reason)| *reason == ELSEWHERE).map(|(id, _)| *id)
}

/// Why no mutant kills the requirement with this id, where none need to.
#[must_use]
pub fn waiver(id: &str) -> Option<&'static str> {
    WAIVERS.iter().find(|(waived, _)| *waived == id).map(|(_, reason)| *reason)
}
