//! Buffers that begin where a line of the cache does, so that no vector lies across two. Their length is
//! fixed: they do not grow as a `Vec` does.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line.
const LINE: usize = 64;

/// Numbers that begin at a cache line.
#[derive(Debug, Default)]
pub struct Aligned<T> {
    /// The numbers, and room for the first to be moved to the begin of a line.
    buffer: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// So many zeros.
    pub fn zeros(length: usize) -> Self {
        let room = in_whole_lines::<T>(1);
        let buffer = vec![T::default(); length + room];
        // Where no offset can be computed any will do: alignment is for speed alone.
        let start = buffer.as_ptr().align_offset(LINE).min(room);
        Self { buffer, start, length }
    }

    /// Makes the length this one: zeros, unless it is already.
    pub fn fit(&mut self, length: usize) {
        if self.length != length {
            *self = Self::zeros(length);
        }
    }
}

impl<T: Copy + Default> From<&[T]> for Aligned<T> {
    fn from(numbers: &[T]) -> Self {
        let mut aligned = Self::zeros(numbers.len());
        aligned.copy_from_slice(numbers);
        aligned
    }
}

impl<T: Copy + Default> Clone for Aligned<T> {
    /// A copy of a buffer begins at a line of its own.
    fn clone(&self) -> Self {
        Self::from(&self[..])
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.buffer[self.start..self.start + self.length]
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.buffer[self.start..self.start + self.length]
    }
}

/// The next multiple of what a cache line, which is the widest vector, holds.
pub const fn in_whole_lines<T>(count: usize) -> usize {
    count.next_multiple_of(LINE / size_of::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_at_a_line_and_a_copy_does_too() {
        for length in [0, 1, 7, 8, 100] {
            let mut numbers = Aligned::<f32>::zeros(length);
            assert!(numbers.as_ptr().addr().is_multiple_of(LINE) && numbers.len() == length);
            numbers.fill(1.5);
            let copy = numbers.clone();
            assert!(copy.as_ptr().addr().is_multiple_of(LINE));
            assert_eq!(copy[..], vec![1.5; length][..]);
        }
    }

    #[test]
    fn a_buffer_that_fits_keeps_its_numbers() {
        let mut numbers = Aligned::from(&[1.0, 2.0][..]);
        numbers.fit(2);
        assert_eq!(numbers[..], [1.0, 2.0]);
        numbers.fit(3);
        assert_eq!(numbers[..], [0.0; 3]);
    }

    #[test]
    fn lines_hold_64_bytes() {
        assert_eq!(
            [in_whole_lines::<f64>(9), in_whole_lines::<f32>(9), in_whole_lines::<f64>(8)],
            [16, 16, 8]
        );
    }
}
