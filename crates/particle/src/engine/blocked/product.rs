//! z = W x for a block of samples at once: tiles of neurons × samples, accumulated in registers, then
//! transposed so that one sample's inputs to all neurons lie side by side.

use meanfield_kernel::lanes::{Lanes, Real};

/// Samples packed for [`product`]: panels of COUNT · WIDE samples, in each the samples' first coordinates,
/// then the second ones …
pub fn pack<T: Real, L: Lanes<T>>(rows: &[T], stride: usize, panels: &mut [T]) {
    let width = L::COUNT * L::WIDE;
    for (panel, rows) in panels.chunks_exact_mut(width * stride).zip(rows.chunks_exact(width * stride)) {
        for (j, row) in rows.chunks_exact(stride).enumerate() {
            row.iter().enumerate().for_each(|(l, x)| panel[l * width + j] = *x);
        }
    }
}

/// z[sample][neuron] = ⟨w, x⟩ for all rows w of `weights` (a multiple of COUNT of them), each of length
/// `stride`, of which the first `length` count.
#[inline(always)]
pub fn product<T: Real, L: Lanes<T>>(
    lanes: L,
    weights: &[T],
    stride: usize,
    length: usize,
    panels: &[T],
    z: &mut [T],
) {
    match (L::COUNT, L::WIDE) {
        (4, 2) => tiles::<T, L, 4, 2>(lanes, weights, stride, length, panels, z),
        (8, 1) => tiles::<T, L, 8, 1>(lanes, weights, stride, length, panels, z),
        (8, 2) => tiles::<T, L, 8, 2>(lanes, weights, stride, length, panels, z),
        _ => tiles::<T, L, 16, 1>(lanes, weights, stride, length, panels, z),
    }
}

/// [`product`] for COUNT and WIDE known at compile time.
#[inline(always)]
fn tiles<T: Real, L: Lanes<T>, const COUNT: usize, const WIDE: usize>(
    lanes: L,
    weights: &[T],
    stride: usize,
    length: usize,
    panels: &[T],
    z: &mut [T],
) {
    let neurons = weights.len() / stride;
    let width = COUNT * WIDE;
    for (group, rows) in weights.chunks_exact(COUNT * stride).enumerate() {
        for (p, panel) in panels.chunks_exact(width * stride).enumerate() {
            let panel = &lanes.vectors(panel)[..WIDE * length];
            let tile = accumulate::<T, L, COUNT, WIDE>(lanes, rows, stride, length, panel);
            for (wide, mut square) in tile.into_iter().enumerate() {
                lanes.transpose(&mut square);
                for (sample, column) in square.iter().enumerate() {
                    let at = (p * width + wide * COUNT + sample) * neurons + group * COUNT;
                    lanes.vectors_mut(&mut z[at..at + COUNT])[0] = *column;
                }
            }
        }
    }
}

/// [wide][neuron]: vectors of samples.
#[inline(always)]
fn accumulate<T: Real, L: Lanes<T>, const COUNT: usize, const WIDE: usize>(
    lanes: L,
    rows: &[T],
    stride: usize,
    length: usize,
    panel: &[L::Vector],
) -> [[L::Vector; COUNT]; WIDE] {
    let mut tile = [[lanes.splat(T::default()); COUNT]; WIDE];
    // Slices of one length, their bounds checked once. (`from_fn` would hide the length.)
    let mut of_rows = [&rows[..0]; COUNT];
    for r in 0..COUNT {
        of_rows[r] = &rows[r * stride..][..length];
    }
    for (l, x) in panel.as_chunks::<WIDE>().0.iter().enumerate().take(length) {
        for r in 0..COUNT {
            let w = lanes.splat(of_rows[r][l]);
            for wide in 0..WIDE {
                tile[wide][r] = lanes.mul_add(w, x[wide], tile[wide][r]);
            }
        }
    }
    tile
}
