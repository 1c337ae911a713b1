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
}
