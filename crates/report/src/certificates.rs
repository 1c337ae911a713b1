//! The certificates of every system against their thresholds: ok, look or bad, and what to change.

use meanfield_run::certificate::{self, JudgedCertificate, Standing, judged};
use meanfield_run::quantity::Worst;
use meanfield_run::record::Record;

use crate::content::Content;
use crate::html::escaped;
use crate::table::{Cell, Table};

/// The section; empty where no system has certificates.
pub fn section(content: &Content) -> String {
    let mut table = Table::new(
        "Certificates: what each system says of its own accuracy",
        &["system", "certificate", "verdict", "worst value", "threshold", "what to change"],
    );
    let mut any = false;
    for record in content.records {
        for one in judged(record) {
            any = true;
            table.row(&record.system, &row(&one));
        }
    }
    let unknown = content.records.iter().flat_map(unknown_errors).collect::<String>();
    if !any && unknown.is_empty() {
        return String::new();
    }
    let table = if any { table.finish() } else { String::new() };
    format!("<section id=\"certificates\"><h2>Certificates</h2>\n{table}{unknown}</section>\n")
}

/// The cells of a certificate after the system's.
fn row(one: &JudgedCertificate) -> [Cell; 5] {
    let known = one.quantity.as_certificate();
    let than = match known.map(|known| known.worst) {
        Some(Worst::Smallest) => "≥",
        _ => "≤",
    };
    let threshold = match one.threshold.is_finite() {
        true => format!("{than} {:.1e}", one.threshold),
        false => "describes the method".to_owned(),
    };
    [
        Cell::text(certificate::in_words(one.quantity, one.value)),
        verdict(one.standing),
        Cell::Number(format!("{:.2e}", one.value)),
        Cell::Number(threshold),
        Cell::text(one.advice.clone()),
    ]
}

/// A verdict in a word, with a sign for those who cannot tell its colour.
fn verdict(standing: Standing) -> Cell {
    match standing {
        Standing::Ok => Cell::Verdict("ok", "✓ ok".to_owned()),
        Standing::Look => Cell::Verdict("look", "! look".to_owned()),
        _ => Cell::Verdict("bad", "✗ bad".to_owned()),
    }
}

/// Errors of a system that refinement could not tell.
fn unknown_errors(record: &Record) -> Vec<String> {
    let unknown = certificate::warnings(record).into_iter().filter(|warning| warning.value.is_nan());
    let unknown = unknown.filter(|warning| warning.threshold.is_nan());
    unknown.map(|one| format!("<p>{}: {}</p>\n", escaped(&record.system), escaped(&one.words))).collect()
}
