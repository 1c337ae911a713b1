//! The ranks of MPI's world. Only this file knows the library. Its calls come from the thread that joined;
//! a failure of MPI itself ends all processes, which is what its standard error handler does.

use std::thread::sleep;
use std::time::Duration;

use mpi::datatype::PartitionMut;
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Root, Source};
use mpi::{Count, Threading};

use crate::launch_error::LaunchError;
use crate::ranks::Ranks;

/// Time between two looks whether the others have said their words: MPI itself would wait with a busy core.
const PAUSE: Duration = Duration::from_millis(5);

/// This process among those that `mpirun` started.
pub struct World {
    all: SimpleCommunicator,
    beside: usize,
    /// Ends MPI when it is dropped, so after everything else.
    _universe: Universe,
}

impl World {
    /// Joins the others, of whom the environment says how many there are.
    pub fn join(stated: usize) -> Result<Self, LaunchError> {
        // Other threads compute, and never call MPI.
        let universe = mpi::initialize_with_threading(Threading::Funneled).map(|(universe, _)| universe);
        let count = universe.as_ref().map_or(1, |universe| universe.world().size());
        match universe {
            Some(universe) if count > 1 => {
                let all = universe.world();
                let beside = all.split_shared(all.rank()).size();
                Ok(Self { beside: unsigned(beside), all, _universe: universe })
            }
            _ => Err(LaunchError::Alone { count: stated, library: library() }),
        }
    }
}

/// What the library calls itself, in short.
fn library() -> String {
    let name = mpi::environment::library_version().unwrap_or_default();
    name.split([',', '\n']).next().unwrap_or_default().trim().to_owned()
}

/// A count of MPI's.
fn unsigned(count: i32) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// Counts as MPI has them, and where each rank's numbers begin.
fn counts_and_places(counts: &[usize]) -> (Vec<Count>, Vec<Count>) {
    let counts: Vec<Count> =
        counts.iter().map(|count| Count::try_from(*count).unwrap_or(Count::MAX)).collect();
    let places = counts.iter().scan(0, |place, count| Some(std::mem::replace(place, *place + count)));
    (counts.clone(), places.collect())
}

impl Ranks for World {
    fn number(&self) -> usize {
        unsigned(self.all.rank())
    }

    fn count(&self) -> usize {
        unsigned(self.all.size())
    }

    fn beside(&self) -> usize {
        self.beside
    }

    fn exchange(&self, word: u8) -> Vec<u8> {
        let mut words = vec![0; self.count()];
        mpi::request::scope(|scope| {
            let mut request = self.all.immediate_all_gather_into(scope, &word, &mut words[..]);
            while let Err(pending) = request.test() {
                request = pending;
                sleep(PAUSE);
            }
        });
        words
    }

    fn gather(&self, own: &[f64], counts: &[usize]) -> Vec<f64> {
        let mut all = vec![0.0; counts.iter().sum()];
        let (counts, places) = counts_and_places(counts);
        self.all.all_gather_varcount_into(own, &mut PartitionMut::new(&mut all[..], counts, places));
        all
    }

    fn gather_to_first(&self, own: &[f64], counts: &[usize]) -> Vec<f64> {
        let first = self.all.process_at_rank(0);
        if self.number() > 0 {
            first.gather_varcount_into(own);
            return Vec::new();
        }
        let mut all = vec![0.0; counts.iter().sum()];
        let (counts, places) = counts_and_places(counts);
        first.gather_varcount_into_root(own, &mut PartitionMut::new(&mut all[..], counts, places));
        all
    }

    fn exchange_beside(&self, own: [&[f64]; 2], counts: [usize; 2]) -> [Vec<f64>; 2] {
        let mut heard = counts.map(|count| vec![0.0; count]);
        let rank = self.all.rank();
        mpi::request::scope(|scope| {
            let mut pending = Vec::new();
            for (beside, heard) in [rank - 1, rank + 1].into_iter().zip(&mut heard) {
                if !heard.is_empty() {
                    let other = self.all.process_at_rank(beside);
                    pending.push(other.immediate_receive_into(scope, &mut heard[..]));
                }
            }
            for (beside, own) in [rank - 1, rank + 1].into_iter().zip(own) {
                if !own.is_empty() {
                    pending.push(self.all.process_at_rank(beside).immediate_send(scope, own));
                }
            }
            pending.into_iter().for_each(|request| request.wait_without_status());
        });
        heard
    }

    fn hear_numbers(&self, mut numbers: Vec<f64>) -> Vec<f64> {
        let first = self.all.process_at_rank(0);
        let mut count = numbers.len();
        first.broadcast_into(&mut count);
        numbers.resize(count, 0.0);
        first.broadcast_into(&mut numbers[..]);
        numbers
    }
}

/// A rank that panicked will not say its words any more: nobody is to wait for them.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.all.abort(1);
        }
    }
}
