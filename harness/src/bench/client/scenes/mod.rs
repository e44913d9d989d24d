//! All scenes, a file a topic: an entry there is all that a new scene or trap takes.

macro_rules! scenes {
    ($($(#[$doc:meta])* $name:ident = $scene:expr;)*) => {
        $($(#[$doc])* pub static $name: Scene = $scene;)*

        pub(super) static ALL: &[&Scene] = &[$(&$name),*];
    };
}

pub mod binding;
pub mod honest;

use super::scene::Scene;

/// Every scene.
pub fn all() -> impl Iterator<Item = &'static Scene> {
    [honest::ALL, binding::ALL].into_iter().flatten().copied()
}

/// The scene with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scene> {
    all().find(|scene| scene.name == name)
}
