//! Any bytes as the journal of a sweep, and as one row of it past the checksum: rows are found or not, and
//! put together or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use meanfield::sealed::{Owner, open_all, seal};
use meanfield_run::sweep::{Row, merge_rows};

fuzz_target!(|bytes: &[u8]| {
    let owner = Owner { program: "0".into(), scenario: "0".into(), run: "rows".into() };
    drop(open_all::<Row>(bytes, &owner));
    if let Ok(row) = postcard::from_bytes::<Row>(bytes) {
        let whole = seal(&owner, &row).expect("sealed");
        let (rows, lost) = open_all::<Row>(&[bytes, &whole].concat(), &owner).expect("of this owner");
        assert!(rows.contains(&row) || format!("{row:?}").contains("NaN"), "{lost} bytes lost");
        drop(merge_rows(rows.into_iter().filter(Row::fits).take(1).collect()));
    }
});
