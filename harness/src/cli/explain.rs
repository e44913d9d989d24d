//! `harness explain`: one requirement in full, for the author of a subject that breaks it: why it exists, what is sent,
//! what passes, how to fix it, and where it is written.
//!
//! Shows what the features say and adds nothing of its own: no verdict and no advice.

use super::args::find;
use super::stop::Stop;
use super::terminal::{Colour, print};
use crate::catalogue::{Catalogue, Examples, Glossary, Keyword, Probe, Requirement, Revision, Span, glossary, link};
use crate::exit::Exit;
use crate::report::Look;
use crate::report::text::{BOLD, DIM, RED, YELLOW, line, paint, wrapped};
use clap::Args;
use std::fmt::Write as _;

/// The widest that prose is set; longer lines are hard to read.
const WIDEST: usize = 80;

const COLUMN: usize = 12;

const ID_WIDTH: usize = 18;

#[derive(Clone, Debug, Args)]
pub(super) struct ExplainArgs {
    /// The id, such as RS-TOKEN-08
    id: String,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Colour,
}

/// Prints the explanation of the requirement that is asked for.
pub(super) fn explain(catalogue: &Catalogue, args: &ExplainArgs) -> Result<Exit, Stop> {
    let requirement = find(catalogue, &args.id).map_err(Stop::usage)?;
    print(&explanation(requirement, catalogue, &glossary(), args.color.look()));
    Ok(Exit::Met)
}

/// The explanation of a requirement.
fn explanation(requirement: &Requirement, catalogue: &Catalogue, glossary: &Glossary, look: Look) -> String {
    let look = Look { width: look.width.min(WIDEST), ..look };
    let mut page = Page { text: String::new(), glossary, look };
    page.title(requirement);
    page.keywords(requirement);
    page.prose("Why", &requirement.why);
    page.sent(&requirement.probes);
    page.passes(&requirement.probes);
    page.prose("Note", &requirement.note);
    page.prose("How to fix", &requirement.fix);
    page.relations(requirement, catalogue);
    page.sources(requirement);
    page.text
}

struct Page<'a> {
    text: String,
    glossary: &'a Glossary,
    look: Look,
}

