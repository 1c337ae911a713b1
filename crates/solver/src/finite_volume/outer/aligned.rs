//! Numbers that begin where a line of the cache does, so that no vector lies across two.

use std::ops::{Deref, DerefMut};

/// Length of a cache line, in bytes and in numbers.
const BYTES: usize = 64;
const NUMBERS: usize = BYTES / size_of::<f64>();

/// A slice of zeros at first, of fixed length.
#[derive(Debug, Default)]
pub struct Aligned {
    /// The numbers, and room for the first to be moved to the begin of a line.
    room: Vec<f64>,
    first: usize,
    length: usize,
}

impl Aligned {
    /// So many zeros.
    pub fn zeros(length: usize) -> Self {
        let room = vec![0.0; length + NUMBERS];
        // Where no offset can be told any will do: alignment is for speed alone.
        let first = room.as_ptr().align_offset(BYTES).min(NUMBERS);
        Self { room, first, length }
    }

    /// Makes them so many: zeros, unless they are that many already.
    pub fn fit(&mut self, length: usize) {
        if self.length != length {
            *self = Self::zeros(length);
        }
    }

    /// These numbers.
    pub fn from(numbers: &[f64]) -> Self {
        let mut aligned = Self::zeros(numbers.len());
        aligned.copy_from_slice(numbers);
        aligned
    }
}

impl Deref for Aligned {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.room[self.first..self.first + self.length]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.room[self.first..self.first + self.length]
    }
}
