//! Writes seeds for the readers of records, checkpoints and journals below a folder: what a small scenario
//! leaves behind. They are bound to the formats of the day, so that they are made and not kept.
//!
//!   cargo run --example fuzz_seeds FOLDER

use std::fs;
use std::path::Path;

use meanfield_run::drive::{Checkpoint, Watch, drive};
use meanfield_run::side_by_side::{Ended, Finished, Job};
use meanfield_run::sweep::{Row, merge_rows};
use meanfield_run::system::RunError;
use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;
use meanfield_store as store;
use meanfield_store::Header;

const SCENARIO: &str = include_str!("../../../fuzz/seeds/scenario/small.toml");
/// Bytes of the line that seals a record, and of the one that ends before it.
const SEAL: usize = 117;

/// Keeps the checkpoints of a run.
struct Keep(Vec<Checkpoint>);

impl Watch for Keep {
    fn progress(&mut self, _: f64, _: f64) {}

    fn wants_checkpoint(&mut self) -> bool {
        true
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.0.push(checkpoint.clone());
        Ok(())
    }
}

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let folder = Path::new(&folder);
    let scenario = load("small", SCENARIO, &Overrides::default()).expect("valid");
    let mut runs: Vec<Ended> = Vec::new();
    for (which, job) in scenario.points[0].jobs().expect("builds").into_iter().enumerate() {
        let Job { mut system, identity, run, coarse, .. } = job;
        let mut kept = Keep(Vec::new());
        let record = drive(&mut *system, identity, &scenario.plan, None, &mut kept).expect("runs");
        runs.push(Ended::Finished(Box::new(Finished { run, coarse, record, work: system.work() })));
        for (i, checkpoint) in kept.0.iter().enumerate() {
            let bytes = postcard::to_extend(checkpoint, vec![which as u8]).expect("encoded");
            put(&folder.join("checkpoint"), &format!("{which}-{i}"), &bytes);
        }
    }
    let row = Row { point: 0, runs };
    put(&folder.join("journal"), "row", &postcard::to_stdvec(&row).expect("encoded"));
    let records = merge_rows(vec![row]).expect("records").records;
    let place = folder.join("record.h5");
    store::write(&place, &Header::default(), &records, None).expect("written");
    let bytes = fs::read(&place).expect("read");
    fs::remove_file(&place).expect("removed");
    put(&folder.join("record"), "small", &bytes[..bytes.len() - SEAL]);
}

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    fs::create_dir_all(folder).expect("made");
    fs::write(folder.join(name), bytes).expect("written");
}
