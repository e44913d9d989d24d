//! From the tree of a page to its title, its forms with all that belongs to them, and its links.
//!
//! Goes through the tree once. What it finds are facts about HTML; which of them matter is not known here.

use std::collections::HashMap;

use scraper::ElementRef;

use super::form::{Control, ControlKind, ElementId, Form};
use super::page::Link;
use super::text::{folded, name_of};
use super::tree::{Met, Node, walk};

/// Title, forms and links of the page with this root; `owners` has the forms of what the parser gave to one.
pub(super) fn read(root: ElementRef<'_>, owners: &HashMap<Node, Node>) -> (String, Vec<Form>, Vec<Link>) {
    let mut reader = Reader::default();
    walk(root, |met| match met {
        Met::Begin(element) => reader.begin(element, owners),
        Met::End(element) => {
            reader.end(element);
            true
        }
        Met::Text(_) => true,
    });
    reader.finish()
}

#[derive(Default)]
struct Reader<'t> {
    title: Option<String>,
    forms: Vec<Form>,
    links: Vec<Link>,
    /// Where in `forms` a form is.
    places: HashMap<Node, usize>,
    by_id: HashMap<&'t str, Node>,
    fields: Vec<Field<'t>>,
    /// The forms that the reader is inside of.
    open_forms: Vec<Node>,
    /// The labels that it is inside of, with whether they have their control yet: the first one is theirs.
    open_labels: Vec<(ElementRef<'t>, bool)>,
    /// What the labels say that name their control.
    labels_for: HashMap<&'t str, Vec<String>>,
}

/// A control, and where it was met.
struct Field<'t> {
    element: ElementRef<'t>,
    form: Option<Node>,
    labels: Vec<String>,
}

impl<'t> Reader<'t> {
    /// Whether what is inside is to be read.
    fn begin(&mut self, element: ElementRef<'t>, owners: &HashMap<Node, Node>) -> bool {
        let node = element.id();
        match element.value().name() {
            // Only a script makes something of it.
            "template" => return element.attr("shadowrootmode").is_some(),
            "title" if self.title.is_none() => self.title = Some(folded(&element.text().collect::<String>())),
            "a" => {
                let link = |href: &str| Link { href: href.to_owned(), text: name_of(element) };
                self.links.extend(element.attr("href").map(link));
            }
            "form" => {
                self.places.insert(node, self.forms.len());
                self.forms.push(form(element));
                self.by_id.extend(element.attr("id").filter(|id| !self.by_id.contains_key(id)).map(|id| (id, node)));
                self.open_forms.push(node);
            }
            "label" => match element.attr("for") {
                Some(id) => self.labels_for.entry(id).or_default().push(name_of(element)),
                None => self.open_labels.push((element, false)),
            },
            "input" | "button" | "select" | "textarea" => {
                let form = owners.get(&node).or(self.open_forms.last()).copied();
                let labels = if kind(element) == ControlKind::Hidden { Vec::new() } else { self.labels_around() };
                self.fields.push(Field { element, form, labels });
            }
            _ => {}
        }
        true
    }

    fn end(&mut self, element: ElementRef<'t>) {
        if self.open_forms.last() == Some(&element.id()) {
            self.open_forms.pop();
        }
        if self.open_labels.last().is_some_and(|(label, _)| *label == element) {
            self.open_labels.pop();
        }
    }

    /// What the labels say of which the next control is the first.
    fn labels_around(&mut self) -> Vec<String> {
        let free = self.open_labels.iter_mut().filter(|(_, has_control)| !has_control);
        free.map(|(label, has_control)| {
            *has_control = true;
            name_of(*label)
        })
        .collect()
    }

    fn finish(mut self) -> (String, Vec<Form>, Vec<Link>) {
        for Field { element, form, labels: mut names } in self.fields {
            let form = match element.attr("form") {
                Some(id) => self.by_id.get(id).copied(),
                None => form,
            };
            let Some(place) = form.and_then(|form| self.places.get(&form)) else { continue };
            let naming = element.attr("id").and_then(|id| self.labels_for.get(id));
            names.extend(naming.into_iter().flatten().cloned());
            self.forms[*place].controls.push(control(element, names));
        }
        (self.title.unwrap_or_default(), self.forms, self.links)
    }
}

