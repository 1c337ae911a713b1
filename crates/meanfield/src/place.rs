//! Where the result of a scenario goes: the name of its folder, and the family above it.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::folder::Folder;

/// The folder below which scenarios lie in families.
const SCENARIOS: &str = "scenarios";

/// The folder below `output` of the result of the scenario at `path`, with `suffix` at the end of its name.
pub(crate) fn folder(output: &Path, path: &Path, suffix: &str, resolved: &str) -> Result<Folder, Error> {
    match path.file_stem() {
        Some(stem) if !stem.to_string_lossy().starts_with('.') => {
            let name = format!("{}{suffix}", stem.to_string_lossy());
            let (family, is_family) = family(path, &name);
            let folder = Folder::of(output, &family, &name, resolved);
            // Another family of this name has its folder where the link would be.
            Ok(if is_family { folder.without_link() } else { folder })
        }
        _ => Err(Error::input(
            "the scenario's file name gives no name to the folder of its result",
            "rename it: a letter first, e.g. figure-1.toml",
        )),
    }
}

/// Refuses a result that would be written over the scenario that was typed: it holds a
/// scenario.toml of its own.
pub(crate) fn refuse_to_replace_scenario(scenario: &Path, folder: &Path) -> Result<(), Error> {
    let typed = scenario.canonicalize().ok();
    let written = folder.join("scenario.toml").canonicalize().ok();
    if typed.is_none() || typed != written {
        return Ok(());
    }
    Err(Error::input(
        format!("the result would take the place of the scenario {} itself", scenario.display()),
        "choose another folder: {output}",
    ))
}

/// The folders between `scenarios` and a scenario's file: `noisy` of scenarios/noisy/two-radii.toml; none
/// where nothing on the path has this name. And whether a family is called `name`.
fn family(scenario: &Path, name: &str) -> (PathBuf, bool) {
    let whole = scenario.canonicalize().unwrap_or_else(|_| scenario.to_owned());
    let above: Vec<_> = whole.parent().into_iter().flat_map(Path::components).collect();
    let Some(root) = above.iter().rposition(|part| part.as_os_str() == SCENARIOS) else {
        return (PathBuf::new(), false);
    };
    let (scenarios, family) = above.split_at(root + 1);
    let is_family = scenarios.iter().collect::<PathBuf>().join(name).is_dir();
    if family.is_empty() && is_family {
        // A scenario beside the family of its name goes into that, or their results would share a folder.
        return (name.into(), is_family);
    }
    (family.iter().collect(), is_family)
}
