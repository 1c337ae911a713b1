//! The ranks of MPI's world. Only this file knows the library. Its calls come from the thread that joined;
//! a failure of MPI itself ends all processes, which is what its standard error handler does.

use std::thread::sleep;
use std::time::Duration;

use mpi::Threading;
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

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
}

/// A rank that panicked will not say its words any more: nobody is to wait for them.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.all.abort(1);
        }
    }
}
