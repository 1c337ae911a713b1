//! What a rank knows of itself and of the others. How they talk is in `world` and `threads`.

/// Processes that compute together, seen by one of them. All ranks make the same calls in the same order, or
/// some of them wait for ever.
pub trait Ranks {
    /// Which of them this is: 0 .. count.
    fn number(&self) -> usize;

    /// How many there are.
    fn count(&self) -> usize;

    /// How many of them share this machine, this one among them.
    fn beside(&self) -> usize;

    /// The words of all ranks in their order, when each of them has said its own.
    fn exchange(&self, word: u8) -> Vec<u8>;

    /// The word of the first rank, for all.
    fn hear_first(&self, word: u8) -> u8 {
        self.exchange(word)[0]
    }

    /// The numbers of all ranks in their order, `counts` from each.
    fn gather(&self, own: &[f64], counts: &[usize]) -> Vec<f64>;

    /// The numbers of all ranks in their order, for the first; nothing for the others.
    fn gather_to_first(&self, own: &[f64], counts: &[usize]) -> Vec<f64>;

    /// What the ranks before and after this one have for it, `counts` numbers each, for what this one has for
    /// them; where there is no such rank, nothing.
    fn exchange_beside(&self, own: [&[f64]; 2], counts: [usize; 2]) -> [Vec<f64>; 2];

    /// The numbers of the first rank, for all.
    fn hear_numbers(&self, numbers: Vec<f64>) -> Vec<f64>;
}
