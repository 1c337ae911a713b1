//! Processes that advance one system together, seen by one of them: each holds a part of its state. What they
//! say to one another is numbers; how these travel, and which process does what else, is not known here.

use std::fmt;

/// The processes that hold a system together. All of them make the same calls in the same order, or some wait
/// for ever.
pub trait Peers: Send + Sync + fmt::Debug {
    /// Which of them this is: 0 .. count.
    fn number(&self) -> usize;

    /// How many there are.
    fn count(&self) -> usize;

    /// The numbers of all in their order, `counts` from each.
    fn gather(&self, own: Vec<f64>, counts: &[usize]) -> Vec<f64>;

    /// The numbers of all in their order, for the first; nothing for the others.
    fn gather_to_first(&self, own: Vec<f64>, counts: &[usize]) -> Vec<f64>;

    /// What the processes before and after this one have for it, `counts` numbers each, for what this one has
    /// for them. Of none where there is none: the numbers for it are then none as well.
    fn exchange(&self, own: [Vec<f64>; 2], counts: [usize; 2]) -> [Vec<f64>; 2];

    /// The numbers of the first, for all.
    fn hear_first(&self, numbers: Vec<f64>) -> Vec<f64>;
}
