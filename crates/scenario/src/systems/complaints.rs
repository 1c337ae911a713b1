//! Complaints about the keys of one system, in the forms that several kinds need.

use crate::complaints::Complaints;

/// Most cells, atoms or neurons of a system.
pub(crate) const MOST: usize = 1_000_000;
/// Largest tolerance that still means something.
pub(crate) const LOOSEST: f64 = 0.1;

/// The complaints about one system.
pub(crate) struct SystemComplaints<'a> {
    /// Its name in the scenario.
    pub name: &'a str,
    /// Its kind, as it is written in the file.
    pub kind: &'static str,
    /// All complaints so far.
    pub all: &'a mut Complaints,
}

impl SystemComplaints<'_> {
    /// Notes a complaint about a key unless `holds`.
    pub fn unless(&mut self, holds: bool, key: &str, message: impl Into<String>, help: &str) {
        self.all.unless(holds, &["systems", self.name, self.kind, key], message, help);
    }

    /// Notes a complaint about the whole system unless `holds`.
    pub fn unless_whole(&mut self, holds: bool, message: impl Into<String>, help: &str) {
        self.all.unless(holds, &["systems", self.name, self.kind], message, help);
    }

    /// A number above 0, up to `most`.
    pub fn tolerance(&mut self, key: &str, value: f64, most: f64) {
        let message = format!("`{key}` must be a positive number, at most {most}; it is {value:?}");
        self.unless(value > 0.0 && value <= most, key, message, "leave it out for the default");
    }

    /// An integer from `least` to `most`.
    pub fn count(&mut self, key: &str, value: usize, least: usize, most: usize, help: &str) {
        let message = format!("`{key}` must be between {least} and {most}; it is {value}");
        self.unless((least..=most).contains(&value), key, message, help);
    }
}
