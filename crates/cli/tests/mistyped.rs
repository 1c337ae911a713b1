//! Scenarios with random mistakes: reading them ends in a scenario or in a list of mistakes, never otherwise.

use crate::support;

use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use support::Place;

const FIGURE_1: &str = include_str!("../../../scenarios/isotropic/figure-1.toml");
const FIGURE_4: &str = include_str!("../../../scenarios/isotropic/figure-4.toml");

/// What a person, or a broken tool, may put in the place of a word.
const WORDS: [&str; 24] = [
    "",
    "nan",
    "-inf",
    "0",
    "-1",
    "1e400",
    "1e-320",
    "9223372036854775807",
    "99999999999999999999",
    "[]",
    "{}",
    "[[]]",
    "[[0.0]]",
    "\"\"",
    "\"log(0..nan:3)\"",
    "\"0..1:2\"",
    "true",
    "2026-01-01",
    "=",
    "\n",
    "\"\\u0000\"",
    "[",
    "'''",
    "ξ",
];

#[derive(Clone, Debug)]
enum Edit {
    Delete(Index),
    Repeat(Index),
    Swap(Index, Index),
    Word(Index, &'static str),
    Byte(Index, char),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<Index>;
    let edit = prop_oneof![
        index().prop_map(Edit::Delete),
        index().prop_map(Edit::Repeat),
        (index(), index()).prop_map(|(a, b)| Edit::Swap(a, b)),
        (index(), select(&WORDS[..])).prop_map(|(at, word)| Edit::Word(at, word)),
        (index(), any::<char>()).prop_map(|(at, c)| Edit::Byte(at, c)),
    ];
    proptest::collection::vec(edit, 1..4)
}

fn apply(text: &str, edit: &Edit) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let count = lines.len().max(1);
    lines.resize(count, String::new());
    match edit {
        Edit::Delete(at) => drop(lines.remove(at.index(count))),
        Edit::Repeat(at) => lines.insert(at.index(count), lines[at.index(count)].clone()),
        Edit::Swap(a, b) => lines.swap(a.index(count), b.index(count)),
        Edit::Word(at, word) => return replace_word(text, at, word),
        Edit::Byte(at, c) => {
            let mut chars: Vec<char> = text.chars().collect();
            let place = at.index(chars.len() + 1);
            chars.splice(place..(place + 1).min(chars.len()), [*c]);
            return chars.into_iter().collect();
        }
    }
    lines.join("\n")
}

/// Puts `new` in the place of a key, number or string.
fn replace_word(text: &str, at: &Index, new: &str) -> String {
    let inside = |c: char| c.is_alphanumeric() || "-_.\"".contains(c);
    let starts = text.char_indices().scan(' ', |before, (i, c)| {
        let start = (inside(c) && !inside(*before)).then_some(i);
        *before = c;
        Some(start)
    });
    let starts: Vec<usize> = starts.flatten().collect();
    let Some(&start) = starts.get(at.index(starts.len().max(1))) else { return new.to_owned() };
    let length = text[start..].find(|c| !inside(c)).unwrap_or(text.len() - start);
    format!("{}{new}{}", &text[..start], &text[start + length..])
}

fn mistyped(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, edit| apply(&text, edit))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn reading_never_panics(edits in edits(), quick: bool, varied: bool) {
        let text = mistyped(if varied { FIGURE_4 } else { FIGURE_1 }, &edits);
            match load("figure-1.toml", &text, &Overrides { quick, ..Overrides::default() }) {
            Ok(scenario) => {
                // What was accepted can be built, and read again as the same scenario.
                let again = load("resolved", &scenario.resolved, &Overrides::default());
                prop_assert_eq!(again.expect("resolved").resolved, scenario.resolved.clone());
                prop_assert!(scenario.build().is_ok());
            }
            Err(mistakes) => prop_assert!(!mistakes.messages().is_empty()),
        }
    }

    #[test]
    fn setting_never_panics(key in "[a-z.\"'=\\[ -]{0,20}", value in "\\PC{0,20}") {
        let set = vec![format!("{key}={value}"), format!("title{key}={value}")];
        let overrides = Overrides { set, ..Overrides::default() };
        let _ = load("figure-1.toml", FIGURE_1, &overrides);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_program_leaves_with_0_1_or_2(edits in edits()) {
        let place = Place::new();
        place.write("small.toml", &mistyped(support::SMALL, &edits));
        let status = place.meanfield(&["check", "small.toml"]).status;
        prop_assert!(status == 0 || status == 2);
    }
}
