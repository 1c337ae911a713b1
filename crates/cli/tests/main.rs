//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield-cli --test all resume` runs those of a file.
//! Nothing is tested here.

mod architecture;
mod bad_input;
mod begin_from;
mod book;
mod departures;
mod docs;
mod extend;
mod faults;
mod imports;
mod laws;
mod limits;
mod lists;
mod mistyped;
mod paper;
mod parts;
mod power_laws;
mod public_enums;
mod report;
mod report_browser;
mod results;
mod resume;
mod shell;
mod sources;
mod style;
mod support;
mod sweep;
mod vary;
