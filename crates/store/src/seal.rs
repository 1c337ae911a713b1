//! The last line of a record, behind HDF5's own bytes: the digest of all bytes before it. It detects damage,
//! and changes by other programs, before the HDF5 library sees a byte. It is no signature: whoever wants to
//! deceive can make one.

use meanfield_files::digest;

/// First words of the line.
const WORDS: &str = "meanfield record, SHA-256 of all before this line: ";
/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

/// Result of checking the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seal {
    /// These are the bytes that were written.
    Right,
    /// They are not.
    Wrong,
    /// There is no such line: an older version wrote the file, or another program.
    Missing,
}

/// The bytes of an HDF5 file with their last line: for who changes a record on purpose.
pub fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(b'\n');
    let line = format!("{WORDS}{}\n", digest::sha256(&bytes));
    bytes.extend(line.into_bytes());
    bytes
}

/// Checks the last line of these bytes.
pub(super) fn seal(bytes: &[u8]) -> Seal {
    let length = WORDS.len() + DIGITS + 1;
    let Some((before, line)) = bytes.len().checked_sub(length).map(|at| bytes.split_at(at)) else {
        return Seal::Missing;
    };
    let Some(digits) = line.strip_prefix(WORDS.as_bytes()) else { return Seal::Missing };
    let own = digest::sha256(before) + "\n";
    if digits == own.as_bytes() { Seal::Right } else { Seal::Wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_bit_is_reported() {
        let whole = sealed(b"HDF5 of some length".to_vec());
        assert_eq!(seal(&whole), Seal::Right);
        for bit in 0..8 * whole.len() {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(seal(&bytes), Seal::Right, "bit {bit}");
        }
        for cut in 0..whole.len() {
            assert_ne!(seal(&whole[..cut]), Seal::Right);
        }
    }
}
