//! The claims with their verdicts in words; of those that fail every point with its gap.

use meanfield_compare::comparison::{Comparison, Verdict};
use meanfield_compare::power_law::PowerLaw;

use crate::content::Content;
use crate::html::escaped;

/// Most failing points of a claim that are listed.
const MOST_FAILING: usize = 1000;

/// The section.
pub fn section(content: &Content) -> String {
    let stopped: usize = content.records.iter().map(|record| record.failures.len()).sum();
    let mut html = String::from("<section id=\"claims\"><h2>Claims</h2>\n");
    match content.comparison {
        None => html.push_str("<p>The scenario names no reference: nothing was compared.</p>\n"),
        Some(comparison) => html.push_str(&judged(comparison, stopped)),
    }
    html.push_str(&stopped_runs(content));
    html + "</section>\n"
}

/// The answer, then one item for each claim.
fn judged(comparison: &Comparison, stopped: usize) -> String {
    let items: Vec<String> =
        comparison.verdicts().map(item).chain(comparison.power_laws.iter().map(law_item)).collect();
    if items.is_empty() {
        return format!(
            "<p>Systems were compared with <b>{}</b>; the scenario claims nothing.</p>\n",
            escaped(&comparison.reference)
        );
    }
    let answer = match (comparison.holds(), stopped) {
        (true, 0) => "Every claim holds.",
        (true, _) => "Every claim holds on what was observed, but runs stopped before their end.",
        (false, _) => "Not every claim holds.",
    };
    let class = if comparison.holds() && stopped == 0 { "ok" } else { "bad" };
    format!(
        "<p class=\"answer {class}\">{answer}</p>\n<p>Reference: <b>{}</b>.</p>\n<ul class=\"claims\">\n{}</ul>\n",
        escaped(&comparison.reference),
        items.concat()
    )
}

/// One claim.
fn item(verdict: &Verdict) -> String {
    let (class, chip) = match (verdict.holds, verdict.caveats.is_empty()) {
        (true, true) => ("ok", "✓ holds"),
        (true, false) => ("look", "! holds, but"),
        (false, _) => ("bad", "✗ does not hold"),
    };
    let points = verdict.failing.iter().take(MOST_FAILING);
    let points: String = points.map(|point| format!("<li>{}</li>\n", escaped(&point.in_words()))).collect();
    let more = verdict.failing.len().saturating_sub(MOST_FAILING);
    let more = if more > 0 { format!("<li>and at {more} more points</li>\n") } else { String::new() };
    let failing = match verdict.failing.is_empty() {
        true => String::new(),
        false => format!("<p>It fails at:</p><ul>\n{points}{more}</ul>\n"),
    };
    format!(
        "<li><span class=\"verdict {class}\">{chip}</span> {}{failing}</li>\n",
        escaped(&verdict.in_words())
    )
}

/// One claim on an exponent.
fn law_item(law: &PowerLaw) -> String {
    let (class, chip) = if law.holds { ("ok", "✓ holds") } else { ("bad", "✗ does not hold") };
    format!("<li><span class=\"verdict {class}\">{chip}</span> {}</li>\n", escaped(&law.in_words()))
}

/// The runs that stopped, each with its reason.
fn stopped_runs(content: &Content) -> String {
    let runs = content.records.iter().flat_map(|record| record.failures.iter().map(move |one| (record, one)));
    let items: String = runs
        .map(|(record, failure)| {
            let run = meanfield_run::record::in_words(&failure.run);
            let text = format!("{} {run}: {}", record.system, failure.reason);
            format!("<li>{}</li>\n", escaped(&text))
        })
        .collect();
    if items.is_empty() { items } else { format!("<p>Runs that stopped:</p><ul>\n{items}</ul>\n") }
}
