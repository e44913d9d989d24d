//! Which drivers and browsers this machine has. Looks at the search path, starts nothing.

use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A kind of driver, and with it a family of browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ChromeDriver, for Chromium and Google Chrome.
    Chrome,
    /// geckodriver, for Firefox.
    Gecko,
}

impl Kind {
    /// The name of the program, as its makers write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chrome => "ChromeDriver",
            Self::Gecko => "geckodriver",
        }
    }

    /// What makes it listen on a port that the system chooses.
    pub(super) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Chrome => &["--port=0"],
            Self::Gecko => &["--port=0", "--websocket-port=0"],
        }
    }

    /// The port, from the line with which the driver says that it listens.
    pub(super) fn port(self, line: &str) -> Option<u16> {
        let before = match self {
            // “Starting ChromeDriver … on port 0” comes first and means nothing.
            Self::Chrome => "started successfully on port ",
            Self::Gecko => "Listening on ",
        };
        let (_, rest) = line.split_once(before)?;
        let digits = match self {
            Self::Chrome => rest,
            Self::Gecko => rest.rsplit_once(':')?.1,
        };
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok().filter(|port| *port != 0)
    }
}

/// A driver program and the browser it is to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) kind: Kind,
    pub(super) driver: PathBuf,
    /// `None` leaves it to the driver to find one.
    pub(super) browser: Option<PathBuf>,
}

/// The drivers on the search path, ChromeDriver first.
pub(super) fn on_path() -> Vec<Program> {
    let path = env::var_os("PATH").unwrap_or_default();
    find(&path)
}

fn find(path: &OsStr) -> Vec<Program> {
    let chrome = || {
        // The headless shell starts in a quarter of the time of the full browser.
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"]
            .iter()
            .find_map(|name| which(path, name))
    };
    let chromedriver =
        which(path, "chromedriver").map(|driver| Program { kind: Kind::Chrome, driver, browser: chrome() });
    let geckodriver = which(path, "geckodriver").map(|driver| Program {
        kind: Kind::Gecko,
        driver,
        browser: which(path, "firefox").or_else(|| which(path, "firefox-esr")),
    });
    chromedriver.into_iter().chain(geckodriver).collect()
}

fn which(path: &OsStr, name: &str) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::fs;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::started(Kind::Chrome, "ChromeDriver was started successfully on port 42345.", Some(42345))]
    #[case::starting(Kind::Chrome, "Starting ChromeDriver 156.0 (refs/8078@{#1704}) on port 0", None)]
    #[case::zero(Kind::Chrome, "ChromeDriver was started successfully on port 0.", None)]
    #[case::gecko(Kind::Gecko, "1700000000000\tgeckodriver\tINFO\tListening on 127.0.0.1:4444", Some(4444))]
    #[case::gecko_v6(Kind::Gecko, "geckodriver INFO Listening on [::1]:4444", Some(4444))]
    #[case::too_big(Kind::Chrome, "started successfully on port 99999", None)]
    #[case::other(Kind::Gecko, "Listening on nothing", None)]
    fn reads_the_port_from_what_a_driver_says(#[case] kind: Kind, #[case] line: &str, #[case] port: Option<u16>) {
        assert_eq!(kind.port(line), port);
    }

    #[test]
    fn prefers_chromedriver_and_the_headless_shell() {
        let folder = folder_with(&["geckodriver", "chromium", "chromedriver", "chromium-headless-shell"]);

        let found = find(folder.path().as_os_str());

        let expected = [
            Program {
                kind: Kind::Chrome,
                driver: folder.path().join("chromedriver"),
                browser: Some(folder.path().join("chromium-headless-shell")),
            },
            Program { kind: Kind::Gecko, driver: folder.path().join("geckodriver"), browser: None },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn passes_over_a_file_that_cannot_be_run() {
        let folder = folder_with(&[]);
        fs::write(folder.path().join("chromedriver"), "").unwrap();

        assert_eq!(find(folder.path().as_os_str()), []);
    }

    fn folder_with(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for program in programs {
            let file = folder.path().join(program);
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }
}
