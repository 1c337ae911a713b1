//! One HTML page of a comparison, for somebody who has nothing but a browser: claims with their verdicts,
//! certificates against their thresholds, curves that can be zoomed, laws over time with a slider, where it
//! came from and how it is run again.
//!
//! The page is one file: tables are written here, curves and laws are numbers in it that a short script of
//! its own draws. Nothing is fetched, and the page's policy forbids it. Like `figure` this crate knows records
//! and their comparison alone, and judges nothing; it writes no file.

mod certificates;
mod charts;
mod claims;
mod content;
mod digits;
mod html;
mod laws;
mod look;
mod overview;
mod page;
mod points;
mod provenance;
mod table;

pub use content::{Content, Provenance};
pub use page::{MARK, page};
