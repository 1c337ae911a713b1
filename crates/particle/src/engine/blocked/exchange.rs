//! Sums over all shards when they are spread over threads: at every step each thread writes the sums of its
//! own shards and waits for those of the others. All add them in the same order, so all get the same bits as
//! one thread alone.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Polls the others this many times before it lets another thread have the core.
const SPINS: u32 = 2000;

/// Exchange of sums between the threads of a team.
pub struct Exchange {
    team: usize,
    /// Sums of even and of odd steps: no thread is more than one step ahead.
    sums: [Vec<AtomicU64>; 2],
    arrived: AtomicUsize,
}

impl Exchange {
    /// For so many threads that hold so many shards together.
    pub fn new(team: usize, shards: usize) -> Self {
        let sums = [(); 2].map(|()| (0..shards).map(|_| AtomicU64::new(0)).collect());
        Self { team, sums, arrived: AtomicUsize::new(0) }
    }

    /// Guard of a thread while it takes part.
    pub fn enter(&self) -> Participant<'_> {
        Participant(self)
    }

    /// Writes the sum of a shard at a step.
    pub fn write(&self, step: usize, shard: usize, sum: f64) {
        self.sums[step % 2][shard].store(sum.to_bits(), Ordering::Relaxed);
    }

    /// The sum of all shards at a step, counted from 0 by each thread; waits until all have written theirs.
    pub fn total(&self, step: usize) -> f64 {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        let everyone = self.team * (step + 1);
        let mut spins = 0;
        while self.arrived.load(Ordering::Acquire) < everyone {
            spins += 1;
            if spins % SPINS == 0 { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        let mut total = 0.0;
        for sum in &self.sums[step % 2] {
            total += f64::from_bits(sum.load(Ordering::Relaxed));
        }
        total
    }
}

/// Guard of a thread in the exchange. If the thread panics it is not waited for: the others run to their end,
/// and the panic is propagated.
pub struct Participant<'a>(&'a Exchange);

impl Drop for Participant<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.arrived.store(usize::MAX / 2, Ordering::Release);
        }
    }
}
