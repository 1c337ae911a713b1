//! Digests of bytes: SHA-256, as `sha256sum` prints it.

use sha2::{Digest, Sha256};

/// The SHA-256 digest in 64 hexadecimal digits.
///
/// ```
/// assert!(meanfield_files::digest::sha256(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Its first eight bytes, for short pieces that are read often.
pub fn short(bytes: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|i| digest[i])
}
