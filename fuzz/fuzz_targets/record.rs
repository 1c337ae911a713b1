//! Any bytes as a record, sealed so that they are not refused for their digest alone.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use meanfield_store as store;

/// In memory where there is such a place.
static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("meanfield-fuzz-{}.h5", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*PLACE, store::sealed(bytes.to_vec())).expect("written");
    if let Err(error) = store::read(&PLACE) {
        drop(error.to_string());
    }
});
