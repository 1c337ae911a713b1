//! z = W x for a block of samples at once: tiles of neurons × samples, accumulated in registers, then transposed so that
//! one sample's inputs to all neurons lie side by side.

use super::lanes::{Lanes, Real};
use super::layout::PADDING;

/// Samples packed for [`product`]: panels of COUNT · WIDE samples, in each the samples' first coordinates, then the second ones …
pub fn pack<T: Real, L: Lanes<T>>(rows: &[T], stride: usize, panels: &mut [T]) {
    let width = L::COUNT * L::WIDE;
    for (panel, rows) in panels.chunks_exact_mut(width * stride).zip(rows.chunks_exact(width * stride)) {
        for (j, row) in rows.chunks_exact(stride).enumerate() {
            row.iter().enumerate().for_each(|(l, x)| panel[l * width + j] = *x);
        }
    }
}

/// z[sample][neuron] = ⟨w, x⟩ for all rows w of `weights` (a multiple of [`PADDING`] of them), each of length `stride`, of
/// which the first `length` count.
#[inline(always)]
pub fn product<T: Real, L: Lanes<T>>(
    lanes: L,
    weights: &[T],
    stride: usize,
    length: usize,
    panels: &[T],
    z: &mut [T],
) {
    let (count, width) = (L::COUNT, L::COUNT * L::WIDE);
    let neurons = weights.len() / stride;
    debug_assert!(neurons % PADDING == 0);
    for (group, rows) in weights.chunks_exact(count * stride).enumerate() {
        for (p, panel) in panels.chunks_exact(width * stride).enumerate() {
            let mut tile = accumulate(lanes, rows, stride, length, lanes.vectors(panel));
            for (wide, square) in tile.iter_mut().take(L::WIDE).enumerate() {
                lanes.transpose(square);
                for (sample, column) in square.iter().take(count).enumerate() {
                    let at = (p * width + wide * count + sample) * neurons + group * count;
                    lanes.vectors_mut(&mut z[at..at + count])[0] = *column;
                }
            }
        }
    }
}

/// [wide][neuron]: vectors of samples.
#[inline(always)]
fn accumulate<T: Real, L: Lanes<T>>(
    lanes: L,
    rows: &[T],
    stride: usize,
    length: usize,
    panel: &[L::Vector],
) -> [[L::Vector; 16]; 2] {
    let mut tile = [[lanes.splat(T::default()); 16]; 2];
    // Slices of one length: their bounds are checked once.
    let rows: [&[T]; 16] = std::array::from_fn(|r| &rows[r % L::COUNT * stride..][..length]);
    let panel = &panel[..length * L::WIDE];
    for l in 0..length {
        for r in 0..L::COUNT {
            let w = lanes.splat(rows[r][l]);
            for wide in 0..L::WIDE {
                tile[wide][r] = lanes.mul_add(w, panel[l * L::WIDE + wide], tile[wide][r]);
            }
        }
    }
    tile
}
