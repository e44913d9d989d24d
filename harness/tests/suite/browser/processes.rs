//! Looks at the processes of this machine (through `/proc`) to see what a login has left behind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use url::Url;

#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) id: i32,
    parent: i32,
    group: i32,
    /// 0 when its leader lives outside this container.
    session: i32,
    name: String,
    command: String,
    is_zombie: bool,
}

impl Process {
    fn read(folder: &Path) -> Option<Self> {
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        let (id, rest) = stat.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        Some(Self {
            id: id.parse().ok()?,
            is_zombie: fields.next()? == "Z",
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
            session: fields.next()?.parse().ok()?,
            name: name.to_owned(),
            command: String::from_utf8_lossy(&fs::read(folder.join("cmdline")).ok()?).replace('\0', " "),
        })
    }

    fn is_watchdog(&self) -> bool {
        self.command.contains(" watchdog ")
    }

    fn is_of_a_browser(&self) -> bool {
        self.name.starts_with("chrom")
    }

    /// A browser, a driver, or what watches over them or over nothing any more: servers that other tests start are
    /// watched over as well. An orphan that has ended waits for the system, not for us.
    fn belongs_to_a_login(&self, all: &[Process]) -> bool {
        let adopted = self.is_zombie && self.parent == 1;
        let is_of_others = |one: &Process| one.group == self.group && !one.is_of_a_browser() && !one.is_watchdog();
        (self.is_of_a_browser() || self.is_watchdog() && !all.iter().any(is_of_others)) && !adopted
    }

    fn is_of_this_run(&self) -> bool {
        Self::read(Path::new("/proc/self")).is_none_or(|own| own.session == self.session)
    }
}

fn of_logins() -> Vec<Process> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<_> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit())))
        .filter_map(|entry| Process::read(&entry.path()))
        .filter(Process::is_of_this_run)
        .collect();
    all.iter().filter(|process| process.belongs_to_a_login(&all)).cloned().collect()
}

/// What is there still, after giving the system five seconds to clear killed processes away.
pub(crate) async fn left() -> Vec<Process> {
    for _ in 0..100 {
        if of_logins().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    of_logins()
}

pub(crate) async fn assert_none_is_left() {
    let left = left().await;
    assert!(left.is_empty(), "{left:#?}");
}

/// Sends a signal to every process of that name.
pub(crate) fn signal(name: &str, signal: Signal) {
    let named: Vec<_> = of_logins().into_iter().filter(|process| process.name.starts_with(name)).collect();
    assert!(!named.is_empty(), "there is a {name}");
    for process in named {
        let _ = kill_process(Pid::from_raw(process.id).unwrap(), signal);
    }
}

/// A driver that was there before.
pub(crate) struct Chromedriver {
    process: Child,
    address: Url,
    _folder: TempDir,
}

impl Chromedriver {
    /// `None` when this machine has none.
    pub(crate) fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned()))?;
        let address = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        Some(Self { process, address, _folder: folder })
    }

    pub(crate) fn address(&self) -> &Url {
        &self.address
    }

    pub(crate) fn id(&self) -> i32 {
        i32::try_from(self.process.id()).unwrap()
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
