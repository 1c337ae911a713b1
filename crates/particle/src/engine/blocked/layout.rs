//! How many places neurons take: whole vectors of either precision.

/// Numbers of neurons are padded to multiples of this: the longest vector there is.
pub const PADDING: usize = 16;

/// The next multiple of [`PADDING`].
pub fn padded(count: usize) -> usize {
    count.next_multiple_of(PADDING)
}
