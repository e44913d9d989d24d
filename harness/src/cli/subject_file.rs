//! The subject file: what an operator declares of a server, as TOML; read with errors that help, and written as a first
//! draft from what a server offers.

use super::credential_file::refuse_secrets;
use super::mismatch::Mismatch;
use crate::declared::Subject;
use crate::setup::subject::RaisedSubject;
use std::fmt::Write as _;
use std::path::Path;

/// Reads a subject file.
pub(super) fn read(path: &Path) -> Result<Subject, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Result<Subject, String> {
    refuse_secrets(text)?;
    toml::from_str(text).map_err(|error| {
        let message = error.to_string();
        let mismatch = text.parse().ok().and_then(|document| Mismatch::find::<Subject>(&document));
        match mismatch.and_then(|mismatch| mismatch.suggestion()) {
            Some(suggestion) => format!("{}\n{suggestion}", message.trim_end()),
            None => message.trim_end().to_owned(),
        }
    })
}

/// A first subject file for the server, with what could not be seen as comments.
pub(super) fn draft(raised: &RaisedSubject) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let list = |items: &[String]| format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "));
    let server = raised.bench.server.as_ref();
    let mut out = String::from("# What an operator declares of an MCP server; every key may be left out.\n\n");
    let mut line = |text: String| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{text}");
    };
    if let Some(refusal) = &raised.inside.refusal {
        let refusal = refusal.replace(char::is_control, " ");
        line(format!("# BEWARE: the server refused the valid token ({refusal}), so its tools could not be seen and"));
        line("# most of this file is empty. Mend that first, and write the file anew.\n".to_owned());
    }
    line("# What reports call it.\nname = \"MCP server\"\n".to_owned());
    line(
        "# The audience that valid tokens name, if not what the server's metadata says; {endpoint} and {origin} are"
            .to_owned(),
    );
    line("# replaced here and in scopes.\n# resource = \"{endpoint}\"\n".to_owned());
    line("# The scopes that every request needs; those that the server names are listed.".to_owned());
    line(format!("base_scopes = {}\n", list(&raised.outside.scopes)));
    line("# Operations that everybody may use. Those that were answered without a token are listed; take out what is not".to_owned());
    line("# meant to be public.".to_owned());
    line(format!("public_operations = {}\n", list(&raised.outside.public)));
    line("# A protected tool that can be called without consequence.".to_owned());
    match server.map(|server| &server.tool).filter(|tool| !tool.is_unknown()) {
        Some(tool) => line(format!("[protected]\nname = {}\narguments = {{}}\n", quoted(&tool.name))),
        None => line("# [protected]\n# name = \"…\"\n# arguments = {}\n".to_owned()),
    }
    line(
        "# A tool with an effect, and one that shows it; {marker} is replaced by a text that occurs nowhere else."
            .to_owned(),
    );
    line(
        "# [effect.call]\n# name = \"…\"\n# arguments = { text = \"{marker}\" }\n# [effect.read]\n# name = \"…\"\n"
            .to_owned(),
    );
    line("# Operations that need more scopes than every request does.".to_owned());
    line("# [[operations]]\n# name = \"…\"\n# scopes = []\n# call = { name = \"…\", arguments = {} }\n".to_owned());
    line("# The tools that the server offers:".to_owned());
    for tool in &raised.inside.tools {
        let description =
            tool.description.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let name: String = tool.name.chars().filter(|letter| !letter.is_control()).collect();
        let description: String = description.chars().filter(|letter| !letter.is_control()).take(100).collect();
        line(format!("#   {name}: {description}"));
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_that_names_the_nearest() {
        let error = parse("base_scope = [\"openid\"]").unwrap_err();
        assert!(error.contains("did you mean `base_scopes`?"), "{error}");
        let error = parse("[protected]\nname = \"a\"\nargument = {}").unwrap_err();
        assert!(error.contains("did you mean `arguments`?"), "{error}");
    }

    #[test]
    fn reads_what_is_declared() {
        let subject = parse("resource = \"http://h/\"\n[protected]\nname = \"whoami\"").unwrap();
        assert_eq!(subject.resource.as_deref(), Some("http://h/"));
        assert_eq!(subject.protected.unwrap().name, "whoami");
    }
}
