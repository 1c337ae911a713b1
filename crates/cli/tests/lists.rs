//! Lists that no compiler holds: a file that no module declares, a kind that its list lacks, a quantity that
//! nothing reports. That what is listed works, other tests hold.

use crate::sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Item, Type};

use sources::{crates, files_below};

/// The folder of the crates.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn items(path: &Path) -> Vec<Item> {
    syn::parse_file(&text(path)).expect("Rust").items
}

/// The name of the module that an item declares, whose text is elsewhere.
fn declaration(item: Item) -> Option<String> {
    match item {
        Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    }
}

/// Adds a file, and those of the modules that it declares.
fn declare(path: PathBuf, declared: &mut BTreeSet<PathBuf>) {
    let is_folder = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| path.ends_with(name));
    let below = if is_folder { path.parent().expect("a folder").to_owned() } else { path.with_extension("") };
    for name in items(&path).into_iter().filter_map(declaration) {
        let files = [below.join(format!("{name}.rs")), below.join(&name).join("mod.rs")];
        files.into_iter().filter(|file| file.exists()).for_each(|file| declare(file, declared));
    }
    declared.insert(path);
}

#[test]
fn every_file_is_a_module() {
    let mut forgotten = Vec::new();
    for sources in crates().iter().map(|folder| folder.join("src")) {
        let mut declared = BTreeSet::new();
        for root in ["lib.rs", "main.rs"].map(|name| sources.join(name)) {
            if root.exists() {
                declare(root, &mut declared);
            }
        }
        forgotten.extend(files_below(&sources).into_iter().filter(|file| !declared.contains(file)));
    }
    assert!(forgotten.is_empty(), "files that no module declares: {forgotten:?}");
}

/// A trait, the folder of the files that implement it, and the list of the types that do.
const KINDS: [(&str, &str, &str); 2] = [
    ("Kind", "scenario/src/systems", "scenario/src/systems.rs"),
    ("DataKind", "scenario/src/model/data", "scenario/src/model/data.rs"),
];

/// The type for which an item implements a trait.
fn implementor(item: Item, name: &str) -> Option<String> {
    let Item::Impl(item) = item else { return None };
    let Type::Path(own) = *item.self_ty else { return None };
    item.trait_.filter(|(path, _)| path.is_ident(name))?;
    own.path.get_ident().map(ToString::to_string)
}

#[test]
fn every_kind_is_in_its_list() {
    for (name, files, list) in KINDS {
        let listed = text(&folder().join(list));
        let files = files_below(&folder().join(files));
        let all = files.iter().flat_map(|file| items(file));
        let kinds: Vec<String> = all.filter_map(|item| implementor(item, name)).collect();
        assert!(kinds.len() > 1, "{name}: the sources were not read");
        let forgotten: Vec<_> =
            kinds.iter().filter(|kind| !listed.contains(&format!("({kind}) ="))).collect();
        assert!(forgotten.is_empty(), "{forgotten:?} in no line of crates/{list}");
    }
}

/// The name of the quantity whose entry a line begins.
fn quantity(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix("    ")?.split_once(" =")?;
    name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(name)
}

/// The names of the listed quantities, each with the text of its entry.
fn quantities(list: &str) -> Vec<(&str, String)> {
    let list = list.split("\nquantities! {").nth(1).expect("the list");
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in list.lines().take_while(|line| *line != "}") {
        match (quantity(line), found.last_mut()) {
            (Some(name), _) => found.push((name, line.to_owned())),
            (None, Some((_, entry))) => entry.push_str(line),
            (None, None) => {}
        }
    }
    found
}

/// Whether a letter may be part of a name.
fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[test]
fn every_quantity_is_reported() {
    let path = folder().join("run/src/quantities.rs");
    let reporting = ["run", "solver", "particle", "deep", "compare", "store"];
    let files = reporting.iter().flat_map(|name| files_below(&folder().join(name).join("src")));
    let sources: String = files.filter(|file| *file != path).map(|file| text(&file)).collect();
    let words: BTreeSet<&str> = sources.split(|letter| !is_part(letter)).collect();
    let list = text(&path);
    let mut quantities = quantities(&list);
    assert!(quantities.len() > 40, "the list was not read");
    // Statistics of laws are read wherever there is a law; systems name what they report.
    quantities.retain(|(name, entry)| !entry.contains(".read_from_laws(") && !words.contains(name));
    let forgotten: Vec<&str> = quantities.iter().map(|(name, _)| *name).collect();
    assert!(forgotten.is_empty(), "quantities that nothing reports: {forgotten:?}");
}
