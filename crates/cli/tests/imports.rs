//! The order of files inside each crate: no circle of imports. A file that is read needs those that it
//! imports, and nothing that needs it back.
//!
//! A declaration `mod name;` is no import; a `use` and a path in code are. Test modules in files of their own
//! may import what they test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{ItemMod, UseTree};

/// Path of a module in its crate: `["store", "law"]`; the root's is empty.
type Module = Vec<String>;

/// Files of a crate, by the modules that they hold.
type Files = BTreeMap<Module, PathBuf>;

/// All Rust files below a folder, with their modules.
fn files_below(folder: &Path, module: &Module, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            files_below(&path, &[&module[..], &[stem]].concat(), files);
        } else if ["lib", "main", "mod"].contains(&stem.as_str()) {
            files.insert(module.clone(), path);
        } else {
            files.insert([&module[..], &[stem]].concat(), path);
        }
    }
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
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in fs::read_dir(crates).expect("crates/").flatten() {
        let mut files = Files::new();
        files_below(&entry.path().join("src"), &Vec::new(), &mut files);
        // Tests in files of their own import what they test.
        files.retain(|module, _| module.last().is_none_or(|name| name != "tests"));
        let circles = circles(imports(&files));
        if !circles.is_empty() {
            found.push(format!("crates/{}:\n{}", entry.file_name().display(), in_words(&circles)));
        }
    }
    assert!(found.is_empty(), "files import each other in circles:\n{}", found.join("\n"));
}
