//! Which planes of the last coordinate a process holds of a grid. One alone holds all. Of several each has
//! its own, contiguous, and keeps copies of two more on either side: as far as a stage reads (a limited
//! slope looks one cell beyond the cell beside a face).
//!
//! What is added up over planes is added in their order whoever holds them: so no bit depends on how many
//! processes there are. What the numbers mean is not known here.

use std::ops::Range;
use std::sync::Arc;

use meanfield_run::peers::Peers;

/// Planes beside one's own that a stage reads.
const HALO: usize = 2;

/// The planes that a process holds.
#[derive(Clone, Debug)]
pub struct Planes {
    /// The planes whose masses this process computes.
    pub own: Range<usize>,
    /// These, and the copies beside them.
    pub held: Range<usize>,
    others: Option<Others>,
}

/// The processes that hold the other planes.
#[derive(Clone, Debug)]
struct Others {
    peers: Arc<dyn Peers>,
    /// Planes of each process.
    counts: Vec<usize>,
}

impl Planes {
    /// All of so many.
    pub fn all(count: usize) -> Self {
        Self { own: 0..count, held: 0..count, others: None }
    }

    /// This process's part of so many. None has fewer planes than its neighbours copy, so that the last
    /// processes may have nothing.
    pub fn dealt(count: usize, peers: &Arc<dyn Peers>) -> Self {
        let busy = (count / HALO).clamp(1, peers.count());
        let first = |process: usize| (process.min(busy) * count) / busy;
        let counts = (0..peers.count()).map(|process| first(process + 1) - first(process)).collect();
        let own = first(peers.number())..first(peers.number() + 1);
        let held = match own.is_empty() {
            true => own.clone(),
            false => own.start.saturating_sub(HALO)..(own.end + HALO).min(count),
        };
        Self { own, held, others: Some(Others { peers: Arc::clone(peers), counts }) }
    }

    /// Whether other processes hold planes, too.
    pub fn are_dealt(&self) -> bool {
        self.others.is_some()
    }

    /// One's own among those that are held.
    pub fn own_among_held(&self) -> Range<usize> {
        self.own.start - self.held.start..self.own.end - self.held.start
    }

    /// One's own part of what is held, `width` numbers a plane.
    pub fn own_part<'a>(&self, held: &'a [f64], width: usize) -> &'a [f64] {
        let Range { start, end } = self.own_among_held();
        &held[start * width..end * width]
    }

    /// The held part of all planes, `width` numbers each.
    pub fn held_part<'a>(&self, all: &'a [f64], width: usize) -> &'a [f64] {
        &all[self.held.start * width..self.held.end * width]
    }

    /// The rows of all planes, `width` numbers each, from one's own.
    pub fn gather(&self, own: Vec<f64>, width: usize) -> Vec<f64> {
        match &self.others {
            None => own,
            Some(Others { peers, counts }) => peers.gather(own, &scaled(counts, width)),
        }
    }

    /// The same for the first process alone; nothing for the others.
    pub fn gather_to_first(&self, own: Vec<f64>, width: usize) -> Vec<f64> {
        match &self.others {
            None => own,
            Some(Others { peers, counts }) => peers.gather_to_first(own, &scaled(counts, width)),
        }
    }

    /// The sum of the rows of all planes, in their order, `width` numbers each.
    pub fn sum(&self, own: Vec<f64>, width: usize) -> Vec<f64> {
        let mut sum = vec![0.0; width];
        for row in self.gather(own, width).chunks_exact(width.max(1)) {
            sum.iter_mut().zip(row).for_each(|(sum, term)| *sum += term);
        }
        sum
    }

    /// The largest of all processes' numbers.
    pub fn largest(&self, own: f64) -> f64 {
        match &self.others {
            None => own,
            Some(Others { peers, counts }) => {
                let all = peers.gather(vec![own], &vec![1; counts.len()]);
                all.into_iter().fold(own, f64::max)
            }
        }
    }

    /// Takes the copies beside one's own planes from those who compute them, `width` numbers a plane.
    pub fn exchange(&self, held: &mut [f64], width: usize) {
        let Some(Others { peers, .. }) = &self.others else { return };
        let Range { start, end } = self.own_among_held();
        let [below, above] = [start, self.held.len() - end].map(|planes| planes * width);
        // Neighbours copy as many planes as are copied from them.
        let own = [start * width..start * width + below, end * width - above..end * width];
        let own = own.map(|place| held[place].to_vec());
        let [from_below, from_above] = peers.exchange(own, [below, above]);
        held[..below].copy_from_slice(&from_below);
        held[end * width..].copy_from_slice(&from_above);
    }
}

fn scaled(counts: &[usize], width: usize) -> Vec<usize> {
    counts.iter().map(|count| count * width).collect()
}
