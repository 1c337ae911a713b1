//! Input of the page: records, their comparison, and where they came from. Nothing is written here.

use meanfield_compare::comparison::Comparison;
use meanfield_run::record::Record;

/// Where a record came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The scenario's title.
    pub title: String,
    /// The resolved scenario, as text.
    pub scenario: String,
    /// The program and its version.
    pub program: String,
    /// The commit of its source; empty where it is not known.
    pub commit: String,
    /// When the record was written.
    pub created: String,
    /// The command line.
    pub command: String,
    /// The machine; empty where it is not known.
    pub machine: String,
    /// Whether the scenario was reduced by its `[quick]`.
    pub quick: bool,
}

/// Input of the page.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Where the records came from.
    pub provenance: &'a Provenance,
    /// The systems.
    pub records: &'a [Record],
    /// Their comparison, where there is one.
    pub comparison: Option<&'a Comparison>,
}
