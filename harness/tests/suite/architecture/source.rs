//! Source text as a reader of paths sees it: without comments, without the content of strings, without its unit tests.
//!
//! A scanner and no parser: it knows as much of Rust as it takes to find words and paths, and its own tests prove that.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file of the repository.
pub(crate) struct Source {
    /// Below the folder it was looked for in, such as `judge/answer.rs`.
    pub(crate) path: String,
    /// The text as it stands.
    pub(crate) text: String,
    /// The text without comments, strings and unit tests.
    pub(crate) code: String,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All Rust files below a folder of the repository; at least one, or the test that asks looks at nothing.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let folder = root().join(folder);
    let mut paths = Vec::new();
    gather(&folder, &mut paths);
    assert!(!paths.is_empty(), "{} holds no source", folder.display());
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(&folder).unwrap().display().to_string();
            Source { path, code: code(&text), text }
        })
        .collect()
}

fn gather(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_unit_tests(&path) {
            paths.push(path);
        }
    }
}

/// Unit tests that were given a file of their own.
fn is_unit_tests(path: &Path) -> bool {
    path.ends_with("tests.rs") && path.components().any(|part| part.as_os_str() == "src")
}

impl Source {
    /// Whether the code has this word, or this path at the beginning of a path.
    pub(crate) fn mentions(&self, path: &str) -> bool {
        mentions(&self.code, path)
    }

    /// The items directly below `path` that the code names: `a` and `b` for `path::{a, b::c}`.
    pub(crate) fn below(&self, path: &str) -> BTreeSet<String> {
        below(&self.code, path)
    }

    /// The functions with this attribute, each behind the imports of its file, because names are read by those.
    pub(crate) fn functions<'a>(&'a self, attribute: &'a str) -> impl Iterator<Item = Source> + 'a {
        let begin = format!("#[{attribute}(");
        let imports: String = self.code.split_inclusive(';').filter(|item| item.trim().starts_with("use ")).collect();
        let bodies: Vec<String> = self
            .code
            .split(&begin)
            .skip(1)
            .map(|rest| rest.split_inclusive("\n}").next().unwrap_or_default().to_owned())
            .collect();
        bodies.into_iter().map(move |body| Source {
            path: self.path.clone(),
            text: String::new(),
            code: format!("{}{begin}{body}", used_imports(&imports, &body)),
        })
    }

    /// The module of the crate that the file belongs to: `judge` for `judge/url.rs`, `run` for `run.rs`.
    pub(crate) fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

/// The imports of which the body mentions a word, so that what another function needs is not held against this one.
fn used_imports(imports: &str, body: &str) -> String {
    let names = |item: &str| -> Vec<String> {
        item.split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut used = String::new();
    for item in imports.split_inclusive(';') {
        let Some((path, group)) = item.trim().trim_end_matches(';').rsplit_once("::") else { continue };
        for name in names(group).into_iter().filter(|name| mentions(body, name)) {
            used.push_str(&format!("{path}::{name};\n"));
        }
    }
    used
}

fn mentions(code: &str, path: &str) -> bool {
    occurrences(code, path).next().is_some()
}

/// Where `path` stands as a whole: no part of a longer word, and not at the end of a longer path.
fn occurrences<'a>(code: &'a str, path: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(path).map(|(at, _)| at).filter(move |at| {
        let before = &code[..*at];
        let after = &code[at + path.len()..];
        !before.ends_with(part) && !after.starts_with(part) && !before.ends_with("::")
    })
}

fn below(code: &str, path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for at in occurrences(code, path) {
        let Some(rest) = code[at + path.len()..].strip_prefix("::") else { continue };
        match rest.strip_prefix('{') {
            Some(group) => found.extend(members(group)),
            None => found.extend(word(rest)),
        }
    }
    found
}

/// The first words of the members of a group whose brace is open.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut member, mut members) = (0, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => members.push(std::mem::take(&mut member)),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                member.push(c);
            }
        }
    }
    members.push(member);
    members.iter().filter_map(|member| word(member.trim())).collect()
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// Unit tests stand at the end of a file, behind this line.
const UNIT_TESTS: &str = "#[cfg(test)]";

fn code(text: &str) -> String {
    let text = text.find(UNIT_TESTS).map_or(text, |at| &text[..at]);
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r\"") || rest.starts_with("r#\"") {
            raw_string(rest)
        } else if c == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2)
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

fn raw_string(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = 2 + hashes;
    text[begin..].find(&end).map_or(text.len(), |at| begin + at + end.len())
}

mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::in_code("use reqwest::Client;", true)]
    #[case::in_a_group("use {std::fs, reqwest::Client};", true)]
    #[case::in_a_line_comment("// reqwest::Client\nfn f() {}", false)]
    #[case::in_a_block_comment("/* reqwest::Client */ fn f() {}", false)]
    #[case::in_a_string("let a = \"reqwest::Client \\\" reqwest\";", false)]
    #[case::in_a_raw_string("let a = r#\"reqwest::Client \" \"#;", false)]
    #[case::behind_a_quoted_quote("let a = '\"'; reqwest::get(\"\")", true)]
    #[case::in_a_longer_word("my_reqwest::Client", false)]
    #[case::at_the_end_of_a_longer_path("crate::reqwest::Client", false)]
    #[case::in_unit_tests("fn f() {}\n#[cfg(test)]\nmod tests { use reqwest::Client; }", false)]
    fn a_path_is_found_where_it_is_code(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(mentions(&code(text), "reqwest"), expected);
    }

    #[test]
    fn a_function_is_read_with_the_imports_it_uses() {
        let text = "use a::judge::{one, two};\n#[when(\"x\")]\nfn f() {\n    one();\n}\n\nfn helper() {\n    two();\n}\n\n#[then(\"y\")]\nfn g() {\n    two();\n}\n";
        let file = Source { path: String::new(), text: String::new(), code: code(text) };
        let found =
            |attribute| file.functions(attribute).map(|function| function.below("a::judge")).collect::<Vec<_>>();
        assert_eq!(found("when"), [BTreeSet::from(["one".to_owned()])]);
        assert_eq!(found("then"), [BTreeSet::from(["two".to_owned()])]);
    }

    #[rstest]
    #[case::one("use crate::judge::answer;", &["judge"])]
    #[case::a_group("use crate::{judge::{a, b}, bench, self};", &["bench", "judge", "self"])]
    #[case::in_an_expression("fn f() { crate::rig::up() }", &["rig"])]
    #[case::not_the_crate_itself("pub(crate) fn f() {}", &[])]
    fn what_stands_below_a_path_is_found(#[case] text: &str, #[case] expected: &[&str]) {
        let found = below(&code(text), "crate");
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
