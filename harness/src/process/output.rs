//! What a program prints: its end is kept, and each line is handed on while a reader waits for one.
//!
//! Reads bytes and keeps a bounded number of them, whatever the program prints. What a line means is not known here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How much of what was printed is kept, in bytes.
pub(super) const KEPT: usize = 4 << 10;

/// How long a line may be; what is longer is handed on in pieces.
const LINE: usize = 4 << 10;

/// What is printed to both outputs of one program.
#[derive(Debug, Default)]
pub(super) struct Output {
    kept: Arc<Mutex<VecDeque<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Output {
    /// Reads a stream to its end, so that the program never blocks on a full pipe; hands its lines on to `lines` for as
    /// long as they are received.
    pub(super) fn read(
        &mut self,
        stream: impl AsyncRead + Unpin + Send + 'static,
        lines: Option<mpsc::Sender<String>>,
    ) {
        self.readers.push(tokio::spawn(read(stream, Arc::clone(&self.kept), lines)));
    }

    /// Waits until both streams have ended, each for as long as `patience`.
    pub(super) async fn hear_out(&mut self, patience: Duration) {
        for reader in self.readers.drain(..) {
            let _ = timeout(patience, reader).await;
        }
    }

    /// The end of what was printed, in the order in which it came.
    pub(super) fn last_words(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept.iter().copied().collect::<Vec<_>>()).trim().to_owned()
    }
}

async fn read(
    mut stream: impl AsyncRead + Unpin,
    kept: Arc<Mutex<VecDeque<u8>>>,
    mut lines: Option<mpsc::Sender<String>>,
) {
    let mut buffer = [0; 1024];
    let mut line = Vec::new();
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        keep(&kept, &buffer[..count]);
        let Some(receiver) = &lines else { continue };
        for byte in &buffer[..count] {
            line.push(*byte);
            let is_whole = *byte == b'\n' || line.len() >= LINE;
            if is_whole && receiver.send(text(&mut line)).await.is_err() {
                lines = None;
                break;
            }
        }
    }
    if let Some(receiver) = lines.filter(|_| !line.is_empty()) {
        let _ = receiver.send(text(&mut line)).await;
    }
}

fn keep(kept: &Mutex<VecDeque<u8>>, printed: &[u8]) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.extend(printed);
    let excess = kept.len().saturating_sub(KEPT);
    kept.drain(..excess);
}

fn text(line: &mut Vec<u8>) -> String {
    let text = String::from_utf8_lossy(line).trim_end_matches(['\n', '\r']).to_owned();
    line.clear();
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn lines_of(printed: &'static [u8]) -> (Vec<String>, Output) {
        let (sender, mut receiver) = mpsc::channel(4);
        let mut output = Output::default();
        output.read(printed, Some(sender));
        let mut lines = Vec::new();
        while let Some(line) = receiver.recv().await {
            lines.push(line);
        }
        output.hear_out(Duration::from_secs(10)).await;
        (lines, output)
    }

    #[tokio::test]
    async fn hands_on_each_line_and_the_last_without_an_end() {
        let (lines, output) = lines_of(b"one\r\n\ntwo\nthree").await;

        assert_eq!(lines, ["one", "", "two", "three"]);
        assert_eq!(output.last_words(), "one\r\n\ntwo\nthree");
    }

    #[tokio::test]
    async fn keeps_a_bounded_part_of_a_line_that_never_ends() {
        static ENDLESS: [u8; 1 << 20] = [b'x'; 1 << 20];

        let (lines, output) = lines_of(&ENDLESS).await;

        assert!(lines.iter().all(|line| line.len() <= LINE));
        assert_eq!(output.last_words().len(), KEPT);
    }

    #[tokio::test]
    async fn goes_on_reading_when_the_lines_are_no_longer_received() {
        let (sender, receiver) = mpsc::channel(1);
        let mut output = Output::default();
        drop(receiver);

        output.read(&b"one\ntwo\nthree\n"[..], Some(sender));
        output.hear_out(Duration::from_secs(10)).await;

        assert_eq!(output.last_words(), "one\ntwo\nthree");
    }
}
