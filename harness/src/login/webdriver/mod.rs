//! The login method with a real browser, driven over WebDriver (W3C WebDriver, level 2).
//!
//! Each login has a driver process of its own, with a session, a profile and a folder of its own, in a process group of
//! its own: so logins run side by side, a driver that hangs spoils one login only, and one signal ends everything that
//! was started. The only module that knows the WebDriver library.

mod driver;
mod hosted_login;
mod program;
mod session;
mod view;

pub use session::WebDriver;
