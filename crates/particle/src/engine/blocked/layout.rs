//! Buffers whose vectors do not straddle cache lines.

use super::lanes::Real;

/// Numbers of neurons are padded to multiples of this: the longest vector there is.
pub const PADDING: usize = 16;
/// Bytes of a cache line.
const LINE: usize = 64;

/// Numbers that begin at a cache line.
pub struct Aligned<T> {
    buffer: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Real> Aligned<T> {
    /// As many zeros.
    pub fn zeros(length: usize) -> Self {
        let buffer = vec![T::default(); length + LINE / size_of::<T>()];
        let start = buffer.as_ptr().align_offset(LINE);
        Self { start: start.min(buffer.len() - length), buffer, length }
    }
}

impl<T: Real> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::zeros(self.length);
        clone.copy_from_slice(self);
        clone
    }
}

impl<T> std::ops::Deref for Aligned<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.buffer[self.start..self.start + self.length]
    }
}

impl<T> std::ops::DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.buffer[self.start..self.start + self.length]
    }
}

/// The next multiple of [`PADDING`].
pub fn padded(count: usize) -> usize {
    count.next_multiple_of(PADDING)
}

/// The next multiple of what a cache line, or the widest vector, holds.
pub fn in_lines<T>(count: usize) -> usize {
    count.next_multiple_of(LINE / size_of::<T>())
}
