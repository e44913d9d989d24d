//! The prompt `mcp>` and the commands it shares with the command line. It reads lines and writes answers; it knows neither
//! terminals nor exit codes.

use std::{fmt::Write as _, io::Write};

use serde_json::{Map, Value};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use crate::{
    session::{CallError, Session, ToolAnswer, ToolSummary},
    text::without_controls,
};

/// What the prompt understands.
pub const HELP: &str = "\
commands:
  list                 show the tools of the server
  call TOOL [JSON]     call a tool, for example: call get_time   or: call add_note {\"text\":\"x\"}
  help                 show this
  quit                 leave";

/// A request a user can make.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show the tools.
    List,
    /// Call a tool.
    Call {
        /// Its name.
        tool: String,
        /// Its arguments.
        arguments: Map<String, Value>,
    },
}

/// Why a command was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No such command.
    #[error("there is no command `{0}`; there are list, call TOOL [JSON], help and quit")]
    Unknown(String),
    /// `call` alone.
    #[error("call needs the name of a tool, for example: call get_time")]
    NoTool,
    /// Arguments that are no JSON.
    #[error("the arguments are not JSON ({0}); an example: call add_note {{\"text\":\"x\"}}")]
    NotJson(String),
    /// JSON, but not an object.
    #[error("the arguments must be a JSON object, for example: call add_note {{\"text\":\"x\"}}")]
    NotAnObject,
    /// Something after a complete command.
    #[error("`{0}` takes nothing more")]
    Excess(&'static str),
}

impl Command {
    /// Reads the words of a command line: `list`, or `call TOOL [JSON]`.
    ///
    /// # Errors
    /// When the words are no command.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Self, CommandError> {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        match words.as_slice() {
            ["list"] => Ok(Self::List),
            ["list", ..] => Err(CommandError::Excess("list")),
            ["call"] => Err(CommandError::NoTool),
            ["call", tool, json @ ..] => {
                Ok(Self::Call { tool: (*tool).to_owned(), arguments: arguments(&json.join(" "))? })
            }
            [other, ..] => Err(CommandError::Unknown(without_controls(other))),
            [] => Err(CommandError::Unknown(String::new())),
        }
    }

    /// Carries the command out and returns what to show, and whether the tool said that it failed.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn run(&self, session: &Session) -> Result<Shown, CallError> {
        match self {
            Self::List => Ok(Shown { text: tools(&session.list_tools().await?), failed: false }),
            Self::Call { tool, arguments } => Ok(answer(&session.call_tool(tool, arguments.clone()).await?)),
        }
    }
}

/// The outcome of a command, fit for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// One or more lines, without the last line break.
    pub text: String,
    /// Whether the tool said that it failed.
    pub failed: bool,
}

fn arguments(json: &str) -> Result<Map<String, Value>, CommandError> {
    if json.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(json) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err(CommandError::NotAnObject),
        Err(error) => Err(CommandError::NotJson(error.to_string())),
    }
}

fn tools(tools: &[ToolSummary]) -> String {
    if tools.is_empty() {
        return "the server has no tools".to_owned();
    }
    let widest = tools.iter().map(|tool| tool.name.chars().count()).max().unwrap_or_default();
    let line = |tool: &ToolSummary| {
        let description = tool.description.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
        without_controls(format!("{:widest$}  {description}", tool.name).trim_end())
    };
    tools.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The text of the tool; its structured result only where there is no text, because the one repeats the other.
fn answer(answer: &ToolAnswer) -> Shown {
    let mut text = if answer.is_error { "the tool failed: ".to_owned() } else { String::new() };
    match &answer.structured {
        Some(structured) if answer.text.is_empty() => {
            // Writing to a string does not fail.
            let _ = write!(text, "{structured:#}");
        }
        _ => text.push_str(&answer.text.join("\n")),
    }
    Shown { text: without_controls(&text), failed: answer.is_error }
}

/// Reads commands until `quit` or the end of the input. A failed command is reported and the next one read.
///
/// # Errors
/// When the input cannot be read or the output not written.
pub async fn run(
    session: &Session,
    mut input: impl AsyncBufRead + Unpin,
    mut output: impl Write,
) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        write!(output, "mcp> ")?;
        output.flush()?;
        line.clear();
        if input.read_until(b'\n', &mut line).await? == 0 {
            return writeln!(output);
        }
        let text = String::from_utf8_lossy(&line);
        match text.trim() {
            "" => {}
            "quit" | "exit" => return Ok(()),
            "help" => writeln!(output, "{HELP}")?,
            command => writeln!(output, "{}", respond(session, command).await)?,
        }
    }
}

async fn respond(session: &Session, line: &str) -> String {
    // The JSON is one piece, whatever spaces it has: only the first two words are split off.
    let words: Vec<&str> = line.splitn(3, char::is_whitespace).map(str::trim).filter(|word| !word.is_empty()).collect();
    match Command::parse(&words) {
        Ok(command) => match command.run(session).await {
            Ok(shown) => shown.text,
            Err(error) => format!("error: {error}"),
        },
        Err(error) => error.to_string(),
    }
}
