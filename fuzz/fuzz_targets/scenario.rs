//! Any text as a scenario file: it is loaded, or its mistakes are told.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;

fuzz_target!(|text: &str| -> Corpus {
    match load("fuzz.toml", text, &Overrides::default()) {
        Ok(scenario) => drop(scenario.costs()),
        Err(mistakes) => drop(format!("{mistakes:?}")),
    }
    Corpus::Keep
});
