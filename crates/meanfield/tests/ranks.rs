//! Ranks that compute one scenario together, as threads of this process: the result is that of one process,
//! and what fails on one rank is known to all.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use meanfield::mpi::{Ranks, ThreadRank};
use meanfield::run::record::Record;
use meanfield::{Error, Finished, Observer, Options, RunInfo, RunObserver, Session, Source, Task, store};

const SCENARIO: &str = r#"title = "A small scenario"

[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 0.5
schedule.constant = {}
[observe]
times = "0..0.5:6"
[systems.pde.finite-volume]
cells = [100]
[systems.sgd.finite-network]
neurons = 30
step-size = 1e-3
seeds = [1, 2, 3]
"#;

/// One run that is longer than a share, whose grid is cut: 11 planes of r₂ on up to four ranks.
const FOUR_PARAMETERS: &str = r#"title = "Cells in four coordinates"

[model]
data.anisotropic-gaussians = { dimension = 32, relevant-dimension = 6, separation = 0.4 }
activation.relu = {}
unit.affine = {}
initial.gaussian = { scale = 0.8, a = { mean = 1.0, deviation = 0.1 }, b = { mean = 1.0, deviation = 0.1 } }
[dynamics]
end-time = 0.4
schedule.constant = {}
[observe]
times = "0..0.4:5"
snapshots = [0.2, 0.4]
[systems.pde.finite-volume]
cells = [12, 9, 8, 11]
kernel-tolerance = 1e-3
"#;

/// What each rank comes to, in their order, when they run the scenario there.
fn run_on(count: usize, folder: &Path, vary: &[&str], observer: &(dyn Observer + Sync)) -> Vec<Ended> {
    std::thread::scope(|scope| {
        let ranks = ThreadRank::crew(count).into_iter();
        let threads: Vec<_> =
            ranks.map(|rank| scope.spawn(move || session(folder, vary).run_on(&rank, observer))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

type Ended = Result<Option<Finished>, Error>;

/// A session of the scenario, whose result goes below a folder: a run, or a sweep of what is varied.
fn session(folder: &Path, vary: &[&str]) -> Session {
    let mut source = Source::file(folder.join("small.toml"));
    source.vary = vary.iter().map(|key| (*key).to_owned()).collect();
    let task = if vary.is_empty() { Task::Run } else { Task::Sweep };
    Session::new(&source, task, Options::default().output(folder.join("output"))).expect("a scenario")
}

fn place() -> tempfile::TempDir {
    place_of(SCENARIO)
}

fn place_of(scenario: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    std::fs::write(place.path().join("small.toml"), scenario).expect("written");
    place
}

/// The records of a result without times that were measured.
fn records(session: &Session) -> Vec<Record> {
    let mut records = store::read(&session.folder().join("record.h5")).expect("a record").1;
    records.iter_mut().for_each(|record| record.facts.retain(|fact| !fact.name.ends_with("seconds")));
    records
}

#[test]
fn ranks_make_the_records_of_one_process() {
    let separations = ["model.data.isotropic-gaussians.separation=0.2..0.8:5"];
    for vary in [&[][..], &separations] {
        let alone = place();
        session(alone.path(), vary).run(&()).expect("runs");
        for count in 1..=4 {
            let place = place();
            let ended = run_on(count, place.path(), vary, &());
            let results = ended.into_iter().map(|ended| ended.expect("computed"));
            let has_result: Vec<bool> = results.map(|result| result.is_some()).collect();
            assert_eq!(has_result, (0..count).map(|rank| rank == 0).collect::<Vec<_>>());
            let together = session(place.path(), vary);
            assert_eq!(records(&together), records(&session(alone.path(), vary)));
            assert!(!together.folder().join(".parts").exists());
            let again = run_on(count, place.path(), vary, &()).remove(0).expect("there").expect("a result");
            assert!(again.computed.is_none());
        }
    }
}

#[test]
fn ranks_that_share_a_grid_make_the_record_of_one_process() {
    let alone = place_of(FOUR_PARAMETERS);
    session(alone.path(), &[]).run(&()).expect("runs");
    let wanted = records(&session(alone.path(), &[]));
    for count in 2..=4 {
        let place = place_of(FOUR_PARAMETERS);
        run_on(count, place.path(), &[], &()).remove(0).expect("computed").expect("a result");
        assert_eq!(records(&session(place.path(), &[])), wanted, "{count} ranks");
    }
}

/// Cancels everything after so many strides.
struct Strides {
    left: Arc<AtomicUsize>,
}

impl Observer for Strides {
    fn begin_run(&self, _: &RunInfo) -> Box<dyn RunObserver> {
        Box::new(Self { left: Arc::clone(&self.left) })
    }

    fn is_cancelled(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

impl RunObserver for Strides {
    fn progress(&mut self, _: f64, _: f64) {
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).ok();
    }
}

#[test]
fn ranks_that_share_a_grid_and_were_interrupted_go_on_bit_by_bit() {
    let alone = place_of(FOUR_PARAMETERS);
    session(alone.path(), &[]).run(&()).expect("runs");
    let place = place_of(FOUR_PARAMETERS);
    let ended = run_on(3, place.path(), &[], &Strides { left: Arc::new(AtomicUsize::new(4)) });
    assert!(matches!(ended[0], Err(Error::Interrupted)), "{:?}", ended[0]);
    let checkpoint = session(place.path(), &[]).folder().join(".parts/1-of-3/.partial/pde.checkpoint");
    assert!(checkpoint.exists(), "the first rank saved none");
    run_on(3, place.path(), &[], &()).remove(0).expect("computed").expect("a result");
    assert_eq!(records(&session(place.path(), &[])), records(&session(alone.path(), &[])));
}

#[test]
fn no_rank_computes_where_the_first_cannot_write() {
    let place = place();
    std::fs::write(place.path().join("output"), "a file").expect("written");
    let ended = run_on(3, place.path(), &[], &());
    assert!(matches!(ended[0], Err(Error::Input { .. })), "{:?}", ended[0]);
    assert!(ended[1..].iter().all(|ended| matches!(ended, Ok(None))));
}

/// Cancels everything when so many runs have begun.
struct Patience {
    left: AtomicUsize,
}

impl Observer for Patience {
    fn begin_run(&self, _: &RunInfo) -> Box<dyn RunObserver> {
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).ok();
        Box::new(())
    }

    fn is_cancelled(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

#[test]
fn ranks_that_were_interrupted_go_on_and_other_numbers_of_them_are_refused() {
    let place = place();
    let ended = run_on(2, place.path(), &[], &Patience { left: AtomicUsize::new(1) });
    assert!(matches!(ended[0], Err(Error::Interrupted | Error::Run { .. })), "{:?}", ended[0]);
    assert!(session(place.path(), &[]).folder().join(".parts").exists());
    let refused = run_on(3, place.path(), &[], &()).remove(0).expect_err("other parts");
    assert!(refused.to_string().contains("another number of parts"), "{refused}");
    run_on(2, place.path(), &[], &()).remove(0).expect("computed").expect("a result");
}

#[test]
fn one_rank_is_a_process_alone() {
    let place = place();
    let rank = ThreadRank::crew(1).remove(0);
    assert_eq!((rank.number(), rank.count()), (0, 1));
    session(place.path(), &[]).run_on(&rank, &()).expect("runs").expect("a result");
}
