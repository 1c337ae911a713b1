//! The style of the sources, where it can be counted: widths, lengths of functions, closures and tuples that
//! are bound to names, words that say nothing. What it means is in CONTRIBUTING.md.

use crate::sources;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

use sources::{crates, files_below};

/// Widest line of code, comments and docs, in characters.
const WIDEST: usize = 110;
/// Longest function, and the length that nine of ten do not exceed, in lines.
const LONGEST: usize = 60;
const NINE_OF_TEN: usize = 22;
/// Most closures, and most tuples, that are bound to names by `let`, in a thousand lines.
const MOST_CLOSURES: f64 = 7.2;
const MOST_TUPLES: f64 = 9.15;

/// First words of a doc comment that only point at the name beside it.
const EMPTY: [&str; 11] = [
    "It.",
    "It",
    "See the module's head.",
    "Of the",
    "Why.",
    "When.",
    "Of what.",
    "Up to there.",
    "Does it.",
    "From plain numbers.",
    "None.",
];

/// Prepositions, pronouns and adverbs: by themselves they say nothing of what a free function does. (Methods
/// and functions of a trait or constructor have a receiver that makes them read.)
const NO_NAMES: &[&str] = &[
    "above", "after", "all", "at", "before", "below", "beside", "between", "beyond", "both", "by", "down",
    "each", "for", "from", "here", "in", "into", "it", "less", "more", "most", "near", "of", "off", "on",
    "one", "other", "others", "out", "over", "own", "same", "so", "there", "those", "to", "together",
    "under", "until", "up", "upon", "what", "when", "where", "whole", "why", "with", "within", "without",
];

/// The files of every crate, below `part` of it.
fn files_of_crates(part: &str) -> Vec<PathBuf> {
    let found: Vec<_> = crates().iter().flat_map(|folder| files_below(&folder.join(part))).collect();
    assert!(!found.is_empty() || part != "src");
    found
}

/// What is counted in the sources.
#[derive(Default)]
struct Counts {
    lines: usize,
    closures: usize,
    tuples: usize,
    /// Length and name of every function.
    functions: Vec<(usize, String)>,
    /// Names of the functions that are no methods.
    free: Vec<String>,
    /// How many type definitions of each name there are.
    types: BTreeMap<String, usize>,
}

impl Counts {
    fn note_function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let length = block.brace_token.span.close().end().line - signature.fn_token.span.start().line + 1;
        self.functions.push((length, signature.ident.to_string()));
    }

    fn note_type(&mut self, name: &syn::Ident) {
        *self.types.entry(name.to_string()).or_default() += 1;
    }
}

impl<'a> Visit<'a> for Counts {
    fn visit_local(&mut self, local: &'a syn::Local) {
        let mut pattern = &local.pat;
        if let syn::Pat::Type(typed) = pattern {
            pattern = &typed.pat;
        }
        if matches!(pattern, syn::Pat::Tuple(_)) {
            self.tuples += 1;
        }
        if local.init.as_ref().is_some_and(|init| matches!(*init.expr, syn::Expr::Closure(_))) {
            self.closures += 1;
        }
        visit::visit_local(self, local);
    }

    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        self.note_function(&function.sig, &function.block);
        self.free.push(function.sig.ident.to_string());
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
        self.note_function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    /// Names of tests are free.
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        let free = self.free.len();
        visit::visit_item_mod(self, module);
        if module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            self.free.truncate(free);
        }
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.note_type(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.note_type(&item.ident);
    }

    /// Types inside functions are theirs alone.
    fn visit_block(&mut self, block: &'a syn::Block) {
        let types = self.types.clone();
        visit::visit_block(self, block);
        self.types = types;
    }
}

fn counted(files: &[PathBuf]) -> Counts {
    let mut counts = Counts::default();
    for path in files {
        let text = fs::read_to_string(path).expect("a source");
        counts.lines += text.lines().count();
        counts.visit_file(&syn::parse_file(&text).expect("Rust"));
    }
    counts
}

/// A path from the root of the repository.
fn short(path: &Path) -> String {
    let text = path.display().to_string();
    text.rsplit_once("../").map_or(text.clone(), |(_, short)| format!("crates/{short}"))
}

#[test]
fn lines_are_of_one_width() {
    let mut wide = Vec::new();
    for part in ["src", "tests", "examples", "benches"] {
        for path in files_of_crates(part) {
            let text = fs::read_to_string(&path).expect("a source");
            let is_wide = |line: &str| line.chars().count() > WIDEST;
            let found = text.lines().enumerate().filter(|(_, line)| is_wide(line));
            wide.extend(found.map(|(number, _)| format!("{}:{}", short(&path), number + 1)));
        }
    }
    assert!(wide.is_empty(), "{} lines are over {WIDEST}:\n{}", wide.len(), wide.join("\n"));
}

#[test]
fn functions_are_short() {
    let mut functions = counted(&files_of_crates("src")).functions;
    functions.sort();
    let long: Vec<_> = functions.iter().filter(|(length, _)| *length > LONGEST).collect();
    assert!(long.is_empty(), "functions over {LONGEST} lines: {long:?}");
    let (length, name) = &functions[functions.len() * 9 / 10];
    assert!(*length <= NINE_OF_TEN, "one function in ten has over {length} lines, as {name} has");
}

#[test]
fn closures_and_tuples_are_rarely_bound_to_names() {
    let counts = counted(&files_of_crates("src"));
    let in_a_thousand = |count: usize| 1e3 * count as f64 / counts.lines as f64;
    let found = [in_a_thousand(counts.closures), in_a_thousand(counts.tuples)];
    let most = [MOST_CLOSURES, MOST_TUPLES];
    assert!(
        found[0] <= most[0] && found[1] <= most[1],
        "{found:.2?} in a thousand lines, of {most:?} at most"
    );
}

#[test]
fn types_have_names_of_their_own_in_a_crate() {
    let mut twice = Vec::new();
    for folder in crates() {
        let types = counted(&files_below(&folder.join("src"))).types;
        let found = types.into_iter().filter(|(_, count)| *count > 1);
        twice.extend(found.map(|(name, count)| format!("{name} ×{count} in {}", sources::name(&folder))));
    }
    assert!(twice.is_empty(), "types share a name: {}", twice.join(", "));
}

#[test]
fn free_functions_have_names_that_read() {
    let mut bare = Vec::new();
    for path in files_of_crates("src") {
        let free = counted(std::slice::from_ref(&path)).free;
        let found = free.into_iter().filter(|name| NO_NAMES.contains(&name.as_str()));
        bare.extend(found.map(|name| format!("{name} in {}", short(&path))));
    }
    assert!(bare.is_empty(), "free functions that only point at something: {}", bare.join(", "));
}

#[test]
fn docs_say_something() {
    let mut empty = Vec::new();
    for path in files_of_crates("src") {
        let text = fs::read_to_string(&path).expect("a source");
        for (number, line) in text.lines().enumerate() {
            let doc = line.trim().strip_prefix("/// ");
            if doc.is_some_and(|doc| EMPTY.contains(&doc)) {
                empty.push(format!("{}:{}", short(&path), number + 1));
            }
        }
    }
    assert!(empty.is_empty(), "docs that say nothing:\n{}", empty.join("\n"));
}

#[test]
fn files_begin_with_what_they_are_for() {
    let headless: Vec<String> = files_of_crates("src")
        .into_iter()
        .filter(|path| !fs::read_to_string(path).expect("a source").starts_with("//! "))
        .map(|path| short(&path))
        .collect();
    assert!(headless.is_empty(), "files without a head: {headless:?}");
}
