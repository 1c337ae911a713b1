//! The checksum of HDF5's own metadata, Bob Jenkins' lookup3 (HDF5 File Format Specification, version 3,
//! section II.A), for the one place where the library leaves a wrong one: see `image`.

/// Bytes that are mixed at once.
const BLOCK: usize = 12;

/// Checksum of little-endian words, with initial value 0.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    let mut state = [0xdead_beef_u32.wrapping_add(bytes.len() as u32); 3];
    let last = bytes.len().saturating_sub(1) / BLOCK;
    for (i, block) in bytes.chunks(BLOCK).enumerate() {
        add(&mut state, block);
        if i < last { mix(&mut state) } else { finish(&mut state) }
    }
    state[2]
}

/// A block, followed by zeros if it is short.
fn add(state: &mut [u32; 3], block: &[u8]) {
    for (word, bytes) in state.iter_mut().zip(block.chunks(4)) {
        let number = bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
        *word = word.wrapping_add(number);
    }
}

/// Mixes the state after a block.
fn mix([a, b, c]: &mut [u32; 3]) {
    mix_step(a, b, c, 4);
    mix_step(b, c, a, 6);
    mix_step(c, a, b, 8);
    mix_step(a, b, c, 16);
    mix_step(b, c, a, 19);
    mix_step(c, a, b, 4);
}

fn mix_step(x: &mut u32, y: &mut u32, z: &mut u32, by: u32) {
    *x = x.wrapping_sub(*z) ^ z.rotate_left(by);
    *z = z.wrapping_add(*y);
}

/// Mixes the state after the last block.
fn finish([a, b, c]: &mut [u32; 3]) {
    finish_step(c, *b, 14);
    finish_step(a, *c, 11);
    finish_step(b, *a, 25);
    finish_step(c, *b, 16);
    finish_step(a, *c, 4);
    finish_step(b, *a, 14);
    finish_step(c, *b, 24);
}

fn finish_step(x: &mut u32, y: u32, by: u32) {
    *x = (*x ^ y).wrapping_sub(y.rotate_left(by));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value that its author states.
    #[test]
    fn it_is_lookup3() {
        let text = b"Four score and seven years ago";
        assert_eq!(checksum(text), 0x1777_0551);
    }
}
