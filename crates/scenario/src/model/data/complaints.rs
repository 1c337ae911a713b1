//! Complaints about the keys of one kind of data, and the limits that all points have.

use crate::complaints::Complaints;
use crate::ranges::{LARGEST, LARGEST_DIMENSION, SMALLEST_SCALE};
use crate::typed::Step;

/// Fewest coordinates across directions that matter: of one alone the sign would matter, too.
const LEAST_ACROSS: usize = 2;
/// Most points, and most coordinates of one.
const MOST_POINTS: usize = 100_000;
const MOST_COORDINATES: usize = 10_000;
/// Most numbers of all inputs: 160 MB.
const MOST_NUMBERS: usize = 20_000_000;

/// The complaints about the data.
pub(crate) struct DataComplaints<'a> {
    /// The kind, as it is written in the file.
    pub name: &'static str,
    /// All complaints so far.
    pub all: &'a mut Complaints,
}

impl DataComplaints<'_> {
    /// Notes a complaint about a key unless `holds`; whether it does.
    pub fn unless(&mut self, holds: bool, key: &str, message: impl Into<String>, help: &str) -> bool {
        self.all.unless(holds, &["model", "data", self.name, key], message, help);
        holds
    }

    /// Notes a complaint about an entry of a list.
    pub fn about_entry(&mut self, key: &str, entry: usize, message: String, help: &str) {
        let path: [Step; 5] = ["model".into(), "data".into(), self.name.into(), key.into(), entry.into()];
        self.all.add(path, message, help);
    }

    /// Notes a complaint about the data as a whole.
    pub fn about_whole(&mut self, message: impl Into<String>, help: &str) {
        self.all.add(["model", "data", self.name], message, help);
    }

    /// The path of a key.
    pub fn path(&self, key: &str) -> Vec<Step> {
        vec!["model".into(), "data".into(), self.name.into(), key.into()]
    }

    /// Whether a standard deviation is sensible.
    pub fn scale(&mut self, key: &str, scale: f64) -> bool {
        let message = format!("`{key}` must lie between {SMALLEST_SCALE:e} and {LARGEST:e}; it is {scale:?}");
        self.unless((SMALLEST_SCALE..=LARGEST).contains(&scale), key, message, "leave it out for 1")
    }

    /// Whether there are enough coordinates beside those that matter, and not too many.
    pub fn room_across(&mut self, dimension: usize, directions: usize) -> bool {
        let least = directions + LEAST_ACROSS;
        let message =
            format!("the dimension must lie between {least} and {LARGEST_DIMENSION}; it is {dimension}");
        let fits = (least..=LARGEST_DIMENSION).contains(&dimension);
        self.unless(fits, "dimension", message, "write e.g. dimension = 40")
    }

    /// Whether there are as many points, of as many coordinates, as can be trained on.
    pub fn sizes(&mut self, key: &str, points: usize, coordinates: usize) -> bool {
        let points_in_words = counted(points);
        let message = format!("there would be {points_in_words} points, and they may be 1 to {MOST_POINTS}");
        let some = self.unless((1..=MOST_POINTS).contains(&points), key, message, "take other numbers");
        let message =
            format!("an input would have {coordinates} coordinates, and it may have 1 to {MOST_COORDINATES}");
        let fits = (1..=MOST_COORDINATES).contains(&coordinates);
        let fits = self.unless(fits, key, message, "take other numbers");
        let numbers = points.saturating_mul(coordinates);
        let message = format!("the inputs would have {} numbers, more than {MOST_NUMBERS}", counted(numbers));
        some && fits && self.unless(numbers <= MOST_NUMBERS, key, message, "take fewer points")
    }
}

/// A count that may have been cut off at the largest there is.
fn counted(count: usize) -> String {
    match count {
        usize::MAX => "more than 10^19".to_owned(),
        count => count.to_string(),
    }
}
