//! The order of files inside each crate: no circle of imports. A file that is read needs those that it
//! imports, and nothing that needs it back.
//!
//! A declaration `mod name;` is no import; a `use` and a path in code are. Test modules in files of their own
//! may import what they test.

use crate::sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{ItemMod, UseTree};

/// Path of a module in its crate: `["store", "law"]`; the root's is empty.
type Module = Vec<String>;

/// Files of a crate, by the modules that they hold.
type Files = BTreeMap<Module, PathBuf>;

/// The files of a crate, by the modules that they hold.
fn files_of_crate(folder: &Path) -> Files {
    let sources = folder.join("src");
    let module = |path: PathBuf| (module_of(path.strip_prefix(&sources).expect("below src")), path);
    sources::files_below(&sources).into_iter().map(module).collect()
}

/// The module that a file holds, given its path from `src`.
fn module_of(path: &Path) -> Module {
    let path = path.with_extension("");
    let mut module: Module = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| ["lib", "main", "mod"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

/// Collects what one file imports.
struct Imports<'a> {
    files: &'a Files,
    /// The module of the file.
    own: &'a Module,
    /// The module in the file that is being read: inline ones are part of it.
    here: Module,
    found: BTreeSet<Module>,
}

impl Imports<'_> {
    /// Notes the file in which a path ends, where it begins in this crate.
    fn note(&mut self, path: &[String]) {
        let Some(whole) = self.resolved(path) else { return };
        let lengths = (0..=whole.len()).rev();
        let target =
            lengths.map(|length| whole[..length].to_vec()).find(|module| self.files.contains_key(module));
        if let Some(target) =
            target.filter(|target| target != self.own && !is_part_of(&whole, self.own, self.files))
        {
            self.found.insert(target);
        }
    }

    /// A path from the root of the crate; none where it begins elsewhere.
    fn resolved(&self, path: &[String]) -> Option<Module> {
        let mut base = self.here.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop();
            }
            child => {
                let child = [&base[..], &[child.to_owned()]].concat();
                return self.files.contains_key(&child).then(|| [&base[..], path].concat());
            }
        }
        rest = &rest[1..];
        while rest.first().is_some_and(|part| part == "super") {
            base.pop();
            rest = &rest[1..];
        }
        Some([&base[..], rest].concat())
    }

    fn note_tree(&mut self, tree: &UseTree, before: &[String]) {
        match tree {
            UseTree::Path(path) => {
                self.note_tree(&path.tree, &[before, &[path.ident.to_string()]].concat());
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.note_tree(tree, before)),
            UseTree::Name(name) => self.note(&[before, &[name.ident.to_string()]].concat()),
            UseTree::Rename(name) => self.note(&[before, &[name.ident.to_string()]].concat()),
            UseTree::Glob(_) => self.note(before),
        }
    }
}

/// Whether a path ends in an inline module of a file: `tests` in most.
fn is_part_of(whole: &Module, own: &Module, files: &Files) -> bool {
    whole.starts_with(own) && !files.keys().any(|file| file.len() > own.len() && whole.starts_with(file))
}

impl<'a> Visit<'a> for Imports<'_> {
    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if item.content.is_none() {
            return;
        }
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.note_tree(&item.tree, &[]);
    }

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if parts.len() > 1 {
            self.note(&parts);
        }
        visit::visit_path(self, path);
    }
}

/// What every file of a crate imports.
fn imports(files: &Files) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut all = BTreeMap::new();
    for (own, path) in files {
        let text = fs::read_to_string(path).expect("a source");
        let file = syn::parse_file(&text).expect("Rust");
        let mut imports = Imports { files, own, here: own.clone(), found: BTreeSet::new() };
        imports.visit_file(&file);
        all.insert(own.clone(), imports.found);
    }
    all
}

/// Files that import each other in a circle, smallest sets first removed: what is left when files that import
/// nothing left, and files that nothing left imports, are taken away again and again.
fn circles(mut imports: BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<Module, BTreeSet<Module>> {
    loop {
        let imported: BTreeSet<Module> = imports.values().flatten().cloned().collect();
        let before = imports.len();
        imports.retain(|module, imports| !imports.is_empty() && imported.contains(module));
        let left: BTreeSet<Module> = imports.keys().cloned().collect();
        imports.values_mut().for_each(|targets| targets.retain(|target| left.contains(target)));
        if imports.len() == before && imports.values().all(|targets| !targets.is_empty()) {
            return imports;
        }
    }
}

fn in_words(imports: &BTreeMap<Module, BTreeSet<Module>>) -> String {
    let name = |module: &Module| if module.is_empty() { "(root)".to_owned() } else { module.join("::") };
    imports
        .iter()
        .map(|(module, targets): (&Module, &BTreeSet<Module>)| {
            let targets: Vec<String> = targets.iter().map(name).collect();
            format!("  {} imports {}", name(module), targets.join(", "))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut found = Vec::new();
    for folder in sources::crates() {
        let mut files = files_of_crate(&folder);
        // Tests in files of their own import what they test.
        files.retain(|module, _| module.last().is_none_or(|name| name != "tests"));
        let circles = circles(imports(&files));
        if !circles.is_empty() {
            found.push(format!("crates/{}:\n{}", sources::name(&folder), in_words(&circles)));
        }
    }
    assert!(found.is_empty(), "files import each other in circles:\n{}", found.join("\n"));
}
