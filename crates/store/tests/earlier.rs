//! Records of earlier layouts, stored by the programs of their time from one small scenario: all are read,
//! and what they hold is what this layout holds.

use std::path::{Path, PathBuf};

use meanfield_run::facts::{NEURONS, STEP_SIZE};
use meanfield_run::record::{Nature, Record};
use meanfield_store as store;
use meanfield_store::{Header, StoreError};

fn stored(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records").join(name)
}

fn named<'a>(records: &'a [Record], system: &str) -> &'a Record {
    records.iter().find(|record| record.system == system).expect("stored")
}

/// Facts of the scenario: an ensemble of two seeds beside a grid and atoms, two snapshots.
fn check(header: &Header, records: &[Record]) {
    assert_eq!((header.title.as_str(), header.commit.as_str()), ("A small scenario", ""));
    assert_eq!(
        records.iter().map(|record| record.system.as_str()).collect::<Vec<_>>(),
        ["atoms", "pde", "sgd"]
    );
    let [pde, sgd] = ["pde", "sgd"].map(|system| named(records, system));
    assert_eq!((pde.nature, sgd.nature), (Nature::Limit, Nature::Network));
    assert_eq!((sgd.fact(NEURONS), sgd.fact(STEP_SIZE)), (Some(10.0), Some(1e-3)));
    assert_eq!((sgd.runs(), sgd.coordinates(), sgd.measures().len()), (2, &["radius".to_owned()][..], 4));
    assert!(pde.neurons().is_some_and(|law| law.measures.iter().all(|law| law.axes().is_some())));
    assert_eq!(pde.planned_time(), sgd.planned_time());
    assert_eq!(pde.planned_snapshot_time(), [0.1, 0.5]);
}

/// Every number of the record but the seconds that it took.
fn timeless(mut records: Vec<Record>) -> Vec<Record> {
    records.iter_mut().for_each(|record| record.facts.retain(|fact| !fact.name.ends_with("seconds")));
    records
}

#[test]
fn a_record_of_format_1_is_read_and_stored_again_in_the_present_one() {
    let (header, records) = store::read(&stored("format-1.h5")).expect("read");
    check(&header, &records);
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("record.h5");
    store::write(&path, &header, &records, None).expect("written");
    assert_eq!(store::read(&path).expect("read"), (header, records));
}

#[test]
fn a_record_of_version_0_2_is_read_where_its_damage_is_no_harm() {
    let path = stored("version-0.2.h5");
    assert!(matches!(store::read(&path), Err(StoreError::Unsealed { .. })));
    let (header, records) = store::read_unsealed(&path).expect("read");
    check(&header, &records);
    let (_, later) = store::read(&stored("format-1.h5")).expect("read");
    let risk = |records: &[Record]| named(records, "pde").curve("risk").expect("stored").values.clone();
    let away = (risk(&records) - risk(&later)).iter().fold(0.0, |most: f64, gap| most.max(gap.abs()));
    assert!(away < 1e-12, "{away:e}");
    let shape = |records: Vec<Record>| {
        timeless(records).iter().map(|record| (record.axes.clone(), record.facts.clone())).collect::<Vec<_>>()
    };
    assert_eq!(shape(records), shape(later));
}