fn form(element: ElementRef<'_>) -> Form {
    let is = |name: &str, value: &str| element.attr(name).is_some_and(|found| found.trim().eq_ignore_ascii_case(value));
    Form {
        id: ElementId(element.id()),
        action: element.attr("action").filter(|action| !action.trim().is_empty()).map(str::to_owned),
        is_post: is("method", "post"),
        has_other_encoding: is("enctype", "multipart/form-data") || is("enctype", "text/plain"),
        controls: Vec::new(),
    }
}

fn control(element: ElementRef<'_>, labels: Vec<String>) -> Control {
    let attribute = |name: &str| element.attr(name).map(str::to_owned);
    let kind = kind(element);
    let value = attribute("value").unwrap_or_default();
    let text = match element.value().name() {
        "button" => name_of(element),
        "input" if matches!(kind, ControlKind::Submit | ControlKind::OtherButton) => folded(&value),
        _ => String::new(),
    };
    let mut names = labels;
    names.extend([attribute("aria-label"), attribute("placeholder")].into_iter().flatten());
    if matches!(kind, ControlKind::Submit | ControlKind::OtherButton) {
        names.extend([text.clone(), value.clone()]);
    }
    Control {
        id: ElementId(element.id()),
        kind,
        name: attribute("name").filter(|name| !name.is_empty()),
        is_disabled: element.attr("disabled").is_some(),
        preset: preset(element, kind),
        value,
        text,
        names,
    }
}

fn kind(element: ElementRef<'_>) -> ControlKind {
    let kind = element.attr("type").unwrap_or_default().to_ascii_lowercase();
    match (element.value().name(), kind.as_str()) {
        ("select", _) => ControlKind::Select,
        ("textarea", _) => ControlKind::TextArea,
        ("button", "button" | "reset") => ControlKind::OtherButton,
        ("button", _) | (_, "submit") => ControlKind::Submit,
        (_, "button" | "reset" | "image") => ControlKind::OtherButton,
        (_, "password") => ControlKind::Password,
        (_, "email") => ControlKind::Email,
        (_, "hidden") => ControlKind::Hidden,
        (_, "checkbox") => ControlKind::Checkbox,
        (_, "radio") => ControlKind::Radio,
        (_, "file") => ControlKind::File,
        (
            _,
            "tel" | "url" | "search" | "number" | "range" | "color" | "date" | "month" | "week" | "time"
            | "datetime-local",
        ) => ControlKind::OtherText,
        _ => ControlKind::Text,
    }
}

/// What is sent of a control when the user leaves it as it is.
fn preset(element: ElementRef<'_>, kind: ControlKind) -> Vec<String> {
    use ControlKind::{Checkbox, File, OtherButton, Radio, Select, Submit, TextArea};
    let value = element.attr("value").map(str::to_owned);
    match kind {
        Submit | OtherButton | File => Vec::new(),
        Checkbox | Radio if element.attr("checked").is_none() => Vec::new(),
        Checkbox | Radio => vec![value.unwrap_or_else(|| "on".to_owned())],
        TextArea => vec![element.text().collect()],
        Select => chosen(element),
        _ => vec![value.unwrap_or_default()],
    }
}

/// The values of the options that are chosen from the beginning.
fn chosen(select: ElementRef<'_>) -> Vec<String> {
    let options = select.descendent_elements().filter(|element| element.value().name() == "option");
    let options: Vec<_> = options.filter(|option| option.attr("disabled").is_none()).collect();
    let value = |option: &ElementRef<'_>| match option.attr("value") {
        Some(value) => value.to_owned(),
        None => name_of(*option),
    };
    let selected: Vec<_> = options.iter().filter(|option| option.attr("selected").is_some()).map(value).collect();
    match (select.attr("multiple"), selected.last()) {
        (Some(_), _) => selected,
        (None, Some(last)) => vec![last.clone()],
        (None, None) => options.first().map(value).into_iter().collect(),
    }
}