impl Page<'_> {
    fn title(&mut self, requirement: &Requirement) {
        let id = paint(self.look, BOLD, requirement.id.as_str());
        let _ = writeln!(self.text, "{id}  binds the {}", requirement.role);
        for row in wrapped(&requirement.title, self.look.width) {
            let _ = writeln!(self.text, "{}", paint(self.look, BOLD, &row));
        }
    }

    fn keywords(&mut self, requirement: &Requirement) {
        let heads: String = Revision::ALL.iter().map(|revision| format!("{revision:<COLUMN$}")).collect();
        let words: String = Revision::ALL.iter().map(|revision| self.keyword(requirement.keyword(*revision))).collect();
        let _ = writeln!(self.text, "\n  {}\n  {}", paint(self.look, DIM, heads.trim_end()), words.trim_end());
        if requirement.derived {
            self.line("  ", "Derived: it follows from its sources without standing in them. Breaking it is a finding.");
        }
    }

    fn keyword(&self, keyword: Option<Keyword>) -> String {
        let word = keyword.map_or_else(|| "-".to_owned(), |keyword| keyword.to_string());
        let colour = match keyword {
            None => DIM,
            Some(keyword) if keyword.is_binding() => RED,
            Some(_) => YELLOW,
        };
        let padding = COLUMN.saturating_sub(word.len());
        format!("{}{:padding$}", paint(self.look, colour, &word), "")
    }

    fn heading(&mut self, heading: &str) {
        let _ = writeln!(self.text, "\n{}", paint(self.look, BOLD, heading));
    }

    fn line(&mut self, lead: &str, content: &str) {
        line(&mut self.text, self.look, lead, content);
    }

    fn prose(&mut self, heading: &str, prose: &str) {
        if !prose.is_empty() {
            self.heading(heading);
            self.line("  ", prose);
        }
    }

    fn sent(&mut self, probes: &[Probe]) {
        self.heading("What the harness sends");
        for probe in probes {
            self.line("  ", &format!("{}{}", probe.name, at(probe.span)));
            for (index, given) in probe.given.iter().enumerate() {
                self.line(if index == 0 { "    first  " } else { "    and    " }, given);
            }
            let lead = if probe.given.is_empty() { "    only   " } else { "    then   " };
            for when in &probe.when {
                self.line(lead, when);
            }
            for examples in &probe.examples {
                self.examples(examples);
            }
        }
    }

    fn examples(&mut self, examples: &Examples) {
        let names: Vec<_> = examples.columns.iter().map(|column| format!("<{column}>")).collect();
        let name = if examples.name.is_empty() { String::new() } else { format!("{}, ", examples.name) };
        let span = at(examples.span);
        let verb = if names.len() == 1 { "is" } else { "are" };
        self.line("    ", &format!("{name}{} {verb} in turn{span}", names.join(" and ")));
        for row in &examples.rows {
            let said = match row.as_slice() {
                [only] => self.explained(only),
                several => {
                    let named =
                        examples.columns.iter().zip(several).map(|(column, value)| format!("{column}: {value}"));
                    named.collect::<Vec<_>>().join("; ")
                }
            };
            self.line("      - ", &said);
        }
    }

    /// What must hold, once for all scenarios in which it is the same.
    fn passes(&mut self, probes: &[Probe]) {
        self.heading("What passes");
        let mut groups: Vec<(&[String], Vec<&str>)> = Vec::new();
        for probe in probes {
            match groups.iter_mut().find(|(then, _)| *then == probe.then) {
                Some((_, names)) => names.push(&probe.name),
                None => groups.push((&probe.then, vec![&probe.name])),
            }
        }
        let alone = groups.len() == 1;
        for (then, names) in groups {
            if !alone {
                self.line("  ", &names.join("; "));
            }
            for said in then {
                self.line(if alone { "  - " } else { "    - " }, &self.explained(said));
            }
        }
    }

    fn explained(&self, phrase: &str) -> String {
        match self.glossary.meaning(phrase) {
            Some(meaning) => format!("{phrase}: {}", meaning.trim_start_matches("nothing: ")),
            None => phrase.to_owned(),
        }
    }

    /// Which rules' breaches explain a breach of this one, and which are explained by it.
    fn relations(&mut self, requirement: &Requirement, catalogue: &Catalogue) {
        let following = catalogue.requirements().iter().filter(|other| other.follows.contains(&requirement.id));
        let following: Vec<_> = following.collect();
        let followed: Vec<_> = requirement.follows.iter().filter_map(|id| catalogue.find(id.as_str())).collect();
        if following.is_empty() && followed.is_empty() {
            return;
        }
        self.heading("Told as one cause");
        if !followed.is_empty() {
            self.line("  ", "When one of these is violated too, what violates this rule follows from it:");
            followed.iter().for_each(|other| self.named(other));
        }
        if !following.is_empty() {
            self.line("  ", "When this rule is violated, what violates one of these follows from it:");
            following.iter().for_each(|other| self.named(other));
        }
    }

    fn named(&mut self, other: &Requirement) {
        self.line(&format!("    {:ID_WIDTH$}", other.id), &other.title);
    }

    fn sources(&mut self, requirement: &Requirement) {
        self.heading("It rests on");
        for source in &requirement.sources {
            self.line("  ", source);
            if let Some(address) = link(source) {
                // An address is never wrapped, or it could not be followed.
                let _ = writeln!(self.text, "    {}", paint(self.look, DIM, &address));
            }
        }
        let _ = writeln!(self.text, "\nfeatures/{}", requirement.place);
    }
}

fn at(span: Span) -> String {
    if span == Span::ALL { String::new() } else { format!(" ({span})") }
}
