//! A page as a tree of elements, made by the rules that browsers have for it, and within [limits](super::limits).
//!
//! Knows the parser and its tree. Which elements are forms or fields is not known here; only to which form the parser
//! says that an element belongs, because in broken markup that cannot be seen in the tree.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{Attribute, ElementFlags, NodeOrText, QualName, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use scraper::{ElementRef, Html, HtmlTreeSink};

use super::limits::{DEPTH, ELEMENTS, readable};

/// Which element of a page it is.
pub(super) type Node = <HtmlTreeSink as TreeSink>::Handle;

/// A page that was read.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// The elements.
    pub(super) html: Html,
    /// The forms of the elements that the parser gave to one.
    pub(super) forms: HashMap<Node, Node>,
}

impl Tree {
    /// Reads a page. Takes anything: what is no HTML is a page with text.
    pub(super) fn read(text: &str) -> Self {
        // The harness runs no script, so what stands there for browsers without scripts is part of the page.
        let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let builder = Bounded(TreeBuilder::new(Sink::new(), options));
        let tokenizer = Tokenizer::new(builder, TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(readable(text)));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.0.sink.finish()
    }

    /// The element that holds all others.
    pub(super) fn root(&self) -> Option<ElementRef<'_>> {
        self.html.tree.root().children().find_map(ElementRef::wrap)
    }

    /// An element of this page.
    pub(super) fn element(&self, node: Node) -> Option<ElementRef<'_>> {
        self.html.tree.get(node).and_then(ElementRef::wrap)
    }
}

/// Builds a tree until it is full, and takes no notice of what comes then.
struct Bounded(TreeBuilder<Node, Sink>);

impl TokenSink for Bounded {
    type Handle = Node;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Node> {
        if self.0.sink.is_full.get() && token != Token::EOFToken {
            return TokenSinkResult::Continue;
        }
        self.0.process_token(token, line)
    }

    fn end(&self) {
        self.0.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.0.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Scraper's tree, with an eye on its size and on the forms of elements.
struct Sink {
    tree: HtmlTreeSink,
    forms: RefCell<HashMap<Node, Node>>,
    depths: RefCell<HashMap<Node, usize>>,
    is_full: Cell<bool>,
}

impl Sink {
    fn new() -> Self {
        Self {
            tree: HtmlTreeSink::new(Html::new_document()),
            forms: RefCell::default(),
            depths: RefCell::default(),
            is_full: Cell::new(false),
        }
    }

    fn depth(&self, node: &Node) -> usize {
        self.depths.borrow().get(node).copied().unwrap_or_default()
    }

    fn note(&self, node: Node, depth: usize) {
        let mut depths = self.depths.borrow_mut();
        depths.insert(node, depth);
        if depth > DEPTH || depths.len() > ELEMENTS {
            self.is_full.set(true);
        }
    }

    fn note_child(&self, child: &NodeOrText<Node>, depth: usize) {
        if let NodeOrText::AppendNode(node) = child {
            self.note(*node, depth);
        }
    }
}

impl TreeSink for Sink {
    type Handle = Node;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        Tree { html: self.tree.finish(), forms: self.forms.into_inner() }
    }

    fn parse_error(&self, error: Cow<'static, str>) {
        self.tree.parse_error(error);
    }

    fn get_document(&self) -> Node {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a Node) -> Ref<'a, QualName> {
        self.tree.elem_name(target)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Node {
        self.tree.create_element(name, attributes, flags)
    }

    fn create_comment(&self, text: StrTendril) -> Node {
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Node {
        self.tree.create_pi(target, data)
    }

    fn append(&self, parent: &Node, child: NodeOrText<Node>) {
        self.note_child(&child, self.depth(parent) + 1);
        self.tree.append(parent, child);
    }

    fn append_based_on_parent_node(&self, element: &Node, previous: &Node, child: NodeOrText<Node>) {
        self.note_child(&child, self.depth(element).max(self.depth(previous) + 1));
        self.tree.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.tree.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &Node) -> Node {
        let contents = self.tree.get_template_contents(target);
        self.note(contents, self.depth(target) + 1);
        contents
    }

    fn same_node(&self, one: &Node, other: &Node) -> bool {
        self.tree.same_node(one, other)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &Node, child: NodeOrText<Node>) {
        self.note_child(&child, self.depth(sibling));
        self.tree.append_before_sibling(sibling, child);
    }

    /// A second `<html>` or `<body>` adds nothing that is read here, and a page may have a hundred thousand of them.
    fn add_attrs_if_missing(&self, _target: &Node, _attributes: Vec<Attribute>) {}

    fn associate_with_form(&self, target: &Node, form: &Node, _places: (&Node, Option<&Node>)) {
        self.forms.borrow_mut().insert(*target, *form);
    }

    fn remove_from_parent(&self, target: &Node) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &Node, parent: &Node) {
        self.tree.reparent_children(node, parent);
    }

    fn allow_declarative_shadow_roots(&self, _parent: &Node) -> bool {
        false
    }
}

/// What is met on the way through a tree.
pub(super) enum Met<'t> {
    /// An element begins.
    Begin(ElementRef<'t>),
    /// An element that was gone into ends.
    End(ElementRef<'t>),
    /// Text.
    Text(&'t str),
}

/// Goes through everything inside an element, in the order of the page; into an element only when `visit` says so.
/// Needs no deeper call stack for a deeper page.
pub(super) fn walk<'t>(from: ElementRef<'t>, mut visit: impl FnMut(Met<'t>) -> bool) {
    let mut open = vec![(None, from.children())];
    while let Some((_, children)) = open.last_mut() {
        match children.next() {
            Some(node) => match node.value() {
                scraper::Node::Text(text) => {
                    visit(Met::Text(text));
                }
                // What is inside of a template.
                scraper::Node::Fragment => open.push((None, node.children())),
                _ => {
                    let entered = ElementRef::wrap(node).filter(|element| visit(Met::Begin(*element)));
                    open.extend(entered.map(|element| (Some(element), element.children())));
                }
            },
            None => {
                if let Some((Some(element), _)) = open.pop() {
                    visit(Met::End(element));
                }
            }
        }
    }
}
