//! What the pages of the repository say, where it can be held: lengths, links, the scenario of the README,
//! the files that CONTRIBUTING's recipes name.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;

/// Most lines of a page.
const LONGEST: [(&str, usize); 2] = [("README.md", 130), ("ARCHITECTURE.md", 90)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("a page")
}

/// All Markdown pages of the repository's root, of `docs` and of the crates.
fn pages() -> Vec<PathBuf> {
    let root = root();
    let crates = fs::read_dir(root.join("crates")).expect("crates/").flatten().map(|entry| entry.path());
    let docs = ["docs", "docs/decisions", "docs/systems", "docs/figures"].map(|name| root.join(name));
    let folders = [root.clone()].into_iter().chain(docs).chain(crates);
    let files = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder").flatten());
    files.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

/// The targets of the links of a page: `[text](target)`.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

/// The text of the first code block of a language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let begin = format!("```{language}\n");
    let from = text.find(&begin).expect("a block") + begin.len();
    let length = text[from..].find("```").expect("an end");
    &text[from..from + length]
}

#[test]
fn the_first_pages_are_short() {
    for (name, most) in LONGEST {
        let lines = page(name).lines().count();
        assert!(lines <= most, "{name} has {lines} lines, {most} at most");
    }
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for path in pages() {
        let text = fs::read_to_string(&path).expect("a page");
        for link in links(&text) {
            let file = link.split('#').next().unwrap_or_default();
            let elsewhere = link.contains("://") || file.is_empty();
            if !elsewhere && !path.parent().expect("a folder").join(file).exists() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn the_scenario_of_the_readme_is_one() {
    let readme = page("README.md");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("readme.toml");
    fs::write(&path, block(&readme, "toml")).expect("written");
    cargo_bin_cmd!("meanfield").arg("check").arg(&path).assert().success();
}

/// The paths in the recipes of CONTRIBUTING.md; of new files the folder.
fn recipe_files(text: &str) -> Vec<PathBuf> {
    let table = text.split("| to add | files |").nth(1).expect("the table of recipes");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(2)).flat_map(|cell| cell.split(','));
    let mut files = Vec::new();
    for cell in cells {
        let Some(path) = cell.split('`').nth(1) else { continue };
        let is_new = cell.trim().starts_with('+');
        let path = Path::new(path);
        let known = if is_new { path.parent().expect("a folder") } else { path };
        files.push(known.to_owned());
    }
    files
}

#[test]
fn the_recipes_name_files_that_exist() {
    let files = recipe_files(&page("CONTRIBUTING.md"));
    assert!(files.len() > 15, "the table of recipes was not read");
    let missing: Vec<_> =
        files.iter().filter(|file| !file.starts_with("scenarios") && !root().join(file).exists()).collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md names files that do not exist: {missing:?}");
}

/// Paths from `crates` in the code of a page, without those that stand for several.
fn paths(text: &str) -> Vec<&str> {
    let words = text.split('`').skip(1).step_by(2);
    let single = words.filter(|word| word.starts_with("crates/") && !word.contains([' ', '*', '{', '<']));
    single.filter(|path| !path.contains("NAME")).collect()
}

#[test]
fn files_that_pages_name_exist() {
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let named = paths(&text).into_iter().filter(|path| !root().join(path).exists());
        missing.extend(named.map(|path| format!("{}: {path}", page.display())));
    }
    assert!(missing.is_empty(), "pages name files that do not exist:\n{}", missing.join("\n"));
}
