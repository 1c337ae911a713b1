//! Any bytes as the checkpoint of one of four systems, past the checksum: the run goes on from it or refuses
//! it. It is stopped after its first stride.

#![no_main]

use std::cell::Cell;

use libfuzzer_sys::{Corpus, fuzz_target};
use meanfield_run::drive::{Checkpoint, Watch, drive};
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};

const SCENARIO: &str = include_str!("../seeds/scenario/small.toml");

thread_local! {
    static LOADED: Scenario = load("small", SCENARIO, &Overrides::default()).expect("valid");
}

/// Lets a run take one stride.
struct One(Cell<usize>);

impl Watch for One {
    fn progress(&mut self, _: f64, _: f64) {}

    fn cancelled(&self) -> bool {
        self.0.set(self.0.get() + 1);
        self.0.get() > 1
    }
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((which, bytes)) = bytes.split_first() else { return Corpus::Reject };
    let Ok(checkpoint) = postcard::from_bytes::<Checkpoint>(bytes) else { return Corpus::Keep };
    LOADED.with(|scenario| {
        let jobs = scenario.points[0].jobs().expect("builds");
        let count = jobs.len();
        let Some(mut job) = jobs.into_iter().nth(usize::from(*which) % count) else { return };
        let one = &mut One(Cell::new(0));
        drop(drive(&mut *job.system, job.identity, &scenario.plan, Some(checkpoint), one));
    });
    Corpus::Keep
});
