//! Hints on which memory comes next. The processor's own guesses end with each page of memory: where slices
//! that do not fit into the cache are read in several places at a time, hints save a tenth of the time and
//! more. A hint changes no result, and this is the only `unsafe` code of the crate.

/// Numbers ahead of those at hand: treating so many takes as long as memory does.
pub const AHEAD: usize = 192;

/// Numbers in a line of the cache.
const LINE: usize = 64 / size_of::<f64>();

/// Says that what lies [`AHEAD`] numbers behind each of these will be read.
#[inline(always)]
pub fn will_read_row(row: &[f64]) {
    row.as_chunks::<LINE>().0.iter().for_each(will_read);
}

/// Says that what lies [`AHEAD`] numbers behind each of these will be written.
#[inline(always)]
pub fn will_write_row(row: &[f64]) {
    row.as_chunks::<LINE>().0.iter().for_each(will_write);
}

/// Says that what lies [`AHEAD`] numbers behind a vector will be read.
#[inline(always)]
pub fn will_read<V>(vector: &V) {
    hint::<READ>(std::ptr::from_ref(vector).cast::<f64>().wrapping_add(AHEAD));
}

/// Says that what lies [`AHEAD`] numbers behind a vector will be written.
#[inline(always)]
pub fn will_write<V>(vector: &V) {
    hint::<WRITE>(std::ptr::from_ref(vector).cast::<f64>().wrapping_add(AHEAD));
}

/// Says that what lies so many numbers behind a vector will be read, though not at once: it need not come
/// nearer than the second cache.
#[inline(always)]
pub fn will_read_later<V>(vector: &V, ahead: usize) {
    hint::<LATER>(std::ptr::from_ref(vector).cast::<f64>().wrapping_add(ahead));
}

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{_MM_HINT_ET0 as WRITE, _MM_HINT_T0 as READ, _MM_HINT_T1 as LATER};

/// Other processors guess for themselves.
#[cfg(not(target_arch = "x86_64"))]
const READ: i32 = 0;
#[cfg(not(target_arch = "x86_64"))]
const WRITE: i32 = 1;
#[cfg(not(target_arch = "x86_64"))]
const LATER: i32 = 2;

#[inline(always)]
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the instruction has no safe name"))]
fn hint<const KIND: i32>(_at: *const f64) {
    // SAFETY: a prefetch reads and writes nothing that a program could see, and may be given any address, of
    // memory or not. All processors of 64 bits know it.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::x86_64::_mm_prefetch::<KIND>(_at.cast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_may_name_memory_that_is_not_there() {
        let numbers = [1.0; 3 * LINE];
        will_read_row(&numbers);
        will_write_row(&numbers);
        will_read(&numbers[0]);
        will_write(&numbers[0]);
        will_read_later(&numbers[0], 1 << 40);
        assert_eq!(numbers, [1.0; 3 * LINE]);
    }
}
