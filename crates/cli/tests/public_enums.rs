//! Enums that users of a crate can match are `#[non_exhaustive]`: errors and kinds get new variants. Those to
//! which none can come, or for which every place that matches must be changed with them, are listed here with
//! the reason.

use crate::sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::{Attribute, Item, UseTree, Visibility};

use sources::{crates, name};

/// Crate, enum, and why it may be matched exhaustively.
const EXHAUSTIVE: &[(&str, &str, &str)] = &[
    ("files", "Lock", "a lock is taken, held or not known, and each must be dealt with"),
    ("model", "CoordinateStart", "every grid must be able to hold each start, or not compile"),
    ("model", "Initial", "networks and limits must start from the same law, or not compile"),
    ("model", "NumberLaw", "networks and limits must start from the same law, or not compile"),
    ("model", "Measure", "comparison, store and figures must know every form of a law, or not compile"),
    ("model", "Power", "there are two moments"),
    ("model", "Unit", "networks and limits must be of the same neurons, or not compile"),
    ("run", "Ended", "a run ended or failed"),
    ("run", "Stride", "a target is reached or not"),
    ("run", "Worst", "numbers have two ends"),
    ("scenario", "Step", "TOML has tables and lists"),
    ("solver", "End", "an axis has two ends"),
    ("solver", "Side", "an interval has two sides"),
];

/// What is public of a crate, and of its enums those that are `#[non_exhaustive]`.
#[derive(Default)]
struct PublicItems {
    /// Public enums: the name, whether every module above it is public, whether it has the attribute.
    enums: Vec<(String, bool, bool)>,
    /// Names that are exported again from public places.
    exported: BTreeSet<String>,
}

impl PublicItems {
    /// Those of a crate.
    fn of_crate(folder: &Path) -> Self {
        let mut found = Self::default();
        let root = folder.join("src/lib.rs");
        if root.exists() {
            found.read(&root, &folder.join("src"), true);
        }
        found
    }

    /// Reads the file of a module whose submodules lie in `folder`.
    fn read(&mut self, file: &Path, folder: &Path, is_reachable: bool) {
        let text = fs::read_to_string(file).expect("a source");
        self.read_items(&syn::parse_file(&text).expect("Rust").items, folder, is_reachable);
    }

    fn read_items(&mut self, items: &[Item], folder: &Path, is_reachable: bool) {
        for item in items {
            match item {
                Item::Enum(own) if is_public(&own.vis) => {
                    self.enums.push((own.ident.to_string(), is_reachable, is_marked(&own.attrs)));
                }
                Item::Use(own) if is_reachable && is_public(&own.vis) => self.export(&own.tree),
                Item::Mod(own) if !is_test(&own.attrs) => {
                    let is_reachable = is_reachable && is_public(&own.vis);
                    self.read_module(&own.ident.to_string(), own, folder, is_reachable);
                }
                _ => {}
            }
        }
    }

    fn read_module(&mut self, name: &str, module: &syn::ItemMod, folder: &Path, is_reachable: bool) {
        let below = folder.join(name);
        match &module.content {
            Some((_, items)) => self.read_items(items, &below, is_reachable),
            None => {
                let beside = folder.join(format!("{name}.rs"));
                let file = if beside.exists() { beside } else { below.join("mod.rs") };
                self.read(&file, &below, is_reachable);
            }
        }
    }

    fn export(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.export(&path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.export(tree)),
            UseTree::Name(name) => drop(self.exported.insert(name.ident.to_string())),
            UseTree::Rename(renamed) => drop(self.exported.insert(renamed.ident.to_string())),
            UseTree::Glob(_) => {}
        }
    }

    /// The names of the enums that users can match, and whether they have the attribute.
    fn matchable(&self) -> impl Iterator<Item = (&str, bool)> {
        let reachable = self.enums.iter().filter(|(name, open, _)| *open || self.exported.contains(name));
        reachable.map(|(name, _, marked)| (name.as_str(), *marked))
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_marked(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

#[test]
fn enums_that_users_match_can_grow() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for folder in crates() {
        let own = name(&folder);
        for (item, is_marked) in PublicItems::of_crate(&folder).matchable() {
            seen += 1;
            let is_listed = EXHAUSTIVE.iter().any(|(owner, listed, _)| *owner == own && *listed == item);
            match (is_marked, is_listed) {
                (false, false) => wrong.push(format!("{own}::{item} is not #[non_exhaustive]")),
                (true, true) => wrong.push(format!("{own}::{item} is listed, and #[non_exhaustive]")),
                _ => {}
            }
        }
    }
    assert!(seen > 40, "the sources were not read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_exception_is_there() {
    for (owner, listed, _) in EXHAUSTIVE {
        let folder = crates().into_iter().find(|folder| name(folder) == *owner).expect("a crate");
        let public = PublicItems::of_crate(&folder);
        assert!(public.matchable().any(|(item, _)| item == *listed), "{owner} has no {listed} to match");
    }
}
