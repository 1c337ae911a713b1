//! `meanfield list` and `meanfield schema`: what exists, from the types.

use clap::Args;
use meanfield_scenario::Listed;

use crate::failure::Failure;
use crate::print;
use crate::verdict::Verdict;

/// Which kinds are listed.
#[derive(Args, Debug)]
pub struct ListOptions {
    /// Only what has this word in its place, name or key, e.g. compare.claim, finite-network, label-noise.
    word: Option<String>,
}

/// Every kind, where it is written, and its keys.
pub fn list(options: &ListOptions) -> Result<Verdict, Failure> {
    let mut lines = Vec::new();
    let mut place = None;
    let word = options.word.as_deref().unwrap_or_default();
    let mut kinds = meanfield_scenario::kinds();
    kinds.retain_mut(|kind| keep(kind, word));
    if kinds.is_empty() {
        let help = "say `meanfield list` for all, or a part of a name, e.g. `meanfield list claim`";
        return Err(Failure::input(format!("nothing that is listed has `{word}` in its name"), help));
    }
    for kind in kinds {
        if place.replace(kind.place.clone()).as_ref() != Some(&kind.place) && !kind.place.is_empty() {
            lines.push(format!("[{}]", kind.place));
        }
        lines.extend(in_words(&kind));
        lines.push(String::new());
    }
    print::result(lines.join("\n").trim_end())?;
    Ok(Verdict::Holds)
}

/// Whether the place, the name or a key of a kind has this word; of one whose key has it, that key alone is
/// kept.
fn keep(kind: &mut Listed, word: &str) -> bool {
    let name = format!("{}.{}", kind.place, kind.name);
    if name.contains(word) {
        return true;
    }
    kind.keys.retain(|(key, ..)| format!("{name}.{key}").replace("..", ".").contains(word));
    kind.example = None;
    !kind.keys.is_empty()
}

/// A kind with its meaning, then its keys.
fn in_words(kind: &Listed) -> Vec<String> {
    let mut lines = Vec::new();
    let indent = if kind.name.is_empty() { "  " } else { "    " };
    if !kind.name.is_empty() {
        lines.push(format!("  {:<22} {}", kind.name, kind.meaning));
    }
    for (key, meaning, default) in &kind.keys {
        let default = default.as_ref().map_or(String::new(), |default| format!(" (default {default})"));
        let example = kind.key_examples.iter().find(|(own, _)| own == key);
        let example = example.map_or(String::new(), |(_, value)| format!(" e.g. {key} = {value}"));
        lines.push(format!("{indent}{key:<20} {meaning}{default}{example}"));
    }
    if let Some(example) = &kind.example {
        lines.push(format!("{indent}e.g. {example}"));
    }
    lines
}

/// The JSON schema of scenario files.
pub fn schema() -> Result<Verdict, Failure> {
    print::json(&meanfield_scenario::json_schema())?;
    Ok(Verdict::Holds)
}
